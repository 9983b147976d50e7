/// The Swift files of the package's targets.
struct SourceTree: Sendable {
    /// By target.
    let files: [String: [SourceFile]]

    /// Read once for all tests.
    static let shared = Task {
        let manifest = try await PackageManifest.shared.value
        var files: [String: [SourceFile]] = [:]
        for target in manifest.targets where target.type != "system" {
            files[target.name] = try Repository.swiftFiles(under: target.folder).map { path in
                SourceFile(path: path, bytes: try Repository.bytes("\(target.folder)/\(path)"))
            }
        }
        return SourceTree(files: files)
    }

    func imports(of target: String) -> Set<String> {
        files[target, default: []].reduce(into: []) { $0.formUnion($1.imports) }
    }

    func declares(_ type: String, in target: String) -> Bool {
        files[target, default: []].contains { $0.allTypes.contains(type) }
    }

    func declares(function name: String, in target: String) -> Bool {
        files[target, default: []].contains { $0.functions.contains(name) }
    }
}
