import GRDB
package import ShrinkrBase
package import ShrinkrCore
package import ShrinkrStore

extension SQLiteStore: LinkStore {
    package func insert(
        _ links: [NewLink], completing completion: IdempotentCompletion<[InsertOutcome]>?
    ) async throws -> [InsertOutcome] {
        try await write(links.count == 1 ? .shared : .alone) { database in
            let writer = LinkWriter(database: database, codeCase: codeCase, index: index)
            let outcomes = try links.map(writer.insert)
            try completion?.save(outcomes, database)
            return outcomes
        }
    }

    package func link(_ code: ShortCode) async throws -> Link? {
        try await lookUp { try LinkRow.fetch(key: codeCase.key(code), $0)?.link }
    }

    package func countedLink(_ code: ShortCode) async throws -> CountedLink? {
        try await read(.prompt) { try LinkRow.fetchCounted(key: codeCase.key(code), $0) }
    }

    package func issuedCode(_ code: ShortCode) async throws -> ShortCode? {
        try await read(.prompt) { try LinkRow.issuedCode(key: codeCase.key(code), $0) }
    }

    package func update(
        _ code: ShortCode, ifVersion versions: [Int]?, at now: Timestamp,
        change: @escaping @Sendable (Link) throws -> LinkSettings
    ) async throws -> ChangeOutcome {
        try await changeLink(code, ifVersion: versions) { row, writer in
            var changed = row
            changed.link.settings = try change(row.link)
            guard changed.link.settings != row.link.settings else { return row.link }
            changed.link.version += 1
            changed.link.updatedAt = now
            try writer.update(changed)
            return changed.link
        }
    }

    package func delete(_ code: ShortCode, ifVersion versions: [Int]?, at now: Timestamp) async throws -> ChangeOutcome
    {
        try await changeLink(code, ifVersion: versions) { row, writer in
            try writer.delete(row, at: now)
            return row.link
        }
    }

    package func erase(_ code: ShortCode, ifVersion versions: [Int]?, at now: Timestamp) async throws -> ChangeOutcome {
        try await write { database in
            let key = codeCase.key(code)
            guard let row = try LinkRow.fetch(key: key, database) ?? LinkRow.fetchDeleted(key: key, database) else {
                return .notFound
            }
            guard versions?.contains(row.link.version) ?? true else { return .versionMismatch }
            try LinkWriter(database: database, codeCase: codeCase, index: index).erase(row, at: now)
            return .done(row.link)
        }
    }

    package func restore(
        _ code: ShortCode, ifVersion versions: [Int]?, at now: Timestamp,
        completing completion: IdempotentCompletion<RestoreOutcome>?
    ) async throws -> RestoreOutcome {
        try await write { database in
            let outcome = try restore(code, ifVersion: versions, at: now, database)
            try completion?.save(outcome, database)
            return outcome
        }
    }

    package func raiseVisits(_ code: ShortCode, to count: Int) async throws {
        try await write { database in
            try database.cachedStatement(
                sql: """
                    UPDATE links SET visits_used = ?
                    WHERE folded = ? AND deleted_at IS NULL AND maximum_visits IS NULL AND visits_used < ?
                    """
            ).execute(arguments: [count, codeCase.key(code).text, count])
        }
    }

    package func takeVisit(_ code: ShortCode, at now: Timestamp) async throws -> Bool {
        try await write(.shared) { database in
            try database.cachedStatement(
                sql: """
                    UPDATE links SET visits_used = visits_used + 1
                    WHERE folded = ? AND deleted_at IS NULL AND enabled AND visits_used < maximum_visits
                        AND (starts_at IS NULL OR starts_at <= ?) AND (expires_at IS NULL OR expires_at > ?)
                    """
            ).execute(arguments: [codeCase.key(code).text, now.milliseconds, now.milliseconds])
            return database.changesCount == 1
        }
    }

    package func links(_ query: LinkQuery) async throws -> LinkPage {
        try await read(.bulk) { try LinkPageQuery(query, $0, index).fetch() }
    }

    package func tags(_ query: TagQuery) async throws -> TagPage {
        try await read(.bulk) { try LinkTags(database: $0).page(query) }
    }

    package func replaceTag(
        _ tag: String, with other: String?, limit: Int, at now: Timestamp
    ) async throws -> TagChange {
        try await write { database in
            let writer = LinkWriter(database: database, codeCase: codeCase, index: index)
            return try LinkTags(database: database).replace(tag, with: other, limit: limit, at: now, writer: writer)
        }
    }

    package func makeSearchTexts(limit: Int) async throws -> Int {
        // Whoever finds nothing to do keeps nobody from writing.
        guard try await read(.prompt, { try index.hasTextsToMake($0) }) else { return 0 }
        return try await write { try index.makeTexts(limit: limit, $0) }
    }

    package func changes(after position: Int64, limit: Int) async throws -> [LinkChange] {
        try await read(.prompt) { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT change_position, code FROM links WHERE change_position > ? ORDER BY change_position LIMIT ?
                    """)
            return try Row.fetchAll(statement, arguments: [position, max(0, limit)]).compactMap { row in
                ShortCode(row[1] as String).map { LinkChange(position: row[0], code: $0) }
            }
        }
    }

    package func latestChange() async throws -> Int64 {
        try await read(.prompt) { try Int64.fetchOne($0, sql: "SELECT max(change_position) FROM links") ?? 0 }
    }

    private func restore(
        _ code: ShortCode, ifVersion versions: [Int]?, at now: Timestamp, _ database: Database
    ) throws -> RestoreOutcome {
        let key = codeCase.key(code)
        guard var row = try LinkRow.fetchDeleted(key: key, database) else {
            if try LinkRow.fetch(key: key, database) != nil { return .notDeleted }
            return try LinkRow.issuedCode(key: key, database) == nil ? .notFound : .erased
        }
        guard versions?.contains(row.link.version) ?? true else { return .versionMismatch }
        row.link.restore(at: now)
        try LinkWriter(database: database, codeCase: codeCase, index: index).restore(row)
        return .done(row.link)
    }

    private func changeLink(
        _ code: ShortCode, ifVersion versions: [Int]?, _ body: @escaping @Sendable (LinkRow, LinkWriter) throws -> Link
    ) async throws -> ChangeOutcome {
        try await write { database in
            guard let row = try LinkRow.fetch(key: codeCase.key(code), database) else { return .notFound }
            guard versions?.contains(row.link.version) ?? true else { return .versionMismatch }
            return .done(try body(row, LinkWriter(database: database, codeCase: codeCase, index: index)))
        }
    }
}
