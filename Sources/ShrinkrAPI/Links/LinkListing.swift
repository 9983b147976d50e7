import Crypto
import Hummingbird
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore

/// A request for a page of links, and the cursor that leads to the next one.
struct LinkListing {
    /// Links on a page where the client names no number, and at most.
    static let (defaultLimit, maximumLimit) = (20, 100)

    let query: LinkQuery
    /// Whether links may have to be passed over that do not match.
    var isSearch: Bool { query.search != nil || query.tag != nil }
    /// A few digits that say which filters a cursor belongs to.
    private let filter: String

    /// - Throws: ``Problem/validation(_:)`` with everything that is wrong.
    init(_ request: Request) throws {
        var reader = QueryReader(request)
        var query = LinkQuery(limit: reader.integer("limit", in: 1...Self.maximumLimit) ?? Self.defaultLimit)
        query.order = reader.choice("order") ?? .newest
        query.search = reader.string("q", length: 1...200)
        query.tag = reader.string("tag", length: 1...LinkLimits.tagLength)
        query.deleted = reader.bool("deleted") ?? false
        filter = Self.filter(of: query)
        let noCursor = FieldProblem("invalid", "This is no cursor of a list with the same order, q, tag, deleted.")
        if let cursor = reader.identifier("cursor", length: 1...100, else: noCursor) {
            query.after = Self.position(in: UntrustedText(cursor), filter: filter)
            if query.after == nil { reader.report("cursor", noCursor) }
        }
        try reader.finish()
        self.query = query
    }

    /// An opaque text for `position`, good for lists with the same filters.
    func cursor(_ position: Int64) -> String {
        Cursor.text(of: "\(filter).\(position)")
    }

    private static func position(in cursor: UntrustedText, filter: String) -> Int64? {
        guard let (before, position) = Cursor.content(of: cursor)?.cut(at: ".") else { return nil }
        guard before.equals(filter), let digits = position?.digits else { return nil }
        return Int64(digits)
    }

    private static func filter(of query: LinkQuery) -> String {
        let text = "\(query.order)\n\(query.search ?? "")\n\(query.tag ?? "")\(query.deleted ? "\ndeleted" : "")"
        return SHA256.hash(data: Array(text.utf8)).prefix(4).map { String($0, radix: 16) }.joined(separator: "")
    }
}
