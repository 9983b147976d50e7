import ShrinkrBase

/// Puts a ``FrameMessage`` together from clicks in the form of version 1 (``Click/appendJSON(to:)``).
struct FrameMessageBuilder {
    private var message = FrameMessage()
    private var codes = ByteTable()
    private var userAgents = ByteTable()
    private var referrers = ByteTable()
    private var languages = ByteTable()
    private var countries = ByteTable()
    /// Addresses as they are written, each with the number of its network; 0 where it is no address.
    private var addresses = ByteTable()
    private var networksOfAddresses: [UInt16] = []
    private var networks: [FrameMessage.Network: UInt16] = [:]

    /// The clicks so far.
    var count: Int { message.clicks.count }

    mutating func reserve(_ clicks: Int) { message.clicks.reserveCapacity(clicks) }

    /// Makes a frame of the clicks that were added since the last one.
    mutating func endFrame(_ id: FrameID, isPartial: Bool) {
        let start = message.frames.last?.clicks.upperBound ?? 0
        message.frames.append(FrameMessage.Frame(id: id, clicks: start..<count, isPartial: isPartial))
    }

    func finish() -> FrameMessage {
        var message = message
        message.userAgents = Self.texts(userAgents)
        message.referrers = Self.texts(referrers)
        message.languages = Self.texts(languages)
        message.countries = Self.texts(countries)
        return message
    }

    private static func texts(_ table: ByteTable) -> [UntrustedText] {
        (0..<table.count).map { UntrustedText(bytes: table[$0]) }
    }

    // MARK: Clicks

    /// Adds the click that is next.
    ///
    /// - Parameter index: its place in the frame, for an error.
    mutating func addClick(_ cursor: inout JSONCursor, at index: Int) throws(ClickFrameError) {
        guard cursor.next == UInt8(ascii: "{") else { throw .wrongType("clicks.Index \(index)") }
        var members = ClickMembers()
        if cursor.enter() {
            repeat { members.take(&cursor) } while cursor.hasMore(before: "}")
        }
        do throws(MemberError) {
            message.clicks.append(try row(members, cursor))
        } catch {
            throw error.inside("clicks.Index \(index).")
        }
    }

    private mutating func row(
        _ members: ClickMembers, _ cursor: JSONCursor
    ) throws(MemberError) -> FrameMessage.Row {
        var row = FrameMessage.Row()
        row.time = Int64(try MemberReading.integer(members.time, "t"))
        guard ClickLimits.times.contains(Timestamp(milliseconds: row.time)) else {
            throw .other(.malformed("a click has the impossible time \(row.time)"))
        }
        row.code = try code(try MemberReading.text(members.code, "code"), cursor)
        let method = try MemberReading.text(members.method, "method")
        if cursor.text(method, equals: "HEAD") {
            row.traits.insert(.head)
        } else if !cursor.text(method, equals: "GET") {
            throw .impossible("method")
        }
        if let text = try MemberReading.optionalText(members.address, "ip") { row.network = network(text, cursor) }
        if let text = try MemberReading.optionalText(members.visitor, "visitor"),
            let bits = cursor.withBytes(of: text, Self.visitor)
        {
            row.visitor = bits
            row.traits.insert(.visitor)
        }
        row.userAgent = try Self.enter(members.userAgent, "ua", ClickLimits.userAgentBytes, cursor, &userAgents)
        row.referrer = try Self.enter(members.referrer, "referrer", ClickLimits.referrerBytes, cursor, &referrers)
        row.language = try Self.enter(members.language, "lang", ClickLimits.languageBytes, cursor, &languages)
        row.country = try Self.enter(members.country, "country", ClickLimits.countryBytes, cursor, &countries)
        if try MemberReading.flag(members.prefetch, "prefetch") { row.traits.insert(.prefetch) }
        if try MemberReading.flag(members.confirmed, "confirmed") { row.traits.insert(.confirmed) }
        row.hints = try MemberReading.bits(members.hints, "hints")
        return row
    }

    private mutating func code(
        _ text: JSONCursor.Text, _ cursor: JSONCursor
    ) throws(MemberError) -> UInt16 {
        let (number, isNew) = cursor.withBytes(of: text) { codes.number(of: $0) }
        if isNew {
            guard let code = UntrustedText(bytes: codes[number]).ascii.flatMap({ ShortCode($0) }) else {
                throw .other(.malformed("a click has a code that no link can have"))
            }
            message.codes.append(code)
        }
        return UInt16(number + 1)
    }

    private mutating func network(_ text: JSONCursor.Text, _ cursor: JSONCursor) -> UInt16 {
        let (number, isNew) = cursor.withBytes(of: text) { addresses.number(of: $0) }
        if isNew {
            let network = IPAddress(UntrustedText(bytes: addresses[number])).map { FrameMessage.Network(of: $0) }
            networksOfAddresses.append(network.map { self.number(of: $0) } ?? 0)
        }
        return networksOfAddresses[number]
    }

    private mutating func number(of network: FrameMessage.Network) -> UInt16 {
        if let number = networks[network] { return number }
        message.networks.append(network)
        let number = UInt16(message.networks.count)
        networks[network] = number
        return number
    }

    /// The number of a text, cut to at most `limit` bytes; 0 where it is absent.
    private static func enter(
        _ value: JSONCursor.Value?, _ name: StaticString, _ limit: Int, _ cursor: JSONCursor, _ table: inout ByteTable
    ) throws(MemberError) -> UInt16 {
        guard let text = try MemberReading.optionalText(value, name) else { return 0 }
        return cursor.withBytes(of: text) { bytes in
            var end = min(bytes.count, limit)
            // A byte that continues a scalar is 10xxxxxx: the text is cut in front of the scalar.
            if end < bytes.count { while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 } }
            return UInt16(table.number(of: UnsafeBufferPointer(rebasing: bytes[..<end])).number + 1)
        }
    }

    /// 16 lower-case hexadecimal digits as a number.
    private static func visitor(_ text: UnsafeBufferPointer<UInt8>) -> UInt64? {
        guard text.count == 16 else { return nil }
        var bits: UInt64 = 0
        for byte in text {
            guard let digit = byte.hexDigitValue, byte == byte.asciiLowercased else { return nil }
            bits = bits << 4 | UInt64(digit)
        }
        return bits
    }
}

/// The members of a click in the form of version 1, each as it first came.
private struct ClickMembers {
    private(set) var time: JSONCursor.Value?
    private(set) var code: JSONCursor.Value?
    private(set) var method: JSONCursor.Value?
    private(set) var address: JSONCursor.Value?
    private(set) var visitor: JSONCursor.Value?
    private(set) var userAgent: JSONCursor.Value?
    private(set) var referrer: JSONCursor.Value?
    private(set) var language: JSONCursor.Value?
    private(set) var country: JSONCursor.Value?
    private(set) var prefetch: JSONCursor.Value?
    private(set) var confirmed: JSONCursor.Value?
    private(set) var hints: JSONCursor.Value?

    /// Takes the member that is next.
    mutating func take(_ cursor: inout JSONCursor) {
        let name = cursor.name()
        let value = cursor.value()
        func isCalled(_ other: StaticString) -> Bool { cursor.text(name, equals: other) }
        if isCalled("t") {
            time = time ?? value
        } else if isCalled("code") {
            code = code ?? value
        } else if isCalled("method") {
            method = method ?? value
        } else if isCalled("ip") {
            address = address ?? value
        } else if isCalled("visitor") {
            visitor = visitor ?? value
        } else if isCalled("ua") {
            userAgent = userAgent ?? value
        } else if isCalled("referrer") {
            referrer = referrer ?? value
        } else if isCalled("lang") {
            language = language ?? value
        } else if isCalled("country") {
            country = country ?? value
        } else if isCalled("prefetch") {
            prefetch = prefetch ?? value
        } else if isCalled("confirmed") {
            confirmed = confirmed ?? value
        } else if isCalled("hints") {
            hints = hints ?? value
        }
    }
}
