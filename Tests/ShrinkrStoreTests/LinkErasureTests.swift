import FoundationEssentials
import GRDB
import ShrinkrCore
import ShrinkrStore
import ShrinkrStoreSQLite
import Testing

/// What is left of a link in the database's file.
@Suite struct LinkErasureTests {
    private static let secrets = ["destination-4711", "title-4712", "tag-4713", "other-tag-4714", "title-4715"]

    private func makeLink(_ store: SQLiteStore) async throws {
        try await store.insert(
            NewLink("gone", url: "https://\(Self.secrets[0]).example/") {
                ($0.title, $0.tags) = (Self.secrets[1], [Self.secrets[2], Self.secrets[3]])
                $0.maximumVisits = 4_716
            })
        try await store.insertLinks("other")
        _ = try await store.update(try code("gone"), ifVersion: nil, at: midnight) { link in
            var settings = link.settings
            settings.title = Self.secrets[4]
            return settings
        }
    }

    /// The rows of every table, as text.
    private func rows(_ path: String) throws -> String {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { database in
            let tables = try String.fetchAll(database, sql: "SELECT name FROM sqlite_master WHERE type = 'table'")
            return try tables.flatMap { try Row.fetchAll(database, sql: "SELECT '\($0)', * FROM \"\($0)\"") }
                .map(\.description).joined(separator: "\n")
        }
    }

    private func isInFiles(_ text: String, beside path: String) throws -> Bool {
        let folder = URL(filePath: path).deletingLastPathComponent().path
        return try FileManager.default.contentsOfDirectory(atPath: folder).contains { name in
            try Data(contentsOf: URL(filePath: "\(folder)/\(name)")).firstRange(of: Data(text.utf8)) != nil
        }
    }

    /// All that a restore gives back stays, and no more: not the title that the link had before.
    @Test func aDeletedLinkKeepsWhatARestoreNeeds() async throws {
        try await withDatabasePath { path in
            try await withSQLiteStore(path) { store in
                try await makeLink(store)
                _ = try await store.delete(try code("gone"), ifVersion: nil, at: midnight)
            }
            let rows = try rows(path)
            #expect(Self.secrets.filter { rows.contains($0) } == Self.secrets.filter { $0 != "title-4712" })
            #expect(rows.contains("4716"))
            #expect(try !isInFiles("title-4712", beside: path))
        }
    }

    /// Destination, title, tags and settings are in no table and no byte of the files; the code is.
    @Test(arguments: [false, true])
    func anErasedLinkLeavesItsCodeAlone(wasDeleted: Bool) async throws {
        try await withDatabasePath { path in
            try await withSQLiteStore(path) { store in
                try await makeLink(store)
                if wasDeleted { _ = try await store.delete(try code("gone"), ifVersion: nil, at: midnight) }
                guard case .done = try await store.erase(try code("gone"), ifVersion: nil, at: midnight) else {
                    return #expect(Bool(false), "not erased")
                }
            }
            let rows = try rows(path)
            #expect(rows.contains("gone") && !rows.contains("4716"))
            for secret in Self.secrets {
                #expect(!rows.contains(secret))
                #expect(try !isInFiles(secret, beside: path), "\(secret)")
            }
        }
    }
}
