import FoundationEssentials

/// Where deployment files and templates lie: `environments/<environment>/<service>.deployment.yml` in one folder, and
/// whatever their `template-file-path` names from the root of its repository.
package struct GitopsFolder: Sendable, Hashable {
    static let deploymentFileSuffix = ".deployment.yml"

    /// The folder that holds `environments`, as the user wrote it.
    package let path: String
    /// Where a `template-file-path` begins.
    package let repositoryRoot: String

    /// Makes a folder.
    ///
    /// - Parameter repositoryRoot: By default the folder's parent.
    package init(path: String, repositoryRoot: String? = nil) {
        self.path = path
        self.repositoryRoot = repositoryRoot ?? Self.parent(of: path)
    }

    /// The folder and place of a deployment file by its path; `nil` when it is not at such a place.
    package init?(containing file: String, repositoryRoot: String? = nil) {
        guard DeploymentPlace(path: file) != nil else { return nil }
        let environments = Self.parent(of: Self.parent(of: file))
        self.init(path: Self.parent(of: environments), repositoryRoot: repositoryRoot)
    }

    /// The path of an environment's deployment file of a service.
    package func deploymentFile(environment: String, service: String) -> String {
        Self.join(path, "environments/\(environment)/\(service)\(Self.deploymentFileSuffix)")
    }

    /// The path of a file that is named from the repository's root.
    func template(_ path: String) -> String {
        Self.join(repositoryRoot, path)
    }

    /// The services that an environment has a deployment file of, sorted.
    ///
    /// - Throws: ``DeployError`` when there is no such environment.
    package func services(environment: String) throws(DeployError) -> [String] {
        let folder = Self.join(path, "environments/\(environment)")
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw DeployError("There is no environment '\(environment)': \(folder) is not a folder.")
        }
        return names.filter { $0.hasSuffix(Self.deploymentFileSuffix) && !$0.hasPrefix(".") }
            .map { String($0.dropLast(Self.deploymentFileSuffix.count)) }
            .sorted()
    }

    static func join(_ folder: String, _ name: String) -> String {
        if folder == "." { return name }
        return folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
    }

    /// The folder that holds a file or folder, by its name alone.
    static func parent(of path: String) -> String {
        var components = path.split(separator: "/", omittingEmptySubsequences: true).filter { $0 != "." }
        let isAbsolute = path.hasPrefix("/")
        if components.isEmpty || components.last == ".." {
            if !isAbsolute { components.append("..") }
        } else {
            components.removeLast()
        }
        let joined = components.joined(separator: "/")
        return isAbsolute ? "/\(joined)" : joined.isEmpty ? "." : joined
    }
}

/// What a deployment file's path says: `…/environments/<environment>/<service>.deployment.yml`.
package struct DeploymentPlace: Sendable, Hashable {
    let environment: String
    let service: String

    /// Reads the path; `nil` when it is not of that form.
    init?(path: String) {
        let components = path.split(separator: "/").filter { $0 != "." }
        guard components.count >= 3, components[components.count - 3] == "environments",
            let name = components.last, name.hasSuffix(GitopsFolder.deploymentFileSuffix)
        else { return nil }
        environment = String(components[components.count - 2])
        service = String(name.dropLast(GitopsFolder.deploymentFileSuffix.count))
        guard Self.isName(environment), Self.isName(service) else { return nil }
    }

    /// Lower-case letters, digits and inner dashes, as names of stacks and branches are made of them.
    package static func isName(_ text: String) -> Bool {
        let isMadeOfThem = text.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
        }
        return (1...40).contains(text.utf8.count) && isMadeOfThem && text.first != "-" && text.last != "-"
    }
}
