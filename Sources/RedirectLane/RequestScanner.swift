/// Recognises a simple request: a complete `GET /code` of HTTP/1.1 without a body, whose every byte is plain and whose
/// every field either means nothing to a redirect or is understood here.
///
/// It is no parser. What it does not know for certain is nil, and the parser of the ordinary way judges it: other line
/// ends, bytes outside of printable ASCII, fields that frame or end a message, fields that say why a client asks, and
/// fields that are there twice where they count.
struct RequestScanner {
    /// The longest code (`ShortCode`).
    private static let codeBytes = 64

    let limits: RequestLimits

    /// The request that begins at `start`.
    func scan(_ bytes: UnsafeRawBufferPointer, from start: Int) -> SimpleRequest? {
        var request = SimpleRequest()
        guard var position = scanLine(bytes, from: start, into: &request) else { return nil }
        // No whole request is longer than this.
        let limit = min(bytes.count, start + limits.headerBytes)
        var fields = 0
        while true {
            guard position + 1 < limit else { return nil }
            if bytes[position] == Self.carriageReturn {
                guard bytes[position + 1] == Self.lineFeed, request.host.isPresent else { return nil }
                request.end = position + 2
                return request
            }
            fields += 1
            guard fields <= limits.headerFields,
                let next = scanField(bytes, from: position, limit: limit, into: &request)
            else { return nil }
            position = next
        }
    }

    /// Reads `GET /code HTTP/1.1` and its line end; returns where the next line begins.
    private func scanLine(
        _ bytes: UnsafeRawBufferPointer, from start: Int, into request: inout SimpleRequest
    ) -> Int? {
        // "GET /" and " HTTP/1.1\r\n" around a code, and more behind it.
        guard bytes.count - start > 5 + 1 + 11 else { return nil }
        guard bytes[start] == UInt8(ascii: "G"), bytes[start + 1] == UInt8(ascii: "E"),
            bytes[start + 2] == UInt8(ascii: "T"), bytes[start + 3] == UInt8(ascii: " "),
            bytes[start + 4] == UInt8(ascii: "/")
        else { return nil }
        let first = start + 5
        let limit = min(bytes.count - 11, first + Self.codeBytes)
        var end = first
        while end < limit, Self.isPartOfCode(bytes[end]) { end += 1 }
        guard end > first,
            UnsafeRawBufferPointer(rebasing: bytes[end..<(end + 11)]).equals(" HTTP/1.1\r\n")
        else { return nil }
        request.code = ByteSlice(start: first, count: end - first)
        return end + 11
    }

    /// Reads one field line; returns where the next line begins.
    private func scanField(
        _ bytes: UnsafeRawBufferPointer, from start: Int, limit: Int, into request: inout SimpleRequest
    ) -> Int? {
        var colon = start
        while colon < limit, Self.isPartOfName(bytes[colon]) { colon += 1 }
        guard colon > start, colon < limit, bytes[colon] == UInt8(ascii: ":") else { return nil }
        var first = colon + 1
        while first < limit, bytes[first] == Self.space { first += 1 }
        let end = Self.endOfText(bytes, from: first, limit: limit)
        guard end + 1 < limit, bytes[end] == Self.carriageReturn, bytes[end + 1] == Self.lineFeed else { return nil }
        var last = end
        while last > first, bytes[last - 1] == Self.space { last -= 1 }
        let name = UnsafeRawBufferPointer(rebasing: bytes[start..<colon])
        guard note(name, ByteSlice(start: first, count: last - first), bytes, in: &request) else { return nil }
        return end + 2
    }

    /// Notes a field; false where the request is none for the lane because of it.
    private func note(
        _ name: UnsafeRawBufferPointer, _ value: ByteSlice, _ bytes: UnsafeRawBufferPointer,
        in request: inout SimpleRequest
    ) -> Bool {
        if let country = limits.countryField, name.count == country.count,
            zip(name, country).allSatisfy({ asciiLowercased($0) == $1 })
        {
            // It may be one of those below as well.
            guard Self.set(&request.country, value) else { return false }
        }
        switch name.count {
        case 3:
            if name.equalsIgnoringCase("via") { request.hasVia = true }
            return !name.equalsIgnoringCase("moz")
        case 4: return name.equalsIgnoringCase("host") ? Self.set(&request.host, value) : true
        case 5: return !name.equalsIgnoringCase("x-moz")
        case 6:
            if name.equalsIgnoringCase("accept") { request.hasAccept = true }
            return !name.equalsIgnoringCase("expect")
        case 7:
            if name.equalsIgnoringCase("referer") { return Self.set(&request.referrer, value) }
            return !name.equalsIgnoringCase("upgrade") && !name.equalsIgnoringCase("purpose")
                && !name.equalsIgnoringCase("trailer")
        case 9:
            if name.equalsIgnoringCase("sec-ch-ua") { return Self.set(&request.brands, value) }
            if name.equalsIgnoringCase("x-real-ip") { return Self.set(&request.realIP, value) }
            if name.equalsIgnoringCase("forwarded") { request.hasForwarded = true }
            return !name.equalsIgnoringCase("x-purpose")
        case 10:
            if name.equalsIgnoringCase("user-agent") { return Self.set(&request.userAgent, value) }
            return !name.equalsIgnoringCase("connection") || value.of(bytes).equalsIgnoringCase("keep-alive")
        case 11: return !name.equalsIgnoringCase("sec-purpose")
        case 12: return name.equalsIgnoringCase("x-request-id") ? Self.set(&request.requestID, value) : true
        case 13: return !name.equalsIgnoringCase("x-sec-purpose")
        case 14: return noteFetch(name, value.of(bytes), in: &request)
        case 15:
            if name.equalsIgnoringCase("accept-language") { return Self.set(&request.language, value) }
            return name.equalsIgnoringCase("x-forwarded-for") ? Self.set(&request.forwardedFor, value) : true
        case 16: return !name.equalsIgnoringCase("proxy-connection")
        case 17:
            if name.equalsIgnoringCase("x-forwarded-proto") { return Self.set(&request.forwardedProtocol, value) }
            return !name.equalsIgnoringCase("transfer-encoding")
        case 18: return name.equalsIgnoringCase("sec-ch-ua-platform") ? Self.set(&request.platform, value) : true
        case 20:
            return !name.equalsIgnoringCase("next-router-prefetch") && !name.equalsIgnoringCase("sec-speculation-tags")
        case 21: return !name.equalsIgnoringCase("x-middleware-prefetch")
        case 28: return !name.equalsIgnoringCase("next-router-segment-prefetch")
        default: return true
        }
    }

    /// The fields whose names have 14 characters: of Fetch Metadata (W3C), what a browser says when somebody follows a
    /// link.
    private func noteFetch(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, in request: inout SimpleRequest
    ) -> Bool {
        if name.equalsIgnoringCase("sec-fetch-mode") {
            request.hasFetchMode = true
            return value.equals("navigate")
        }
        if name.equalsIgnoringCase("sec-fetch-dest") { return value.equals("document") }
        return !name.equalsIgnoringCase("content-length") && !name.equalsIgnoringCase("http2-settings")
    }

    /// Of two fields of one name the ordinary way makes one.
    @inline(__always) private static func set(_ field: inout ByteSlice, _ value: ByteSlice) -> Bool {
        guard !field.isPresent else { return false }
        field = value
        return true
    }
}

extension RequestScanner {
    fileprivate static let space = UInt8(ascii: " ")
    fileprivate static let carriageReturn = UInt8(ascii: "\r")
    fileprivate static let lineFeed = UInt8(ascii: "\n")

    /// Where the printable ASCII that begins at `start` ends.
    @inline(__always) fileprivate static func endOfText(
        _ bytes: UnsafeRawBufferPointer, from start: Int, limit: Int
    ) -> Int {
        var position = start
        // Eight bytes at a time ("Determine if a word has a byte less than n", Anderson, Bit Twiddling Hacks): the lowest
        // byte that is marked is one that was looked for.
        while position &+ 8 <= limit {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            let low = (word &- 0x2020_2020_2020_2020) & ~word
            let high = (word &+ 0x0101_0101_0101_0101) | word
            let marks = (low | high) & 0x8080_8080_8080_8080
            if marks != 0 { return position &+ marks.trailingZeroBitCount / 8 }
            position &+= 8
        }
        while position < limit, bytes[position] &- 0x20 < 0x5F { position &+= 1 }
        return position
    }

    /// `A–Z a–z 0–9 _ -`.
    @inline(__always) fileprivate static func isPartOfCode(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }

    /// Of the characters of a token (RFC 9110, section 5.6.2) those that names of fields are made of.
    @inline(__always) fileprivate static func isPartOfName(_ byte: UInt8) -> Bool { isPartOfCode(byte) }
}

/// A host with an optional port, as `Host` names it: no more than nearly all clients send.
enum PlainHost {
    static func isOne(_ text: UnsafeRawBufferPointer) -> Bool {
        var position = 0
        while position < text.count, isPartOfName(text[position]) { position += 1 }
        guard position > 0 else { return false }
        guard position < text.count else { return true }
        let digits = text.count - position - 1
        guard text[position] == UInt8(ascii: ":"), (1...5).contains(digits) else { return false }
        var port = 0
        for byte in text[(position + 1)...] {
            guard byte &- 0x30 < 10 else { return false }
            port = port * 10 + Int(byte &- 0x30)
        }
        return port <= Int(UInt16.max)
    }

    private static func isPartOfName(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }
}
