import Crypto
import FoundationEssentials
import Hummingbird
import ShrinkrCore
import ShrinkrStore

/// A request for a page of links, and the cursor that leads to the next one.
struct LinkListing {
    /// Links on a page where the client names no number, and at most.
    static let (defaultLimit, maximumLimit) = (20, 100)

    let query: LinkQuery
    /// A few digits that say which filters a cursor belongs to.
    private let filter: String

    /// - Throws: ``Problem/validation(_:)`` with everything that is wrong.
    init(_ request: Request) throws {
        var reader = QueryReader(request)
        var query = LinkQuery(limit: reader.integer("limit", in: 1...Self.maximumLimit) ?? Self.defaultLimit)
        query.order = reader.choice("order") ?? .newest
        query.search = reader.string("q", length: 1...200)
        query.tag = reader.string("tag", length: 1...LinkLimits.tagLength)
        filter = Self.filter(of: query)
        if let cursor = reader.string("cursor", length: 1...100) {
            query.after = Self.position(in: cursor, filter: filter)
            if query.after == nil {
                reader.report(
                    "cursor", FieldProblem("invalid", "This is no cursor of a list with the same order, q and tag."))
            }
        }
        try reader.finish()
        self.query = query
    }

    /// An opaque text for `position`, good for lists with the same filters.
    func cursor(_ position: Int64) -> String {
        Data("\(filter).\(position)".utf8).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    private static func position(in cursor: String, filter: String) -> Int64? {
        let base64 = cursor.replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - base64.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: base64 + padding),
            let text = String(validating: data, as: UTF8.self), text.hasPrefix(filter + ".")
        else { return nil }
        return Int64(text.dropFirst(filter.count + 1))
    }

    private static func filter(of query: LinkQuery) -> String {
        let text = "\(query.order)\n\(query.search ?? "")\n\(query.tag ?? "")"
        return SHA256.hash(data: Array(text.utf8)).prefix(4).map { String($0, radix: 16) }.joined(separator: "")
    }
}
