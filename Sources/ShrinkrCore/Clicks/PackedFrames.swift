import ShrinkrBase

/// Where the members of `packed` are.
struct PackedMembers {
    /// The members, all of which must be there.
    enum Member: String, CaseIterable {
        case version, frames, time, codes, agents, referrers, languages, countries, networks, clicks
    }

    /// At the whole value.
    let start: JSONCursor
    /// At the value of each member that is there.
    private(set) var cursors: [Member: JSONCursor] = [:]

    /// Passes over the value that is next, as ``JSONCursor/skip()`` does.
    init(passing cursor: inout JSONCursor) {
        start = cursor
        guard cursor.next == UInt8(ascii: "{") else {
            cursor.skip()
            return
        }
        guard cursor.enter() else { return }
        repeat {
            let name = cursor.name()
            if let member = cursor.withBytes(of: name, Self.member), cursors[member] == nil { cursors[member] = cursor }
            cursor.skip()
        } while cursor.hasMore(before: "}")
    }

    private static func member(_ name: UnsafeBufferPointer<UInt8>) -> Member? {
        Member.allCases.first { $0.rawValue.utf8.elementsEqual(name) }
    }
}

/// Reads the member `packed`: version 2 of the wire format, in which each distinct value is written once.
struct PackedFrames {
    private typealias Member = PackedMembers.Member

    private let head: FrameHead
    private let members: [Member: JSONCursor]

    /// Nil where there is none, or one of a version that is not known.
    init?(_ head: FrameHead) throws(ClickFrameError) {
        guard let packed = head.packed else { return nil }
        var start = packed.start
        if start.next == UInt8(ascii: "n") { return nil }
        guard start.next == UInt8(ascii: "{") else { throw .wrongType("packed") }
        self.head = head
        members = packed.cursors
        var version = try self.cursor(.version)
        guard let number = version.shortInteger() else { throw .wrongType("packed.version") }
        if number != ClickFrame.version { return nil }
    }

    private func cursor(_ member: Member) throws(ClickFrameError) -> JSONCursor {
        guard let cursor = members[member] else { throw .notAFrame("member 'packed.\(member)' is missing") }
        return cursor
    }

    /// Goes through the array of a member.
    private func forEach(
        _ member: Member, _ body: (inout JSONCursor) throws(ClickFrameError) -> Void
    ) throws(ClickFrameError) {
        var cursor = try cursor(member)
        guard cursor.next == UInt8(ascii: "[") else { throw .wrongType("packed.\(member)") }
        if cursor.enter() {
            repeat { try body(&cursor) } while cursor.hasMore(before: "]")
        }
    }

    private static func impossible(_ member: Member) -> ClickFrameError {
        .notAFrame("member 'packed.\(member)' has an impossible value")
    }

    func message() throws(ClickFrameError) -> FrameMessage {
        var message = FrameMessage()
        message.frames = try frames()
        let clicks = message.frames.last?.clicks.upperBound ?? 0
        try forEach(.codes) { cursor throws(ClickFrameError) in
            let text = try Self.text(&cursor, .codes)
            guard let code = text.ascii.flatMap({ ShortCode($0) }) else { throw Self.impossible(.codes) }
            try Self.append(code, to: &message.codes, .codes, atMost: clicks)
        }
        message.userAgents = try agents(atMost: clicks)
        message.referrers = try texts(.referrers, ClickLimits.referrerBytes, atMost: clicks)
        message.languages = try texts(.languages, ClickLimits.languageBytes, atMost: clicks)
        message.countries = try texts(.countries, ClickLimits.countryBytes, atMost: clicks)
        message.networks = try networks(atMost: clicks)
        message.clicks = try rows(of: message, count: clicks)
        return message
    }

    private func frames() throws(ClickFrameError) -> [FrameMessage.Frame] {
        var frames: [FrameMessage.Frame] = []
        try forEach(.frames) { cursor throws(ClickFrameError) in
            let numbers = try Self.integers(&cursor, .frames)
            let start = frames.last?.clicks.upperBound ?? 0
            guard (2...3).contains(numbers.count), (frames.last?.id.number ?? 0) < numbers[0],
                (0...ClickLimits.frameClicks - start).contains(numbers[1]), numbers.count < 3 || numbers[2] == 1
            else { throw Self.impossible(.frames) }
            let id = FrameID(journal: head.id.journal, number: Int64(numbers[0]))
            frames.append(
                FrameMessage.Frame(id: id, clicks: start..<start + numbers[1], isPartial: numbers.count == 3))
        }
        guard frames.first?.id == head.id else { throw Self.impossible(.frames) }
        return frames
    }

    // MARK: Tables

    /// A table has no more entries than there are clicks to use them.
    private static func append<Entry>(
        _ entry: Entry, to table: inout [Entry], _ member: Member, atMost clicks: Int
    ) throws(ClickFrameError) {
        guard table.count < clicks else { throw impossible(member) }
        table.append(entry)
    }

    private func texts(
        _ member: Member, _ limit: Int, atMost clicks: Int
    ) throws(ClickFrameError) -> [UntrustedText] {
        var texts: [UntrustedText] = []
        try forEach(member) { cursor throws(ClickFrameError) in
            let text = try Self.text(&cursor, member)
            guard text.count <= limit else { throw Self.impossible(member) }
            try Self.append(text, to: &texts, member, atMost: clicks)
        }
        return texts
    }

    /// User agents, of which one may be written as `[5,"rest"]`: the first five bytes of the one before it, and the rest.
    private func agents(atMost clicks: Int) throws(ClickFrameError) -> [UntrustedText] {
        var agents: [UntrustedText] = []
        try forEach(.agents) { cursor throws(ClickFrameError) in
            var shared: ArraySlice<UInt8> = []
            let isShortened = cursor.next == UInt8(ascii: "[")
            if isShortened {
                guard cursor.enter(), let count = cursor.shortInteger(), count > 0, let last = agents.last,
                    count <= last.count, cursor.hasMore(before: "]")
                else { throw Self.impossible(.agents) }
                shared = last.bytes.prefix(count)
            }
            let rest = try Self.text(&cursor, .agents)
            if isShortened, cursor.hasMore(before: "]") { throw Self.impossible(.agents) }
            let agent = isShortened ? UntrustedText(bytes: shared + rest.bytes) : rest
            guard agent.count <= ClickLimits.userAgentBytes, agent.isUTF8 else { throw Self.impossible(.agents) }
            try Self.append(agent, to: &agents, .agents, atMost: clicks)
        }
        return agents
    }

    /// Networks, each as the difference to the one before it.
    private func networks(atMost clicks: Int) throws(ClickFrameError) -> [FrameMessage.Network] {
        var networks: [FrameMessage.Network] = []
        try forEach(.networks) { cursor throws(ClickFrameError) in
            guard let difference = cursor.shortInteger() else { throw .wrongType("packed.networks") }
            // Both have at most 18 digits, so that the sum is no overflow.
            let number = Int(networks.last?.number ?? 0) + difference
            guard difference >= 0, let network = FrameMessage.Network(number: UInt64(number)) else {
                throw Self.impossible(.networks)
            }
            try Self.append(network, to: &networks, .networks, atMost: clicks)
        }
        return networks
    }

    // MARK: Clicks

    private func rows(of message: FrameMessage, count: Int) throws(ClickFrameError) -> [FrameMessage.Row] {
        var cursor = try cursor(.time)
        guard var time = cursor.shortInteger() else { throw .wrongType("packed.time") }
        var rows: [FrameMessage.Row] = []
        rows.reserveCapacity(count)
        try forEach(.clicks) { cursor throws(ClickFrameError) in
            guard rows.count < count, cursor.next == UInt8(ascii: "["), cursor.enter() else {
                throw Self.impossible(.clicks)
            }
            var reader = RowReader(cursor)
            time &+= reader.difference()
            guard ClickLimits.times.contains(Timestamp(milliseconds: Int64(time))) else {
                throw .malformed("a click has the impossible time \(time)")
            }
            var row = FrameMessage.Row()
            row.time = Int64(time)
            row.code = reader.number(in: message.codes.count)
            row.userAgent = reader.number(in: message.userAgents.count)
            row.referrer = reader.number(in: message.referrers.count)
            row.language = reader.number(in: message.languages.count)
            row.country = reader.number(in: message.countries.count)
            row.network = reader.number(in: message.networks.count)
            if let visitor = reader.visitor() {
                row.visitor = visitor
                row.traits.insert(.visitor)
            }
            row.traits.formUnion(reader.traits())
            row.hints = reader.hints()
            cursor = reader.cursor
            guard reader.isRow, row.code > 0 else { throw Self.impossible(.clicks) }
            rows.append(row)
        }
        guard rows.count == count else { throw Self.impossible(.clicks) }
        return rows
    }

    // MARK: Values

    private static func text(_ cursor: inout JSONCursor, _ member: Member) throws(ClickFrameError) -> UntrustedText {
        guard cursor.next == UInt8(ascii: "\"") else { throw .wrongType("packed.\(member)") }
        let text = cursor.text()
        return cursor.withBytes(of: text) { UntrustedText(bytes: Array($0)) }
    }

    private static func integers(_ cursor: inout JSONCursor, _ member: Member) throws(ClickFrameError) -> [Int] {
        guard cursor.next == UInt8(ascii: "[") else { throw .wrongType("packed.\(member)") }
        var integers: [Int] = []
        if cursor.enter() {
            repeat {
                guard let integer = cursor.shortInteger() else { throw .wrongType("packed.\(member)") }
                integers.append(integer)
            } while cursor.hasMore(before: "]")
        }
        return integers
    }
}

/// Reads one click: `[time, code, agent, referrer, language, country, network, visitor, traits, hints]`, of which the last
/// two may be left out.
private struct RowReader {
    private(set) var cursor: JSONCursor
    /// Whether everything so far was as it should be, and the row is over.
    var isRow: Bool { isGood && !hasMore }
    private var isGood = true
    private var hasMore = true

    /// - Parameter cursor: at the first element.
    init(_ cursor: JSONCursor) {
        self.cursor = cursor
    }

    private mutating func next(orEnd isOptional: Bool = false) -> Int {
        guard hasMore, isGood else {
            isGood = isGood && isOptional
            return 0
        }
        guard let number = cursor.shortInteger() else {
            isGood = false
            return 0
        }
        hasMore = cursor.hasMore(before: "]")
        return number
    }

    /// Milliseconds since the click before; the other clock may have been set back.
    mutating func difference() -> Int { next() }

    /// The number of one of so many values; 0 for none of them.
    mutating func number(in count: Int) -> UInt16 {
        let number = next()
        guard (0...count).contains(number) else {
            isGood = false
            return 0
        }
        return UInt16(number)
    }

    /// 64 bits in 11 digits of Base64 (RFC 4648, section 4, without padding), or 0 for none.
    mutating func visitor() -> UInt64? {
        guard hasMore, isGood, cursor.next == UInt8(ascii: "\"") else {
            if next() != 0 { isGood = false }
            return nil
        }
        let text = cursor.text()
        hasMore = cursor.hasMore(before: "]")
        let bits = cursor.withBytes(of: text, VisitorDigits.read)
        if bits == nil { isGood = false }
        return bits
    }

    mutating func traits() -> FrameMessage.Traits {
        let number = next(orEnd: true)
        guard (0...Int(FrameMessage.Traits.written.rawValue)).contains(number) else {
            isGood = false
            return []
        }
        return FrameMessage.Traits(rawValue: UInt8(number))
    }

    mutating func hints() -> UInt32 {
        let number = next(orEnd: true)
        guard let hints = UInt32(exactly: number) else {
            isGood = false
            return 0
        }
        return hints
    }
}

/// 64 bits in 11 digits of Base64 (RFC 4648, section 4), without padding.
enum VisitorDigits {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    /// The value of each byte; 255 for what is no digit.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, digit) in digits.enumerated() { values[Int(digit)] = UInt8(value) }
        return values
    }()

    static func append(_ bits: UInt64, to bytes: inout [UInt8]) {
        for place in 0..<10 { bytes.append(digits[Int(bits >> (58 - 6 * UInt64(place))) & 63]) }
        // The last digit has four bits, and two zeros for those that are missing.
        bytes.append(digits[Int(bits & 15) << 2])
    }

    /// Nil where it is anything but what ``append(_:to:)`` writes.
    static func read(_ text: UnsafeBufferPointer<UInt8>) -> UInt64? {
        guard text.count == 11 else { return nil }
        var bits: UInt64 = 0
        for byte in text.prefix(10) {
            let value = values[Int(byte)]
            guard value < 64 else { return nil }
            bits = bits << 6 | UInt64(value)
        }
        let last = values[Int(text[10])]
        guard last < 64, last & 3 == 0 else { return nil }
        return bits << 4 | UInt64(last >> 2)
    }
}
