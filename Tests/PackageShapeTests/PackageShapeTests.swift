import Testing

/// Keeps `Package.swift` to the shape that the design gives it: a dependency that is added where it does not belong
/// makes images larger and updates riskier, and nobody would notice.
@Suite("The package", .timeLimit(.minutes(10))) struct PackageShapeTests {
    @Test("keeps targets apart", arguments: ShapeRule.all)
    func exclusions(rule: ShapeRule) async throws {
        let manifest = try await PackageManifest.shared.value
        try #require(manifest.target(rule.target) != nil)
        #expect(manifest.closure(of: rule.target).isDisjoint(with: rule.excluded))
    }

    @Test("has targets that need nothing", arguments: ["ShrinkrBase"])
    func withoutDependencies(target: String) async throws {
        let manifest = try await PackageManifest.shared.value
        #expect(try #require(manifest.target(target)).dependencies.isEmpty)
    }

    @Test(
        "has programs that reach what they are for",
        arguments: [
            (
                "shrinkr",
                ["ShrinkrAPI", "ShrinkrWorker", "ClickJournal", "ClickQueue", "AWSSQS", "AWSS3", "ShrinkrStoreSQLite"]
            ),
            ("shrinkr-api", ["ShrinkrAPI", "ClickJournal", "AWSSQS", "ShrinkrStoreSQLite"]),
            ("shrinkr-worker", ["ShrinkrWorker", "AWSSQS", "AWSS3", "ShrinkrStoreSQLite"]),
            ("shrinkr-deploy", ["ShrinkrDeploy", "AWSRuntime"]),
        ])
    func inclusions(program: String, targets: [String]) async throws {
        let closure = try await PackageManifest.shared.value.closure(of: program)
        #expect(closure.isSuperset(of: targets.map { .target($0) }))
    }

    @Test("has one target that reads YAML")
    func yaml() async throws {
        let manifest = try await PackageManifest.shared.value
        let readers = manifest.targets.filter { $0.dependencies.contains(.product("Yams")) }
        #expect(readers.map(\.name) == ["ShrinkrDeploy"])
    }

    /// A rule about a name that no longer exists forbids nothing.
    @Test("has everything that the rules name", arguments: ShapeRule.all)
    func names(rule: ShapeRule) async throws {
        let manifest = try await PackageManifest.shared.value
        let known = Set(manifest.targets.map { PackageManifest.Dependency.target($0.name) })
            .union(manifest.targets.flatMap(\.dependencies))
        #expect(rule.excluded.subtracting(known).isEmpty)
    }
}
