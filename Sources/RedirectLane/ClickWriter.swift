import ShrinkrCore

/// Writes the click of a simple request in the form of `Click.appendJSON`, from bytes to bytes.
///
/// All texts of such a request are printable ASCII, so a limit in bytes cuts between characters, and only quotation marks
/// and backslashes need an escape.
struct ClickWriter {
    private static let schemes: [StaticString] = ["https://", "http://", "android-app://"]
    /// Beyond any click, escapes included: the texts' limits twice over, and what stands around them.
    static let maximumBytes = 2_048

    /// Where the next byte goes.
    private var next: UnsafeMutablePointer<UInt8>
    private let first: UnsafeMutablePointer<UInt8>

    /// - Parameter target: has room for ``maximumBytes``.
    init(_ target: UnsafeMutablePointer<UInt8>) {
        next = target
        first = target
    }

    /// Bytes written.
    var count: Int { next - first }

    /// - Parameters:
    ///   - milliseconds: Unix time; a time that no reader believes is moved to the nearest that one does.
    ///   - visitor: nil where the address is not known.
    mutating func write(
        _ request: SimpleRequest, of bytes: UnsafeRawBufferPointer, code: String, at milliseconds: Int64,
        address: ClientAddress?, visitor: UInt64?
    ) {
        put(#"{"t":"#)
        put(decimal: UInt64(ClickLimits.believable(milliseconds: milliseconds)))
        put(#","code":""#)
        put(text: code)
        put(#"","method":"GET""#)
        if let address {
            put(#","ip":""#)
            put(truncated: address)
            put("\"")
        }
        if let visitor {
            put(#","visitor":""#)
            put(hexadecimal: visitor)
            put("\"")
        }
        if request.userAgent.isPresent {
            put(#","ua":""#)
            putEscaped(request.userAgent.of(bytes), limit: ClickLimits.userAgentBytes)
            put("\"")
        }
        putReferrer(request.referrer.of(bytes))
        putLanguage(request.language.of(bytes))
        putCountry(request.country.of(bytes))
        let hints = request.hints(bytes)
        if !hints.isEmpty {
            put(#","hints":"#)
            put(decimal: UInt64(hints.rawValue))
        }
        put("}")
    }

    /// The address without user information, query and fragment (`Referrer.withoutSecrets`).
    private mutating func putReferrer(_ field: UnsafeRawBufferPointer) {
        let page = field.before(UInt8(ascii: "?")).before(UInt8(ascii: "#"))
        guard
            let scheme = Self.schemes.first(where: {
                page.count >= $0.utf8CodeUnitCount
                    && UnsafeRawBufferPointer(rebasing: page[..<$0.utf8CodeUnitCount]).equalsIgnoringCase($0)
            })
        else { return }
        let rest = UnsafeRawBufferPointer(rebasing: page[scheme.utf8CodeUnitCount...])
        let authority = rest.before(UInt8(ascii: "/"))
        let hostStart = authority.lastIndex(of: UInt8(ascii: "@")).map { $0 + 1 } ?? 0
        guard hostStart < authority.count else { return }
        put(#","referrer":""#)
        put(scheme)
        putEscaped(
            UnsafeRawBufferPointer(rebasing: rest[hostStart...]),
            limit: ClickLimits.referrerBytes - scheme.utf8CodeUnitCount)
        put("\"")
    }

    /// The tag of the first language (`Language.preferred`).
    private mutating func putLanguage(_ field: UnsafeRawBufferPointer) {
        let seen = UnsafeRawBufferPointer(rebasing: field.prefix(256))
        guard let start = seen.firstIndex(where: { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: " ") }) else { return }
        let item = UnsafeRawBufferPointer(rebasing: seen[start...]).before(UInt8(ascii: ",")).before(UInt8(ascii: ";"))
        var end = item.count
        while end > 0, item[end - 1] == UInt8(ascii: " ") { end -= 1 }
        let tag = UnsafeRawBufferPointer(rebasing: item[..<end])
        guard (1...ClickLimits.languageBytes).contains(tag.count),
            tag.allSatisfy({ ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == UInt8(ascii: "-") })
        else { return }
        put(#","lang":""#)
        put(bytes: tag)
        put("\"")
    }

    /// Two letters, made capitals.
    private mutating func putCountry(_ field: UnsafeRawBufferPointer) {
        guard field.count == 2, field.allSatisfy({ ($0 | 0x20) &- 0x61 < 26 }) else { return }
        put(#","country":""#)
        put(byte: field[0] & ~0x20)
        put(byte: field[1] & ~0x20)
        put("\"")
    }

    /// The address with its host part zeroed (`IPAddress.truncated`).
    private mutating func put(truncated address: ClientAddress) {
        if address.isIPv4 {
            let octets = UInt32(truncatingIfNeeded: address.number)
            put(decimal: UInt64(octets >> 24))
            put(".")
            put(decimal: UInt64(octets >> 16 & 255))
            put(".")
            put(decimal: UInt64(octets >> 8 & 255))
            put(".0")
        } else {
            address.withTruncatedText { put(bytes: $0) }
        }
    }

    private mutating func putEscaped(_ text: UnsafeRawBufferPointer, limit: Int) {
        let text = UnsafeRawBufferPointer(rebasing: text.prefix(limit))
        for byte in text {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { put(byte: UInt8(ascii: "\\")) }
            put(byte: byte)
        }
    }

    private mutating func put(text: String) {
        var text = text
        text.withUTF8 { put(bytes: UnsafeRawBufferPointer($0)) }
    }

    private mutating func put(decimal number: UInt64) {
        withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { digits in
            var (rest, start) = (number, 20)
            repeat {
                start -= 1
                digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            put(bytes: UnsafeRawBufferPointer(rebasing: digits[start...]))
        }
    }

    private mutating func put(hexadecimal bits: UInt64) {
        next.writeHexadecimal(bits)
        next += 16
    }

    @inline(__always) private mutating func put(_ text: StaticString) {
        next.update(from: text.utf8Start, count: text.utf8CodeUnitCount)
        next += text.utf8CodeUnitCount
    }

    @inline(__always) private mutating func put(bytes: UnsafeRawBufferPointer) {
        UnsafeMutableRawPointer(next).copyMemory(
            from: bytes.baseAddress ?? UnsafeRawPointer(next), byteCount: bytes.count)
        next += bytes.count
    }

    @inline(__always) private mutating func put(byte: UInt8) {
        next.pointee = byte
        next += 1
    }
}

extension UnsafeRawBufferPointer {
    /// What stands before the first such byte; all where there is none.
    fileprivate func before(_ byte: UInt8) -> UnsafeRawBufferPointer {
        firstIndex(of: byte).map { UnsafeRawBufferPointer(rebasing: self[..<$0]) } ?? self
    }
}

extension UnsafeMutablePointer<UInt8> {
    /// Writes 16 hexadecimal digits in small letters.
    func writeHexadecimal(_ bits: UInt64) {
        for index in 0..<16 {
            let digit = UInt8(truncatingIfNeeded: bits >> UInt64(60 - 4 * index)) & 15
            self[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
        }
    }
}
