import ShrinkrBase
import ShrinkrCore
import ShrinkrStore

/// What a client asks for when it creates a link.
struct LinkRequest: Sendable {
    let code: ShortCode?
    let settings: LinkSettings
    /// Whether an equal link that is there already will do. Never for who may not read: whether there is one, and under
    /// which code, is what others have written.
    let reuse: Bool
    /// When the link was made elsewhere; nil for now.
    let createdAt: Timestamp?

    /// Reads one item of a create or batch request.
    ///
    /// - Parameters:
    ///   - caller: who makes the request.
    ///   - now: when the request came in.
    /// - Throws: ``Problem/validation(_:)`` with everything that is wrong.
    init(_ members: [JSONValue.Member], by caller: Caller, destinations: Destinations, at now: Timestamp) throws {
        var reader = ObjectReader(members)
        code = Self.code(&reader)
        let wantsReuse = reader.bool("reuse") ?? false
        reuse = wantsReuse && caller.may(.linksRead)
        createdAt = Self.createdAt(&reader, by: caller, at: now)
        let settings = LinkSettingsReader(destinations: destinations, now: now).read(&reader, base: nil)
        reader.finish()
        guard reader.errors.isEmpty, let settings else { throw Problem.validation(reader.errors) }
        self.settings = settings
    }

    /// Only who may everything says when a link was made: others would put theirs where they like in everybody's lists.
    private static func createdAt(
        _ reader: inout ObjectReader, by caller: Caller, at now: Timestamp
    ) -> Timestamp? {
        guard let time = reader.time("created_at") else { return nil }
        if !caller.may(.admin) {
            reader.report("created_at", FieldProblem("not_allowed", "This needs a key with the scope 'admin'."))
        } else if time > now || time.milliseconds < 0 {
            reader.report("created_at", FieldProblem("invalid", "The link was made in the future, or before 1970."))
        }
        return time
    }

    private static func code(_ reader: inout ObjectReader) -> ShortCode? {
        guard let text = reader.rawString("code") else { return nil }
        guard let code = ShortCode(text) else {
            reader.report("code", FieldProblem("invalid", "An alias has 1 to 64 of A-Z a-z 0-9 _ and -."))
            return nil
        }
        if ReservedWords.contains(code) {
            reader.report("code", FieldProblem("reserved", "The word '\(code)' is reserved."))
        }
        return code
    }
}
