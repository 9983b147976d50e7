import ShrinkrBase

extension FrameMessage {
    /// Reads a message of the click queue: version 1 of the wire format, or what its member `packed` holds in version 2.
    ///
    /// Members that are not known are passed over. So is `packed` in a version that is not known: the rest of the message
    /// says then that it is the beginning of a frame, and holds no click.
    ///
    /// - Throws: ``ClickFrameError``; such a message belongs into the dead-letter queue.
    package init(wire bytes: some Collection<UInt8>) throws(ClickFrameError) {
        guard bytes.count <= ClickLimits.frameBytes else { throw .tooLarge(bytes: bytes.count) }
        self = try Array(bytes).withUnsafeBufferPointer { bytes throws(ClickFrameError) in
            let head = try FrameHead(bytes)
            guard let packed = try PackedFrames(head) else { return try head.message() }
            return try packed.message()
        }
    }

    /// Makes a message of frames from what the journal keeps of their clicks (``Click/appendJSON(to:)``).
    ///
    /// - Returns: nil where one of the records is no click, or there are too many for one message: such frames go as they
    ///   are.
    package init?(_ frames: [(id: FrameID, records: [ArraySlice<UInt8>], isPartial: Bool)]) {
        let clicks = frames.reduce(0) { $0 + $1.records.count }
        guard clicks <= ClickLimits.frameClicks else { return nil }
        var builder = FrameMessageBuilder()
        builder.reserve(clicks)
        for frame in frames {
            for record in frame.records where !builder.addRecord(record) { return nil }
            builder.endFrame(frame.id, isPartial: frame.isPartial)
        }
        self = builder.finish()
    }
}

extension FrameMessageBuilder {
    /// Adds a click that stands alone; false where it is none.
    fileprivate mutating func addRecord(_ record: ArraySlice<UInt8>) -> Bool {
        record.withUnsafeBufferPointer { bytes in
            guard bytes.allSatisfy({ $0 < 0x80 }) || String(validating: bytes, as: UTF8.self) != nil else {
                return false
            }
            var cursor = JSONCursor(bytes)
            do throws(ClickFrameError) { try addClick(&cursor, at: 0) } catch { return false }
            return cursor.isAtEnd
        }
    }
}

/// The members of a message around its clicks.
struct FrameHead {
    let id: FrameID
    let isPartial: Result<Bool, MemberError>
    /// At the value of `packed`, if there is one.
    let packed: PackedMembers?
    private let clicks: JSONCursor?

    /// Passes over the whole message, so that whoever reads on knows it to be JSON.
    init(_ bytes: UnsafeBufferPointer<UInt8>) throws(ClickFrameError) {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .notAFrame("it is not JSON") }
        var cursor = JSONCursor(bytes)
        var values: (version: JSONCursor.Value?, journal: JSONCursor.Value?, frame: JSONCursor.Value?)
        var (partial, clicks, packed): (JSONCursor.Value?, JSONCursor?, PackedMembers?)
        let isObject = cursor.next == UInt8(ascii: "{")
        if !isObject {
            cursor.skip()
        } else if cursor.enter() {
            repeat {
                let name = cursor.name()
                if packed == nil, cursor.text(name, equals: "packed") {
                    packed = PackedMembers(passing: &cursor)
                    continue
                }
                let start = cursor
                let value = cursor.value()
                if cursor.text(name, equals: "v") {
                    values.version = values.version ?? value
                } else if cursor.text(name, equals: "journal") {
                    values.journal = values.journal ?? value
                } else if cursor.text(name, equals: "frame") {
                    values.frame = values.frame ?? value
                } else if cursor.text(name, equals: "partial") {
                    partial = partial ?? value
                } else if cursor.text(name, equals: "clicks") {
                    clicks = clicks ?? start
                }
            } while cursor.hasMore(before: "}")
        }
        guard cursor.isAtEnd else { throw .notAFrame("it is not JSON") }
        guard isObject else { throw .notAFrame("it is not a JSON object") }
        do throws(MemberError) {
            let version = try MemberReading.integer(values.version, "v")
            guard version == 1 else { throw .other(.unknownVersion(version)) }
            let journal = try MemberReading.text(values.journal, "journal")
            guard let name = cursor.withBytes(of: journal, Self.journal) else {
                throw .other(.malformed("'journal' is not a UUID in lower case"))
            }
            let frame = try MemberReading.integer(values.frame, "frame")
            guard frame >= 1 else { throw .other(.malformed("'frame' is \(frame); frames count from 1")) }
            id = FrameID(journal: name, number: Int64(frame))
        } catch {
            throw error.inside("")
        }
        isPartial = Result { () throws(MemberError) in try MemberReading.flag(partial, "partial") }
        self.clicks = clicks
        self.packed = packed
    }

    /// A frame in version 1.
    func message() throws(ClickFrameError) -> FrameMessage {
        guard var clicks else { throw MemberError.missing("clicks").inside("") }
        guard clicks.next == UInt8(ascii: "[") else { throw .wrongType("clicks") }
        var counting = clicks
        let count = counting.count()
        guard count <= ClickLimits.frameClicks else { throw .malformed("the frame has \(count) clicks") }
        var builder = FrameMessageBuilder()
        builder.reserve(count)
        if clicks.enter() {
            repeat { try builder.addClick(&clicks, at: builder.count) } while clicks.hasMore(before: "]")
        }
        do throws(MemberError) {
            builder.endFrame(id, isPartial: try isPartial.get())
        } catch {
            throw error.inside("")
        }
        return builder.finish()
    }

    /// The name of a journal, if it is one: a UUID in lower case.
    private static func journal(_ text: UnsafeBufferPointer<UInt8>) -> String? {
        guard text.count == 36 else { return nil }
        for (place, byte) in text.enumerated() {
            if [8, 13, 18, 23].contains(place) {
                guard byte == UInt8(ascii: "-") else { return nil }
            } else {
                guard byte.hexDigitValue != nil, byte == byte.asciiLowercased else { return nil }
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
