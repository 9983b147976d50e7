import Glibc
import NIOCore

/// Writes answers into a buffer, with the fields in the order of the ordinary way.
struct AnswerWriter {
    /// What stands between the location and the request's id.
    private let fields = Array(
        ("\r\nCache-Control: \(RedirectFields.cacheControl)\r\nReferrer-Policy: \(RedirectFields.referrerPolicy)"
            + "\r\nX-Robots-Tag: \(RedirectFields.robots)\r\nContent-Length: 0\r\nX-Request-Id: ").utf8)

    /// `Date` of the second that it was last asked for (RFC 9110, section 5.6.7).
    private var date = [UInt8](repeating: 0, count: 29)
    private var second = time_t.min
    /// Request ids have to differ, and nothing relies on more: the seed is random, and the rest is SplitMix64.
    private var state = UInt64.random(in: .min ... .max)

    /// Call once a turn.
    mutating func readClock() {
        let now = time(nil)
        guard now != second else { return }
        second = now
        date = Self.date(now)
    }

    /// - Parameter requestID: as the client gave it; empty for one of ours.
    mutating func write(
        _ status: Int, location: String, requestID: UnsafeRawBufferPointer, into buffer: inout ByteBuffer
    ) {
        let statusLine = Self.statusLine(status)
        let size =
            statusLine.utf8CodeUnitCount + location.utf8.count + fields.count + max(16, requestID.count)
            + 8 + date.count + 4
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { target in
            guard var next = target.baseAddress else { return 0 }
            func put(_ bytes: UnsafeRawPointer, _ count: Int) {
                next.copyMemory(from: bytes, byteCount: count)
                next += count
            }
            func put(_ text: StaticString) { put(text.utf8Start, text.utf8CodeUnitCount) }
            put(statusLine)
            var location = location
            location.withUTF8 { text in
                if let start = text.baseAddress { put(start, text.count) }
            }
            fields.withUnsafeBytes { bytes in
                if let start = bytes.baseAddress { put(start, bytes.count) }
            }
            if let start = requestID.baseAddress {
                put(start, requestID.count)
            } else {
                next.assumingMemoryBound(to: UInt8.self).writeHexadecimal(nextID())
                next += 16
            }
            put("\r\nDate: ")
            date.withUnsafeBytes { bytes in
                if let start = bytes.baseAddress { put(start, bytes.count) }
            }
            put("\r\n\r\n")
            return target.baseAddress.map { next - $0 } ?? 0
        }
    }

    /// Whether a client's own id is repeated (`RequestIdentity`).
    static func repeats(_ id: UnsafeRawBufferPointer) -> Bool {
        (1...64).contains(id.count)
            && id.allSatisfy { byte in
                (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte == UInt8(ascii: ".")
                    || byte == UInt8(ascii: "_")
                    || byte == UInt8(ascii: "-")
            }
    }

    private mutating func nextID() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    private static func statusLine(_ status: Int) -> StaticString {
        switch status {
        case 301: "HTTP/1.1 301 Moved Permanently\r\nLocation: "
        case 307: "HTTP/1.1 307 Temporary Redirect\r\nLocation: "
        case 308: "HTTP/1.1 308 Permanent Redirect\r\nLocation: "
        default: "HTTP/1.1 302 Found\r\nLocation: "
        }
    }

    private static func date(_ now: time_t) -> [UInt8] {
        let (days, months) = ("SunMonTueWedThuFriSat", "JanFebMarAprMayJunJulAugSepOctNovDec")
        var (moment, parts) = (now, tm())
        gmtime_r(&moment, &parts)
        func three(_ names: String, _ index: Int32) -> [UInt8] { Array(names.utf8.dropFirst(3 * Int(index)).prefix(3)) }
        func two(_ number: Int32) -> [UInt8] {
            [UInt8(ascii: "0") + UInt8(number / 10), UInt8(ascii: "0") + UInt8(number % 10)]
        }
        let day = three(days, parts.tm_wday) + Array(", ".utf8) + two(parts.tm_mday) + [0x20]
        let year = two((parts.tm_year + 1_900) / 100) + two((parts.tm_year + 1_900) % 100)
        let time = two(parts.tm_hour) + [0x3A] + two(parts.tm_min) + [0x3A] + two(parts.tm_sec)
        return day + three(months, parts.tm_mon) + [0x20] + year + [0x20] + time + Array(" GMT".utf8)
    }
}

/// The fields that every redirect carries, whichever way it is answered.
package enum RedirectFields {
    /// A redirect that was kept would hide later clicks and changes.
    package static let cacheControl = "private, no-store"
    package static let referrerPolicy = "strict-origin-when-cross-origin"
    /// Short links are no pages to be found.
    package static let robots = "noindex"
}
