@testable import ClickJournal

/// A journal's directory, built by a script of one command a line, so that checksums are right where nothing is meant to
/// be wrong. Words are separated by spaces; a number that is missing or none reads as 0.
///
/// | command | does |
/// |---|---|
/// | `S sequence frame [identity]` | begins a segment file with its header |
/// | `H sequence frame identity version` | appends a header to the file |
/// | `F name` | goes on with another file |
/// | `c frame text` | appends a click |
/// | `s frame records bytes opened sealed` | appends a seal |
/// | `a counter frame acknowledged lost` | appends a slot to the acknowledgement file |
/// | `i identity` | writes the identity file |
/// | `t bytes` | cuts so many bytes off the file |
/// | `x position mask` | flips bits of the file |
/// | anything else | is appended as it is |
struct JournalScript {
    private(set) var files: [String: [UInt8]] = [:]
    /// Whether one journal can have written all headers and records: their numbers rise.
    private(set) var isPossible = true
    /// The file that commands are about.
    private var name = "0000000001-00000000000000000001.clicks"
    private var identity = Self.identity(1)
    private var sequence: UInt64 = 1
    /// The number of the last segment, and of the frame that the next record may belong to.
    private var last: (segment: UInt64, frame: UInt64) = (0, 1)

    init(_ input: [UInt8]) {
        var lines = LineReader(input)
        while !lines.isAtEnd { run(lines.bytes()) }
    }

    private mutating func run(_ line: ArraySlice<UInt8>) {
        let words = line.split(separator: UInt8(ascii: " "))
        func number(_ index: Int) -> UInt64 { index < words.count ? Self.number(words[index]) : 0 }
        switch words.first.map({ String(decoding: $0, as: UTF8.self) }) {
        case "S": beginSegment(number(1), number(2), identity: max(1, number(3)), version: SegmentHeader.version)
        case "H":
            isPossible = false
            appendHeader(number(1), number(2), identity: number(3), version: number(4))
        case "F": selectFile(words.count > 1 ? String(decoding: words[1].prefix(64), as: UTF8.self) : "")
        case "c":
            append(.click, frame: number(1), Array(line.dropFirst(2).drop { $0 != UInt8(ascii: " ") }.dropFirst()))
        case "s":
            let seal = SealPayload(
                records: number(2), payloadBytes: number(3), openedAt: Int64(bitPattern: number(4)),
                sealedAt: Int64(bitPattern: number(5)))
            append(.seal, frame: number(1), seal.withBytes { Array($0) })
        case "a": acknowledge(number(1), number(2), number(3), number(4))
        case "i": files[IdentityFile.name] = Array(IdentityFile.text(Self.identity(number(1))).utf8)
        case "t": files[name, default: []].removeLast(Int(min(number(1), UInt64(files[name, default: []].count))))
        case "x": flip(number(1), UInt8(truncatingIfNeeded: number(2)))
        default: files[name, default: []] += line
        }
    }

    private mutating func beginSegment(_ sequence: UInt64, _ frame: UInt64, identity: UInt64, version: UInt64) {
        isPossible = isPossible && sequence > last.segment && frame >= last.frame
        last = (sequence, frame)
        select(SegmentName(sequence: sequence, firstFrame: frame).text)
        appendHeader(sequence, frame, identity: identity, version: version)
    }

    private mutating func appendHeader(_ sequence: UInt64, _ frame: UInt64, identity: UInt64, version: UInt64) {
        self.sequence = sequence
        self.identity = Self.identity(identity)
        files[name, default: []] +=
            SegmentHeader(
                identity: self.identity, sequence: sequence, firstFrame: frame, createdAt: 1, storedVersion: version
            ).bytes
    }

    private mutating func selectFile(_ name: String) {
        if SegmentName(name) != nil { isPossible = false }
        select(name)
    }

    /// Names that are no plain files of the journal are left alone.
    private mutating func select(_ name: String) {
        guard !name.isEmpty, !name.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 == 0 }),
            ![".", "..", "lock", DamageFolder.name].contains(name), files.count < 32
        else { return }
        self.name = name
    }

    private mutating func append(_ kind: RecordFormat.Kind, frame: UInt64, _ payload: [UInt8]) {
        isPossible = isPossible && frame >= last.frame
        last.frame = kind == .seal && frame < NumberLimit.value ? frame + 1 : frame
        let seed = ChecksumSeed.make(identity: identity, sequence: sequence)
        var record = [UInt8](repeating: 0, count: RecordFormat.headerBytes + payload.count)
        _ = payload.withUnsafeBytes { payload in
            record.withUnsafeMutableBytes {
                RecordFormat.encode(kind, frame: frame, payload: payload, seed: seed, into: $0)
            }
        }
        files[name, default: []] += record
    }

    private mutating func acknowledge(_ counter: UInt64, _ frame: UInt64, _ acknowledged: UInt64, _ lost: UInt64) {
        let seed = ChecksumSeed.make(identity: identity, sequence: ChecksumSeed.acknowledgementSequence)
        let mark = AcknowledgementMark(frame: frame, totals: JournalTotals(acknowledged: acknowledged, lost: lost))
        files[AcknowledgementFile.name, default: []] += mark.encode(counter: counter, seed: seed)
    }

    private mutating func flip(_ position: UInt64, _ mask: UInt8) {
        guard let count = files[name]?.count, position < count else { return }
        files[name]?[Int(position)] ^= mask
    }

    /// Impossible numbers stay; the last possible ones, to which no journal ever gets, would leave it none to go on with.
    private static func number(_ word: ArraySlice<UInt8>) -> UInt64 {
        let number = UInt64(String(decoding: word, as: UTF8.self)) ?? 0
        let last = (NumberLimit.value - 1 << 32)..<NumberLimit.value
        return last.contains(number) ? number - 1 << 32 : number
    }

    private static func identity(_ number: UInt64) -> JournalIdentity {
        JournalIdentity(high: 0x4000, low: 1 << 63 | number)
    }
}
