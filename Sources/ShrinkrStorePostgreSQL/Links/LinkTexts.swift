#if PostgreSQL
import PostgreSQLClient
import ShrinkrCore
import ShrinkrStore

/// The texts of links that are searched (`link_texts`). Programs make them, since SQL cannot; a text says of which version of
/// its link it was made, so that one of which a program of the release before knows nothing is taken away by a trigger.
enum LinkTexts {
    /// The text of a link, or of one that has none yet what was searched before there were texts.
    static let text = """
        coalesce(text,
            lower(code || E'\\n' || url || E'\\n' || coalesce(title, '')) COLLATE "C")
        """

    private static let save: PostgreSQLStatement = """
        INSERT INTO link_texts (link_id, version, text) SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[])
        ON CONFLICT (link_id) DO UPDATE SET version = excluded.version, text = excluded.text
        """
    private static let selectToMake: PostgreSQLStatement = "SELECT EXISTS (SELECT FROM link_texts WHERE text IS NULL)"
    private static let lock: PostgreSQLStatement = """
        SELECT id FROM links WHERE id = ANY (ARRAY(SELECT link_id FROM link_texts WHERE text IS NULL LIMIT $1))
        ORDER BY id FOR SHARE
        """
    private static let select = PostgreSQLStatement(
        "SELECT \(LinkRow.columns) FROM links WHERE id = ANY ($1) AND url IS NOT NULL ORDER BY id")

    /// Saves the text of a link, before its new version is saved.
    static func save(_ row: LinkRow) -> PostgreSQLCall { save([row]) }

    static func areToMake(_ session: PostgreSQLSession) throws -> Bool {
        try session.query(selectToMake).first?.bool(0) ?? false
    }

    /// Makes texts of links that have none. The links are locked first, so that no text is made of what others change
    /// meanwhile.
    ///
    /// - Returns: how many it has made, at most `limit`.
    static func make(limit: Int, _ session: PostgreSQLSession) throws -> Int {
        let ids = try session.query(lock, [.int(Int64(limit))]).map { try $0.int(0) }
        if ids.isEmpty { return 0 }
        let rows = try session.query(select, [.init(ids)]).map { try LinkRow($0) }
        try session.pipeline([save(rows)])
        return rows.count
    }

    private static func save(_ rows: [LinkRow]) -> PostgreSQLCall {
        PostgreSQLCall(
            save,
            [
                .init(rows.map(\.id)), .init(rows.map(\.link.version)),
                .init(rows.map { SearchText.of($0.link.code, $0.link.settings) }),
            ])
    }
}
#endif
