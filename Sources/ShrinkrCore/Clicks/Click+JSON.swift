import ShrinkrBase

extension Click {
    /// Appends the click as one JSON object, the form in which the journal keeps it and a frame carries it.
    ///
    /// Written by hand: this runs for every redirect. Members are those of the wire format, version 1.
    package func appendJSON(to bytes: inout [UInt8]) {
        bytes.append(contentsOf: #"{"t":"#.utf8)
        bytes.append(contentsOf: String(time.milliseconds).utf8)
        bytes.appendMember("code", code.text, limit: ShortCode.maximumLength)
        bytes.appendMember("method", method.rawValue, limit: 4)
        if let address { bytes.appendMember("ip", address.description, limit: 45) }
        if let visitor { bytes.appendMember("visitor", visitor.hexadecimal, limit: 16) }
        if let userAgent { bytes.appendMember("ua", userAgent, limit: ClickLimits.userAgentBytes) }
        if let referrer { bytes.appendMember("referrer", referrer, limit: ClickLimits.referrerBytes) }
        if let language { bytes.appendMember("lang", language, limit: ClickLimits.languageBytes) }
        if let country { bytes.appendMember("country", country, limit: ClickLimits.countryBytes) }
        if isPrefetch { bytes.append(contentsOf: #","prefetch":true"#.utf8) }
        if isConfirmed { bytes.append(contentsOf: #","confirmed":true"#.utf8) }
        if !hints.isEmpty { bytes.append(contentsOf: #","hints":\#(hints.rawValue)"#.utf8) }
        bytes.append(UInt8(ascii: "}"))
    }
}

extension [UInt8] {
    fileprivate mutating func appendMember(_ name: StaticString, _ value: String, limit: Int) {
        append(contentsOf: #",""#.utf8)
        name.withUTF8Buffer { append(contentsOf: $0) }
        append(contentsOf: #"":""#.utf8)
        appendEscaped(value, limit: limit)
        append(UInt8(ascii: "\""))
    }

    /// Escapes as RFC 8259, section 7 asks, and cuts after at most `limit` bytes of the value, between scalars.
    private mutating func appendEscaped(_ value: String, limit: Int) {
        var room = limit
        for scalar in value.unicodeScalars {
            room -= UTF8.width(scalar)
            guard room >= 0 else { return }
            switch scalar {
            // text: these are scalars.
            case "\"", "\\":
                append(UInt8(ascii: "\\"))
                append(UInt8(truncatingIfNeeded: scalar.value))
            // text: these are scalars. Control characters say nothing, and SQS refuses a message with one of the last two.
            case "\u{0}"..<"\u{20}", "\u{7F}", "\u{FFFE}", "\u{FFFF}":
                append(UInt8(ascii: " "))
            default:
                append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
    }
}
