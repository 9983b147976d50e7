/// What differs between the deployment files of two environments.
///
/// Not counted: the registry of an image, which may be each environment's own, and values that only name the
/// environment they are in.
package struct EnvironmentDifference: Sendable {
    /// A value that differs; `nil` on a side that does not have it.
    package struct Row: Sendable, Hashable {
        package let service: String
        package let key: String
        package let from: String?
        package let to: String?
    }

    package let from: String
    package let to: String
    package private(set) var rows: [Row] = []

    /// Compares the services of both environments, or one of them.
    ///
    /// - Throws: ``DeployError`` when an environment or service is missing, or a file is not as it should be.
    package init(from: String, to: String, service: String?, in folder: GitopsFolder) throws(DeployError) {
        self.from = from
        self.to = to
        let there = try folder.services(environment: from)
        let here = try folder.services(environment: to)
        let all = Set(there).union(here).sorted()
        if let service, !all.contains(service) {
            throw DeployError("Neither \(from) nor \(to) has a service '\(service)'.")
        }
        for name in all where service == nil || service == name {
            let one = try there.contains(name) ? Self.file(folder, from, name) : nil
            let other = try here.contains(name) ? Self.file(folder, to, name) : nil
            compare(name, one, other)
        }
    }

    /// The table that a person reads.
    package var table: String {
        if rows.isEmpty { return "\(from) and \(to) differ in nothing." }
        let lines = rows.map { [$0.service, $0.key, $0.from ?? "-", $0.to ?? "-"] }
        return TextTable([["service", "what", from, to]] + lines).text
    }

    private mutating func compare(_ service: String, _ one: DeploymentFile?, _ other: DeploymentFile?) {
        guard let one, let other else {
            let (left, right) = (one.map { _ in "there" }, other.map { _ in "there" })
            return rows.append(Row(service: service, key: "deployment file", from: left, to: right))
        }
        add(service, "template", one.template?.text, other.template?.text)
        for name in Set(one.parameters.keys).union(other.parameters.keys).sorted() {
            if name == DeploymentFile.imageParameter, let left = one.image, let right = other.image {
                add(service, name, left.repository + left.suffix, right.repository + right.suffix)
            } else {
                add(service, name, one.parameters[name]?.text, other.parameters[name]?.text)
            }
        }
        for name in Set(one.tags.keys).union(other.tags.keys).sorted() {
            add(service, "tag \(name)", one.tags[name]?.text, other.tags[name]?.text)
        }
    }

    private mutating func add(_ service: String, _ key: String, _ left: String?, _ right: String?) {
        if left == right || (left == from && right == to) { return }
        rows.append(Row(service: service, key: key, from: left, to: right))
    }

    private static func file(
        _ folder: GitopsFolder, _ environment: String, _ service: String
    ) throws(DeployError) -> DeploymentFile {
        let reader = DeploymentFileReader(path: folder.deploymentFile(environment: environment, service: service))
        guard reader.problems.isEmpty else { throw .refused(reader.problems) }
        return reader.file
    }
}
