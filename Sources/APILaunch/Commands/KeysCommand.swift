package import ArgumentParser
import ShrinkrAPI
import ShrinkrBase
package import ShrinkrLaunch
package import ShrinkrProcess
import ShrinkrStore

/// `keys`: creates, lists and revokes API keys, on the database itself.
package struct KeysCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Create, list and revoke API keys.",
        subcommands: [Create.self, List.self, Revoke.self])

    package init() {}

    package struct Create: AsyncParsableCommand {
        package static let configuration = CommandConfiguration(
            abstract: "Create a key and print it, for the only time, on standard output.",
            discussion: """
                The first key should be one that may everything, since from then on nobody gets in without a key:

                  \(ProcessEnvironment.program) keys create --name admin --scope admin
                  \(ProcessEnvironment.program) keys create --name ci --scope links:write
                """)

        /// One second to a hundred years.
        private static let lifetimes = Duration.seconds(1)...Duration.seconds(36_500 * 86_400)

        @Option(help: "What the key is for")
        package var name: String

        @Option(help: "links:read, links:write, stats:read or admin; repeat for several")
        package var scope: [String]

        @Option(help: "How long the key works, e.g. 30d [for ever]")
        package var expiresIn: String?

        @OptionGroup package var place: PlaceOptions

        package init() {}

        package func validate() throws {
            guard (1...100).contains(name.unicodeScalars.count),
                name.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
            else { throw ValidationError("--name needs 1 to 100 visible characters; for example: --name dashboard") }
            guard !scope.isEmpty else {
                throw ValidationError("--scope is missing; for example: --scope links:write")
            }
            for text in scope where APIScope(rawValue: text) == nil {
                let known = APIScope.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--scope \(text) is none of \(known)")
            }
            if let expiresIn, Duration(shorthand: expiresIn).map(Self.lifetimes.contains) != true {
                throw ValidationError(
                    "--expires-in '\(expiresIn)' is not a duration of 1s to 36500d; for example: --expires-in 30d")
            }
        }

        package func run() async throws {
            let now = WallClock.system.now()
            let key = APIKey()
            let record = APIKeyRecord(
                id: key.id, name: UntrustedText(name).normalised.string,
                scopes: Set(scope.compactMap { APIScope(rawValue: $0) }),
                secretHash: key.secretHash, createdAt: now,
                expiresAt: expiresIn.flatMap { Duration(shorthand: $0) }.map { now.advanced(by: $0) },
                createdBy: "command-line")
            let hasAdmin = try await withStore(place, mayCreate: true) { store in
                try await store.insert(record, completing: nil)
                return try await store.allAPIKeys(asOf: now).contains {
                    $0.scopes.contains(.admin) && $0.isActive(at: now)
                }
            }
            print(key.text)
            Exit.say("Key \(key.id) created; it is shown only now. From now on, managing links needs a key.")
            guard !hasAdmin, ProcessEnvironment.variables[Setting.apiKey.variable]?.isEmpty != false else { return }
            Exit.say(
                "No key may do everything yet, not even manage keys over HTTP. To make one: "
                    + "\(ProcessEnvironment.program) keys create --name admin --scope admin")
        }
    }

    package struct List: AsyncParsableCommand {
        package static let configuration = CommandConfiguration(
            abstract: "List all keys: those that work first, then expired and revoked ones; each newest first.")

        @Option(help: "text or json")
        package var format: OutputFormat = .text

        @OptionGroup package var place: PlaceOptions

        package init() {}

        package func run() async throws {
            let now = WallClock.system.now()
            let keys = try await withStore(place) { try await $0.allAPIKeys(asOf: now) }
            switch format {
            case .text:
                for key in keys { print(Self.line(key)) }
                if keys.isEmpty { Exit.say("There are no keys.") }
            case .json:
                print(try KeyDocument.json(keys, now: now))
            }
        }

        private static func line(_ key: APIKeyRecord) -> String {
            let state =
                key.revokedAt.map { "revoked \($0.rfc3339)" }
                ?? key.expiresAt.map { "expires \($0.rfc3339)" } ?? "active"
            let scopes = key.scopes.sorted().map(\.rawValue).joined(separator: ",")
            let history = "by \(key.createdBy ?? "unknown"), used \(key.lastUsedAt?.rfc3339 ?? "never")"
            return [key.id, key.createdAt.rfc3339, state, scopes, history, key.name].joined(separator: "\t")
        }
    }

    package struct Revoke: AsyncParsableCommand {
        package static let configuration = CommandConfiguration(abstract: "Revoke a key; it stops working at once.")

        @Argument(help: "The key's id, as 'keys list' shows it")
        package var id: String

        @OptionGroup package var place: PlaceOptions

        package init() {}

        package func run() async throws {
            let id = id
            let isKnown = try await withStore(place) {
                try await $0.revokeAPIKey(id, at: WallClock.system.now())
            }
            guard isKnown else { throw ConfigurationError("There is no key '\(id)'; 'keys list' shows all") }
            Exit.say("Key \(id) revoked.")
        }
    }
}

/// Opens the database for one piece of work, and says which one.
///
/// - Parameter mayCreate: Whether to make a database where there is none and somebody named the place. Elsewhere a
///   mistyped folder is an error, and so is the wrong working directory.
private func withStore<Value: Sendable>(
    _ options: PlaceOptions, mayCreate: Bool = false, _ work: (any Store) async throws -> Value
) async throws -> Value {
    let settings = try await SharedSettings(SettingsReader(options, environment: ProcessEnvironment.variables))
    let name = settings.database.name
    let isThere = (try? OperatorTools.requireDatabase(settings.database)) != nil
    guard isThere || mayCreate && settings.isPlaceNamed else {
        throw ConfigurationError(
            "There is no database at \(name); run this in the server's folder, or name the server's --data-dir"
                + (mayCreate ? " (of a server that is to be started later as well)" : ""))
    }
    let store = try await OperatorTools.openStore(settings)
    let value = try await work(store)
    try await store.close()
    if mayCreate { Exit.say(isThere ? "Database: \(name)" : "New database, as there was none: \(name)") }
    return value
}
