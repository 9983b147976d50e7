#if PostgreSQL
import PostgreSQLClient
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore

/// A link that is to be inserted under one of its codes.
struct InsertedLink: Sendable {
    /// The link's place in its batch.
    let place: Int
    /// Which of its codes it is to have.
    let candidate: Int
    /// The key of that code.
    let key: ShortCode
    let link: Link

    /// Numbers are given in the order of the batch, rows are inserted in the order of their keys.
    private static let insert: PostgreSQLStatement = """
        WITH numbered AS MATERIALIZED (
            SELECT nextval('links_id_seq') AS id, given.* FROM unnest($1::text[], $2::text[], $3::text[], $4::text[],
                $5::bigint[], $6::boolean[], $7::boolean[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[],
                $12::bigint[], $13::bigint[], $14::bigint[], $15::text[])
                AS given (code, code_key, url, title, redirect_status, forward_query, enabled, starts_at, expires_at,
                    maximum_visits, created_at, updated_at, version, settings_hash, search_text)),
        inserted AS (
            INSERT INTO links (id, code, code_key, url, title, redirect_status, forward_query, enabled, starts_at,
                expires_at, maximum_visits, created_at, updated_at, version, settings_hash)
            SELECT id, code, code_key, url, title, redirect_status, forward_query, enabled, starts_at, expires_at,
                maximum_visits, created_at, updated_at, version, settings_hash FROM numbered
            ORDER BY code_key, id
            ON CONFLICT DO NOTHING RETURNING id, code_key),
        texts AS (
            INSERT INTO link_texts (link_id, version, text)
            SELECT id, version, search_text FROM inserted JOIN numbered USING (id))
        SELECT id, code_key FROM inserted
        """
    private static let issued: PostgreSQLStatement = "SELECT code_key FROM links WHERE code_key = ANY ($1)"

    /// Inserts the links whose code is free, and returns the keys of these.
    static func insert(_ rows: [InsertedLink], _ session: PostgreSQLSession) throws -> Set<ShortCode> {
        if rows.isEmpty { return [] }
        let places = Dictionary(uniqueKeysWithValues: zip(rows.map(\.key), rows.indices))
        var inserted: Set<ShortCode> = []
        var tags: (ids: [Int64], texts: [String]) = ([], [])
        for row in try session.query(insert, values(rows)) {
            guard let key = ShortCode(try row.text(1)), let place = places[key] else { continue }
            inserted.insert(key)
            let own = rows[place].link.settings.tags
            if own.isEmpty { continue }
            tags.texts += own
            tags.ids += Array(repeating: try row.int(0), count: own.count)
        }
        if !tags.ids.isEmpty { try session.pipeline([LinkWriter.tags(tags.texts, of: tags.ids)]) }
        return inserted
    }

    /// Which of these keys belong to codes that were issued.
    static func issued(_ keys: [ShortCode], _ session: PostgreSQLSession) throws -> [ShortCode] {
        try session.query(issued, [.init(keys.map(\.text))]).compactMap { ShortCode(try $0.text(0)) }
    }

    private static func values(_ rows: [InsertedLink]) -> [PostgreSQLValue] {
        let settings = rows.map(\.link.settings)
        return [
            .init(rows.map(\.link.code.text)), .init(rows.map(\.key.text)), .init(settings.map(\.url)),
            .texts(settings.map(\.title)), .init(settings.map(\.redirectStatus.rawValue)),
            .bools(settings.map(\.forwardQuery)), .bools(settings.map(\.enabled)),
            .ints(settings.map { $0.startsAt?.milliseconds }), .ints(settings.map { $0.expiresAt?.milliseconds }),
            .ints(settings.map { $0.maximumVisits.map { Int64($0) } }),
            .init(rows.map(\.link.createdAt.milliseconds)), .init(rows.map(\.link.updatedAt.milliseconds)),
            .init(rows.map(\.link.version)), .init(settings.map(\.searchHash)),
            .init(rows.map { SearchText.of($0.link.code, $0.link.settings) }),
        ]
    }
}
#endif
