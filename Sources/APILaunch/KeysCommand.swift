package import ArgumentParser
import ShrinkrAPI
import ShrinkrCore
package import ShrinkrLaunch
import ShrinkrStore
import ShrinkrStoreSQLite

/// `keys`: creates, lists and revokes API keys, on the database itself.
package struct KeysCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Create, list and revoke API keys.",
        subcommands: [Create.self, List.self, Revoke.self])

    package init() {}

    package struct Create: AsyncParsableCommand {
        package static let configuration = CommandConfiguration(
            abstract: "Create a key and print it, for the only time, on standard output.")

        @Option(help: "What the key is for")
        package var name: String

        @Option(help: "links:read, links:write, stats:read or admin; repeat for several")
        package var scope: [String]

        @Option(help: "How long the key works, e.g. 30d [for ever]")
        package var expiresIn: String?

        @OptionGroup package var shared: SharedOptions

        package init() {}

        package func validate() throws {
            guard (1...100).contains(name.unicodeScalars.count) else {
                throw ValidationError("--name needs 1 to 100 characters; for example: --name dashboard")
            }
            guard !scope.isEmpty else {
                throw ValidationError("--scope is missing; for example: --scope links:write")
            }
            for text in scope where APIScope(rawValue: text) == nil {
                let known = APIScope.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--scope \(text) is none of \(known)")
            }
            if let expiresIn, Duration(shorthand: expiresIn).map({ $0 > .zero }) != true {
                throw ValidationError("--expires-in '\(expiresIn)' is not a duration; for example: --expires-in 30d")
            }
        }

        package func run() async throws {
            let now = WallClock.system.now()
            let key = APIKey()
            let record = APIKeyRecord(
                id: key.id, name: name, scopes: Set(scope.compactMap { APIScope(rawValue: $0) }),
                secretHash: key.secretHash, createdAt: now,
                expiresAt: expiresIn.flatMap { Duration(shorthand: $0) }.map { now.advanced(by: $0) })
            try await withStore(shared) { try await $0.insert(record, completing: nil) }
            print(key.text)
            Exit.say("Key \(key.id) created. It is shown only now.")
        }
    }

    package struct List: AsyncParsableCommand {
        package static let configuration = CommandConfiguration(abstract: "List all keys, revoked ones included.")

        @OptionGroup package var shared: SharedOptions

        package init() {}

        package func run() async throws {
            let keys = try await withStore(shared) { try await $0.apiKeys(limit: 1_000) }
            for key in keys {
                let state =
                    key.revokedAt.map { "revoked \($0.rfc3339)" }
                    ?? key.expiresAt.map { "expires \($0.rfc3339)" } ?? "active"
                let scopes = key.scopes.sorted().map(\.rawValue).joined(separator: ",")
                print([key.id, key.createdAt.rfc3339, state, scopes, key.name].joined(separator: "\t"))
            }
            if keys.isEmpty { Exit.say("There are no keys.") }
        }
    }

    package struct Revoke: AsyncParsableCommand {
        package static let configuration = CommandConfiguration(abstract: "Revoke a key; it stops working at once.")

        @Argument(help: "The key's id, as 'keys list' shows it")
        package var id: String

        @OptionGroup package var shared: SharedOptions

        package init() {}

        package func run() async throws {
            let id = id
            let isKnown = try await withStore(shared) {
                try await $0.revokeAPIKey(id, at: WallClock.system.now())
            }
            guard isKnown else { throw ConfigurationError("There is no key '\(id)'; 'keys list' shows all") }
            Exit.say("Key \(id) revoked.")
        }
    }
}

/// Opens the database for one piece of work.
private func withStore<Value: Sendable>(
    _ options: SharedOptions, _ work: (SQLiteStore) async throws -> Value
) async throws -> Value {
    let settings = try await SharedSettings(SettingsReader(options, environment: ProcessEnvironment.variables))
    let store = try await Startup.openStore(settings)
    let value = try await work(store)
    try await store.close()
    return value
}
