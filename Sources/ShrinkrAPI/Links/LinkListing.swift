import Crypto
import Hummingbird
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore

/// A request for a page of links, and the cursor that leads to the next one.
struct LinkListing {
    /// Links on a page where the client names no number, and at most.
    static let (defaultLimit, maximumLimit) = (20, 100)
    /// Most tags that links can be asked to have.
    private static let maximumTags = 5

    let query: LinkQuery
    /// Whether links may have to be passed over that do not match.
    var isSearch: Bool {
        query != LinkQuery(limit: query.limit, order: query.order, after: query.after, deleted: query.deleted)
    }
    /// A few digits that say which filters a cursor belongs to.
    private let filter: String

    /// - Throws: ``Problem/validation(_:)`` with everything that is wrong.
    init(_ request: Request) throws {
        var reader = QueryReader(request)
        var query = LinkQuery(limit: reader.integer("limit", in: 1...Self.maximumLimit) ?? Self.defaultLimit)
        query.order = reader.choice("order") ?? .newest
        query.search = reader.string("q", length: 1...200)
        query.tags = reader.strings("tag", count: Self.maximumTags, length: 1...LinkLimits.tagLength)
        query.enabled = reader.bool("enabled")
        query.createdFrom = reader.time("created_from")
        query.createdBefore = reader.time("created_before")
        query.deleted = reader.bool("deleted") ?? false
        filter = Self.filter(of: query)
        let noCursor = FieldProblem("invalid", "This is no cursor of a list with the same order and filters.")
        if let cursor = reader.identifier("cursor", length: 1...100, else: noCursor) {
            query.after = Self.place(in: UntrustedText(cursor), of: query.order, filter: filter)
            if query.after == nil { reader.report("cursor", noCursor) }
        }
        try reader.finish()
        self.query = query
    }

    /// An opaque text for `place`, good for lists with the same filters.
    func cursor(_ place: LinkQuery.Place) -> String {
        // One more, since the least rank is -1.
        let rank = query.order.isRanked ? "\(place.rank + 1)." : ""
        return Cursor.text(of: "\(filter).\(rank)\(place.id)")
    }

    private static func place(
        in cursor: UntrustedText, of order: LinkQuery.Order, filter: String
    ) -> LinkQuery.Place? {
        guard let (before, place) = Cursor.content(of: cursor)?.cut(at: "."), before.equals(filter), let place else {
            return nil
        }
        guard order.isRanked else { return place.digits.map { LinkQuery.Place(id: Int64($0)) } }
        let (rank, id) = place.cut(at: ".")
        guard let rank = rank.digits, let id = id?.digits else { return nil }
        return LinkQuery.Place(rank: Int64(rank) - 1, id: Int64(id))
    }

    private static func filter(of query: LinkQuery) -> String {
        let times = [query.createdFrom, query.createdBefore].map { $0.map { String($0.milliseconds) } ?? "" }
        let switched = query.enabled.map { $0 ? "enabled" : "disabled" } ?? ""
        let parts = [query.order.rawValue, query.search ?? "", query.deleted ? "deleted" : "", switched] + times
        let text = (parts + query.tags).joined(separator: "\n")
        return SHA256.hash(data: Array(text.utf8)).prefix(4).map { String($0, radix: 16) }.joined(separator: "")
    }
}
