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
