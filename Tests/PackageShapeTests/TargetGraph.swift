/// The picture of the package's targets in Mermaid's language.
struct TargetGraph {
    private let targets: [PackageManifest.Target]
    private let manifest: PackageManifest

    /// - Parameter manifest: Targets of tests are left out.
    init(_ manifest: PackageManifest) {
        self.manifest = manifest
        targets = manifest.targets.filter(\.isOfSources).sorted { $0.name < $1.name }
    }

    var mermaid: String {
        (["```mermaid", "flowchart TD"] + targets.map(line) + ["```"]).map { "\($0)\n" }.joined()
    }

    private func line(_ target: PackageManifest.Target) -> String {
        let shape = target.type == "executable" ? "([\(target.name)])" : "[\(target.name)]"
        let arrows = needed(by: target).map(Self.id).joined(separator: " & ")
        return "    \(Self.id(target.name))\(shape)" + (arrows.isEmpty ? "" : " --> \(arrows)")
    }

    /// The target's own dependencies, without those that come with another of them.
    private func needed(by target: PackageManifest.Target) -> [String] {
        let direct = target.dependencies.compactMap { if case .target(let name) = $0 { name } else { nil } }
        return direct.filter { name in
            !direct.contains { $0 != name && manifest.closure(of: $0).contains(.target(name)) }
        }.sorted()
    }

    /// A hyphen may be read as the beginning of an arrow.
    private static func id(_ target: String) -> String {
        target.split(separator: "-").joined()
    }
}
