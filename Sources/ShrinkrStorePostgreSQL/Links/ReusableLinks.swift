#if PostgreSQL
import PostgreSQLClient
import ShrinkrCore
import ShrinkrStore

/// The live links that may be given in place of new ones with equal settings.
///
/// Until the transaction ends nobody else looks for such links with the same hashes, so two processes do not both find
/// none and make one each. The locks are those of a few stripes of hashes, since the server has room for a bounded number
/// of locks (`max_locks_per_transaction`).
struct ReusableLinks {
    /// Most links with one hash that are compared with a link to insert.
    static let candidates = 8
    /// How many locks there are. More would let more processes do this at once.
    private static let stripes: UInt64 = 256
    /// Tells these locks from others (`pg_advisory_xact_lock`).
    private static let lockSpace: Int64 = 0x7368_726B

    private static let lock = PostgreSQLStatement(
        """
        SELECT pg_advisory_xact_lock(\(lockSpace), stripe::integer)
        FROM unnest($1::bigint[]) AS stripe ORDER BY stripe
        """)
    /// What lies past the limit is not found, and another link is made: links with one hash by chance or by intent
    /// must not cost more than a few.
    private static let find = PostgreSQLStatement(
        """
        SELECT \(LinkRow.columns), hash FROM unnest($1::bigint[]) AS hash CROSS JOIN LATERAL (
            SELECT * FROM links WHERE settings_hash = hash AND reusable ORDER BY id LIMIT \(candidates)) AS links
        ORDER BY links.id
        """)

    /// For each of the new links the oldest that may be given in its place.
    let links: [Link?]

    init(of new: [NewLink], _ session: PostgreSQLSession) throws {
        guard !new.isEmpty else {
            links = []
            return
        }
        let hashes = new.map(\.settings.searchHash)
        let stripes = Set(hashes.map { Int64(UInt64(bitPattern: $0) % Self.stripes) }).sorted()  // text: numbers.
        let results = try session.pipeline([
            PostgreSQLCall(Self.lock, [.init(stripes)]), PostgreSQLCall(Self.find, [.init(Array(Set(hashes)))]),
        ])
        var found: [Int64: [Link]] = [:]
        for row in results.last.map({ Array($0) }) ?? [] {
            found[try row.int(16), default: []].append(try LinkRow(row).link)
        }
        links = zip(new, hashes).map { new, hash in found[hash]?.first(where: new.canReuse) }
    }
}
#endif
