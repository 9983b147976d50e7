import Testing

/// Keeps the manifest's dependencies and the files' imports the same: an unused one makes builds longer, and an
/// undeclared one works only as long as another target happens to bring it along.
@Suite("Imports", .timeLimit(.minutes(10))) struct ImportTests {
    /// Modules of the toolchain.
    private static let system: Set<String> = [
        "Dispatch", "Foundation", "FoundationEssentials", "Glibc", "Swift", "Synchronization", "Testing",
    ]

    @Test("are all that a target declares")
    func unused() async throws {
        let tree = try await SourceTree.shared.value
        var unused: [String: Set<String>] = [:]
        for target in try await PackageManifest.shared.value.targets where target.type != "system" {
            let left = target.moduleNames.subtracting(tree.imports(of: target.name))
            if !left.isEmpty { unused[target.name] = left }
        }
        #expect(unused == [:], "take unused dependencies out of Package.swift")
    }

    @Test("are declared")
    func undeclared() async throws {
        let tree = try await SourceTree.shared.value
        var undeclared: [String: Set<String>] = [:]
        for target in try await PackageManifest.shared.value.targets where target.type != "system" {
            let left = tree.imports(of: target.name).subtracting(target.moduleNames).subtracting(Self.system)
            if !left.isEmpty { undeclared[target.name] = left }
        }
        #expect(undeclared == [:], "declare them in Package.swift; a target does not import itself")
    }

    /// The programs work with any store; which ones there are, one type says.
    @Test(
        "of a store are those of one type, beside its tests",
        arguments: ["ShrinkrStoreSQLite", "ShrinkrStorePostgreSQL"])
    func store(_ store: String) async throws {
        let tree = try await SourceTree.shared.value
        let targets = try await PackageManifest.shared.value.targets.filter { $0.type != "test" }.map(\.name)
        let importers = targets.flatMap { target in
            tree.files[target, default: []].filter { $0.imports.contains(store) }
                .map { "\(target)/\($0.path)" }
        }
        #expect(importers.contains("ShrinkrLaunch/Process/Database.swift"))
        #expect(importers.allSatisfy { $0.hasPrefix("ShrinkrLaunch/Process/Database") }, "\(importers)")
    }
}
