import ShrinkrBase
import ShrinkrWeb

extension LinkForm {
    /// What was sent.
    init(_ form: WebForm) {
        self.init()
        url = form.text("url")
        code = form.text("code")
        title = form.text("title")
        tags = form.text("tags")
        (shownTitle, shownTags) = (form.value("title_shown")?.trimmed.string, form.value("tags_shown")?.trimmed.string)
        startsAt = Self.moment(form, "starts_at", "starts_at_local")
        expiresAt = Self.moment(form, "expires_at", "expires_at_local")
        maximumVisits = form.text("max_visits")
        redirectStatus = form.value("redirect_status")?.trimmed.digits ?? 302
        forwardsQuery = form.value("forward_query") != nil
    }

    /// The instant that the script has written; without it the field's own time, as UTC.
    private static func moment(_ form: WebForm, _ name: StaticString, _ localName: StaticString) -> String {
        let (instant, local) = (form.text(name), form.text(localName))
        // Who empties the field has no time in mind, whatever stands beside it.
        guard !local.isEmpty else { return "" }
        guard let time = Timestamp(rfc3339: instant) else {
            return UntrustedText(local).count == 16 ? "\(local):00Z" : local
        }
        return time.rfc3339
    }

    /// The API's request, but for the code: what is empty is null, so that a change clears it.
    var members: [JSONValue.Member] {
        let tags: [JSONValue] = (UntrustedText(tags).split(on: ",", atMost: 1_000) ?? [UntrustedText(tags)])
            .map(\.trimmed).filter { !$0.isEmpty }.map { .string($0.string) }
        let limit = UntrustedText(maximumVisits)
        let titleIsSame = shownTitle.map { UntrustedText($0).equals(title) } ?? false
        let tagsAreSame = shownTags.map { UntrustedText($0).equals(self.tags) } ?? false
        var members: [JSONValue.Member] = []
        if !titleIsSame { members.append(.init("title", .optional(title.isEmpty ? nil : title))) }
        if !tagsAreSame { members.append(.init("tags", .array(tags))) }
        return members + [
            .init("url", .string(url)),
            .init("starts_at", .optional(startsAt.isEmpty ? nil : startsAt)),
            .init("expires_at", .optional(expiresAt.isEmpty ? nil : expiresAt)),
            // What is no number is the API's to complain of.
            .init("max_visits", limit.isEmpty ? .null : limit.digits.map { .integer($0) } ?? .string(maximumVisits)),
            .init("redirect_status", .integer(redirectStatus)), .init("forward_query", .bool(forwardsQuery)),
        ]
    }

    /// Takes over what the API says is wrong, each beside its field.
    mutating func complain(of problem: Problem) {
        errors = problem.errors.named.map { error in
            guard case .pointer(let pointer) = error.location else { return ("", error.problem.detail) }
            // A mistake in one tag is one of the field.
            let name = UntrustedText(pointer).dropFirst().cut(at: "/").before
            return (name.string, error.problem.detail)
        }
        if UntrustedText(problem.slug).equals("alias-taken") { errors.append(("code", problem.detail)) }
        if errors.isEmpty { complaint = problem.detail }
    }
}
