import ShrinkrCore

/// What a client asks for when it creates a link.
struct LinkRequest: Sendable {
    let code: ShortCode?
    let settings: LinkSettings
    let reuse: Bool

    /// Reads one item of a create or batch request.
    ///
    /// - Parameter now: when the request came in.
    /// - Throws: ``Problem/validation(_:)`` with everything that is wrong.
    init(_ members: [JSONValue.Member], destinations: Destinations, at now: Timestamp) throws {
        var reader = ObjectReader(members)
        code = Self.code(&reader)
        reuse = reader.bool("reuse") ?? false
        let settings = LinkSettingsReader(destinations: destinations, now: now).read(&reader, base: nil)
        reader.finish()
        guard reader.errors.isEmpty, let settings else { throw Problem.validation(reader.errors) }
        self.settings = settings
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
