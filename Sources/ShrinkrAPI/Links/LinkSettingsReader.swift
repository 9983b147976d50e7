import ShrinkrBase
import ShrinkrCore
import ShrinkrDestinations

/// Reads the settings of a link out of a request: all of them for a new link, a merge patch for one that is there.
struct LinkSettingsReader {
    let destinations: Destinations
    /// When the request came in.
    let now: Timestamp

    /// The settings that the object asks for; nil where something is wrong, which the reader then knows.
    ///
    /// - Parameter base: The present settings, of which absent members keep their value and null clears it (JSON merge
    ///   patch, RFC 7396); nil for a new link.
    func read(_ reader: inout ObjectReader, base: LinkSettings?) -> LinkSettings? {
        // A missing URL must not hide what else is wrong.
        let url = url(&reader, base: base) ?? ""
        let fresh = LinkSettings(url: url)
        var settings = base ?? fresh
        settings.url = url
        update(&settings.title, "title", &reader) { $0.string($1, length: 1...LinkLimits.titleLength) }
        update(&settings.startsAt, "starts_at", &reader) { $0.time($1) }
        update(&settings.expiresAt, "expires_at", &reader) { $0.time($1) }
        update(&settings.maximumVisits, "max_visits", &reader) { $0.integer($1, in: 1...LinkLimits.maximumVisits) }
        update(&settings.forwardQuery, fresh.forwardQuery, "forward_query", &reader) { $0.bool($1) }
        update(&settings.enabled, fresh.enabled, "enabled", &reader) { $0.bool($1) }
        update(&settings.redirectStatus, fresh.redirectStatus, "redirect_status", &reader, read: redirectStatus)
        update(&settings.tags, [], "tags", &reader) { reader, name in
            reader.strings(name, count: 0...LinkLimits.tags, length: 1...LinkLimits.tagLength).map {
                LinkSettings(url: url, tags: $0).tags
            }
        }
        checkTimes(settings, base: base, &reader)
        return reader.errors.isEmpty ? settings : nil
    }

    /// A time that stays as it was may be past: an expired link can be changed, and sent back as it was read.
    private func checkTimes(_ settings: LinkSettings, base: LinkSettings?, _ reader: inout ObjectReader) {
        guard let end = settings.expiresAt else { return }
        if end <= now, end != base?.expiresAt {
            let hint = base == nil ? "" : " To switch the link off now, set 'enabled' to false."
            reader.report("expires_at", FieldProblem("invalid", "The link would have expired already.\(hint)"))
        } else if let start = settings.startsAt, start >= end {
            reader.report("expires_at", FieldProblem("invalid", "The link must not expire before it starts."))
        }
    }

    private func url(_ reader: inout ObjectReader, base: LinkSettings?) -> String? {
        let errors = reader.errors.count
        guard let text = reader.rawString("url") else {
            if let base, !reader.has("url") { return base.url }
            if reader.errors.count == errors { reader.report("url", .required) }
            return nil
        }
        do {
            return try destinations.accept(text)
        } catch {
            reader.report("url", FieldProblem(error.code, "\(error)."))
            return nil
        }
    }

    private func redirectStatus(_ reader: inout ObjectReader, _ name: String) -> RedirectStatus? {
        guard let number = reader.integer(name, in: 300...399) else { return nil }
        guard let status = RedirectStatus(rawValue: number) else {
            reader.report(name, .oneOf(RedirectStatus.allCases.map { String($0.rawValue) }))
            return nil
        }
        return status
    }

    private func update<Value>(
        _ value: inout Value, _ fallback: Value, _ name: String, _ reader: inout ObjectReader,
        read: (inout ObjectReader, String) -> Value?
    ) {
        guard reader.has(name) else { return }
        value = read(&reader, name) ?? fallback
    }

    private func update<Value>(
        _ value: inout Value?, _ name: String, _ reader: inout ObjectReader,
        read: (inout ObjectReader, String) -> Value?
    ) {
        guard reader.has(name) else { return }
        value = read(&reader, name)
    }
}
