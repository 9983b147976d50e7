import Foundation
import Glibc

/// What `Package.swift` says of the package's own targets.
struct PackageManifest: Decodable {
    /// What a target depends on: a target of this package, or a product of another one.
    enum Dependency: Hashable, Decodable {
        case target(String)
        case product(String)

        private enum CodingKeys: CodingKey { case byName, target, product }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            func name(_ key: CodingKeys) throws -> String? {
                guard container.contains(key) else { return nil }
                // The name comes first; package and condition behind it.
                var values = try container.nestedUnkeyedContainer(forKey: key)
                return try values.decode(String.self)
            }
            if let name = try name(.product) {
                self = .product(name)
            } else {
                self = .target(try name(.byName) ?? name(.target) ?? "")
            }
        }
    }

    struct Target: Decodable {
        let name: String
        let type: String
        let path: String?
        let dependencies: [Dependency]

        /// Where its files are, from the repository's root.
        var folder: String { path ?? (type == "test" ? "Tests/\(name)" : "Sources/\(name)") }

        var isOfSources: Bool { folder.hasPrefix("Sources/") }

        /// The modules that it may import: a product's is named as the product in all packages that are used here.
        var moduleNames: Set<String> {
            Set(
                dependencies.map { dependency in
                    switch dependency {
                    case .target(let name), .product(let name): name
                    }
                })
        }
    }

    let targets: [Target]

    /// Evaluated once for all tests.
    static let shared = Task { try await dump() }

    /// Reads the manifest of the package that this file belongs to.
    ///
    /// Only the manifest is evaluated, and nothing is resolved: so the lock that `swift test` holds is not needed.
    static func dump() async throws -> PackageManifest {
        let scratch = FileManager.default.temporaryDirectory.appending(path: "shrinkr-shape-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: scratch) }
        let swift = ProcessInfo.processInfo.environment["SWIFT"] ?? "swift"
        // Foundation's `Process` can wait for ever for a child that has already ended.
        let paths = "--package-path '\(Repository.root.path)' --scratch-path '\(scratch.path)'"
        let command = "'\(swift)' package \(paths) dump-package"
        guard let pipe = popen(command, "r") else { throw Unreadable(exitCode: -1) }
        var json = Data()
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&buffer, 1, buffer.count, pipe), count > 0 {
            json.append(contentsOf: buffer[..<count])
        }
        let status = pclose(pipe)
        guard status == 0 else { throw Unreadable(exitCode: status) }
        return try JSONDecoder().decode(PackageManifest.self, from: json)
    }

    struct Unreadable: Error {
        let exitCode: Int32
    }

    func target(_ name: String) -> Target? {
        targets.first { $0.name == name }
    }

    /// Everything of which the target is built: targets of this package, and products of others that these name.
    func closure(of name: String) -> Set<Dependency> {
        var found: Set<Dependency> = []
        var rest = target(name)?.dependencies ?? []
        while let next = rest.popLast() {
            guard found.insert(next).inserted, case .target(let name) = next else { continue }
            rest += target(name)?.dependencies ?? []
        }
        return found
    }
}
