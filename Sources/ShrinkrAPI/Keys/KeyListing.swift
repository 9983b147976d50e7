import Hummingbird
import ShrinkrBase
import ShrinkrStore

/// A request for a page of API keys, and the cursor that leads to the next one.
struct KeyListing {
    /// Keys on a page where the client names no number, and at most.
    static let (defaultLimit, maximumLimit) = (100, 1_000)
    /// Most characters of a cursor that is read.
    private static let cursorLength = 200

    let query: APIKeyQuery

    /// - Throws: ``Problem/validation(_:)`` with everything that is wrong.
    init(_ request: Request, at now: Timestamp) throws {
        var reader = QueryReader(request)
        var query = APIKeyQuery(
            limit: reader.integer("limit", in: 1...Self.maximumLimit) ?? Self.defaultLimit, asOf: now)
        if let cursor = reader.string("cursor", length: 1...Self.cursorLength) {
            if let (asOf, position) = Self.place(in: cursor) {
                (query.asOf, query.after) = (asOf, position)
            } else {
                reader.report("cursor", FieldProblem("invalid", "This is no cursor of a list of keys."))
            }
        }
        try reader.finish()
        self.query = query
    }

    /// An opaque text for `position`.
    func cursor(_ position: APIKeyQuery.Position) -> String {
        let times = "\(query.asOf.milliseconds).\(position.createdAt.milliseconds)"
        return Cursor.text(of: "\(times).\(position.isActive ? 1 : 0).\(position.id)")
    }

    private static func place(in cursor: String) -> (asOf: Timestamp, APIKeyQuery.Position)? {
        guard let bytes = Cursor.content(of: UntrustedText(cursor))?.bytes,
            bytes.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        let parts = bytes.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard parts.count == 4, let asOf = Int64(parts[0]), let createdAt = Int64(parts[1]),
            let isActive = ["0": false, "1": true][parts[2]]
        else { return nil }
        return (
            Timestamp(milliseconds: asOf),
            APIKeyQuery.Position(isActive: isActive, createdAt: Timestamp(milliseconds: createdAt), id: parts[3])
        )
    }
}
