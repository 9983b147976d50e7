package import ShrinkrBase

/// Where links come from, and how its exports call what they have.
///
/// Names are compared without case, spaces, `_`, `-` and `.`; each list is in the order of preference. They are those of
/// the documentation that is named.
package enum ImportSource: String, CaseIterable, Sendable {
    /// A table with a line of titles, such as `shrinkr export --format csv` writes.
    case csv
    /// The table `yourls_url` (https://yourls.org, includes/functions-install.php).
    case yourls
    /// Bitlinks of the API v4 (https://dev.bitly.com/api-reference), and the table that Bitly's page offers.
    case bitly
    /// Short URLs of the API v3 (https://api-spec.shlink.io), and the table of its web client.
    case shlink
    /// Links of the API v2 (https://docs.kutt.it).
    case kutt
    /// Links of the API (https://dub.co/docs/api-reference), and the table of its page.
    case dub
    /// Links of the API v1 (https://developers.rebrandly.com).
    case rebrandly
    /// Lines of `/.export` (https://github.com/tailscale/golink).
    case golink

    /// A member of a link.
    enum Member: CaseIterable {
        case code, url, title, tags, createdAt, startsAt, expiresAt, maxVisits, redirectStatus, forwardQuery, enabled
        /// Old totals, which are not taken over.
        case clicks
    }

    func names(of member: Member) -> [StaticString] {
        switch (self, member) {
        case (.yourls, .code): ["keyword"]
        case (.yourls, .createdAt): ["timestamp"]
        case (.bitly, .code): ["custombitlinks", "id", "link", "bitlink", "shortlink"]
        case (.bitly, .url), (.shlink, .url): ["longurl"]
        case (.shlink, .code): ["shortcode", "shorturl"]
        case (.kutt, .code): ["address", "link"]
        case (.kutt, .url): ["target"]
        case (.kutt, .title): ["description"]
        case (.kutt, .expiresAt): ["expirein"]
        case (.dub, .code): ["key", "shortlink", "link"]
        case (.dub, .url): ["url", "destinationurl", "destination"]
        case (.rebrandly, .code): ["slashtag", "shorturl"]
        case (.rebrandly, .url): ["destination"]
        case (.golink, .code): ["short"]
        case (.golink, .url): ["long"]
        case (_, .code): ["code", "shortcode", "slug", "alias", "keyword", "shorturl"]
        case (_, .url): ["url", "longurl", "destination", "target"]
        case (_, .title): ["title", "name"]
        case (_, .tags): ["tags", "tag", "tagnames"]
        case (_, .createdAt): ["createdat", "created", "datecreated", "timestamp"]
        case (_, .startsAt): ["startsat", "validsince"]
        case (_, .expiresAt): ["expiresat", "validuntil", "expires"]
        case (_, .maxVisits): ["maxvisits"]
        case (_, .redirectStatus): ["redirectstatus"]
        case (_, .forwardQuery): ["forwardquery"]
        case (_, .enabled): ["enabled"]
        case (_, .clicks): ["clicks", "visits", "visitscount", "visitcount", "people", "totalclicks"]
        }
    }
}

/// One link of a file, as the API takes it.
package struct ImportedLink: Equatable, Sendable {
    /// Why a link cannot be taken over.
    package struct Refused: Error, Equatable {
        package let reason: String
    }

    /// Most characters of a title; a longer one is cut.
    private static let maximumTitle = 300

    /// The line of the file, or the number of the entry.
    package let place: Int
    package let code: String?
    package let url: String
    /// The members of the request.
    package let members: [JSONValue.Member]
    /// Whether the source had counted clicks.
    package let hadClicks: Bool

    /// - Parameters:
    ///   - entry: What the file has of the link.
    ///   - keepsCreatedAt: whether the link is to keep the time at which it was made there.
    package init(
        _ entry: ImportEntry, from source: ImportSource, place: Int, keepsCreatedAt: Bool
    ) throws(Refused) {
        func value(_ member: ImportSource.Member) -> JSONValue? { entry.first(source.names(of: member)) }
        guard let url = value(.url)?.text, !url.isEmpty else { throw Refused(reason: "there is no destination") }
        if source == .golink, UntrustedText(url).holds("{{") {
            throw Refused(reason: "the destination is a template, which Shrinkr does not have")
        }
        self.place = place
        self.url = url
        code = value(.code).flatMap(Self.code)
        hadClicks = (value(.clicks).flatMap(Self.number) ?? 0) > 0
        var members: [JSONValue.Member] = [.init("url", .string(url))]
        if let code { members.append(.init("code", .string(code))) }
        if let title = value(.title)?.text.flatMap(Self.title) { members.append(.init("title", .string(title))) }
        let tags = value(.tags).map(Self.tags) ?? []
        if !tags.isEmpty { members.append(.init("tags", .array(tags.map { .string($0) }))) }
        let times: [(ImportSource.Member, String)] =
            [(.startsAt, "starts_at"), (.expiresAt, "expires_at")]
            + (keepsCreatedAt ? [(.createdAt, "created_at")] : [])
        for (member, name) in times {
            guard let value = value(member) else { continue }
            guard let time = ImportedTime.read(value) else {
                let shown = UntrustedText(value.text ?? "").prefix(bytes: 60).string
                throw Refused(reason: "'\(shown)' is no time that is understood (\(name))")
            }
            members.append(.init(name, .string(time.rfc3339)))
        }
        for (member, name) in [(ImportSource.Member.maxVisits, "max_visits"), (.redirectStatus, "redirect_status")] {
            if let number = value(member).flatMap(Self.number) { members.append(.init(name, .integer(number))) }
        }
        for (member, name) in [(ImportSource.Member.forwardQuery, "forward_query"), (.enabled, "enabled")] {
            if let flag = value(member).flatMap(Self.flag) { members.append(.init(name, .bool(flag))) }
        }
        self.members = members
    }

    /// What stands behind the last slash: sources name the whole short URL, some without `https://`.
    private static func code(_ value: JSONValue) -> String? {
        guard let text = value.text ?? value.items?.first?.text else { return nil }
        let code = UntrustedText(text).trimmed.cutAtLast("/").after
        return code.isEmpty ? nil : code.string
    }

    /// Without control characters, which are spaces then; nil where nothing is left.
    private static func title(_ text: String) -> String? {
        var title = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(maximumTitle) {
            title.append(scalar.properties.generalCategory == .control ? " " : scalar)
        }
        let trimmed = UntrustedText(String(title)).trimmed
        return trimmed.isEmpty ? nil : trimmed.string
    }

    /// A list of names, or of objects that have one; or a text, as JSON or with `,` or `|` between.
    private static func tags(_ value: JSONValue) -> [String] {
        if let items = value.items {
            return items.compactMap { $0.text ?? $0["name"].text }.filter { !$0.isEmpty }
        }
        let text = UntrustedText(value.text ?? "").trimmed
        if text.begins(with: "["), let list = try? JSONParser.parse(Array(text.bytes)), list.items != nil {
            return tags(list)
        }
        let separators = [UInt8(ascii: ","), UInt8(ascii: "|")]
        return text.bytes.split { separators.contains($0) }
            .map { UntrustedText(bytes: $0).trimmed }.filter { !$0.isEmpty }.map(\.string)
    }

    private static func number(_ value: JSONValue) -> Int? {
        value.number ?? value.text.flatMap { UntrustedText($0).trimmed.digits }
    }

    private static func flag(_ value: JSONValue) -> Bool? {
        if let flag = value.flag { return flag }
        let text = UntrustedText(value.text ?? "")
        if text.equalsIgnoringCase("true") || text.equals("1") { return true }
        return text.equalsIgnoringCase("false") || text.equals("0") ? false : nil
    }
}

/// What a file has of one link: values under names as sources write them.
package struct ImportEntry: Sendable {
    private let values: [(name: UntrustedText, value: JSONValue)]

    /// A row of a table.
    package init(names: [UntrustedText], fields: [[UInt8]]) {
        values = zip(names, fields).map { ($0, .string(String(decoding: $1, as: UTF8.self))) }
    }

    /// An object; objects in it count as parts of it, behind its own members.
    package init?(_ document: JSONValue) {
        guard case .object(let members) = document else { return nil }
        let inner = members.flatMap { member in
            if case .object(let members) = member.value { members } else { [] as [JSONValue.Member] }
        }
        values = (members + inner).map { (Self.folded($0.name), $0.value) }
    }

    /// A name without case, spaces and what stands between words.
    package static func folded(_ name: UntrustedText) -> UntrustedText {
        UntrustedText(bytes: name.bytes.filter(\.isASCIIAlphanumeric).map(\.asciiLowercased))
    }

    /// The first value that is there under one of the names, in their order.
    func first(_ names: [StaticString]) -> JSONValue? {
        for name in names {
            if let found = values.first(where: { $0.name.equals(name) && !Self.isEmpty($0.value) }) {
                return found.value
            }
        }
        return nil
    }

    private static func isEmpty(_ value: JSONValue) -> Bool {
        if let text = value.text {
            let text = UntrustedText(text).trimmed
            return text.isEmpty || text.equals("NULL") || text.equals("\\N")
        }
        return value.isNull || value.items?.isEmpty == true
    }
}

/// Times as exports write them.
enum ImportedTime {
    /// RFC 3339; the same with a space and without a zone, as databases write it (UTC); a date; seconds or milliseconds
    /// since 1970.
    static func read(_ value: JSONValue) -> Timestamp? {
        if let number = value.number { return read(number) }
        let text = UntrustedText(value.text ?? "").trimmed
        guard text.count <= 40 else { return nil }
        if let number = text.digits { return read(number) }
        if text.count == 10 { return Timestamp(rfc3339: text.string + "T00:00:00Z") }
        let (date, time) = text.contains(byte: "T") ? text.cut(at: "T") : text.cut(at: " ")
        guard let time, date.count == 10 else { return nil }
        // A zone as in `+0000` lacks its colon; without a zone it is UTC.
        let zones = [
            time.string, time.string + "Z",
            time.dropLast(2).string + ":" + time.bytes.suffix(2).map { String(Unicode.Scalar($0)) }.joined(),
        ]
        return zones.lazy.compactMap { Timestamp(rfc3339: "\(date.string)T\($0)") }.first
    }

    private static func read(_ number: Int) -> Timestamp? {
        // Seconds until the year 5138, milliseconds since 1973.
        guard (0..<100_000_000_000_000).contains(number) else { return nil }
        return number < 100_000_000_000 ? Timestamp(seconds: Int64(number)) : Timestamp(milliseconds: Int64(number))
    }
}
