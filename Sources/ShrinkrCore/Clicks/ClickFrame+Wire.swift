package import FoundationEssentials

extension ClickFrame {
    /// The frame's wire form: one JSON object around clicks that ``Click/appendJSON(to:)`` has already encoded.
    ///
    /// The same arguments always give the same bytes, so a frame may be sent twice.
    package static func encode(id: FrameID, clicks: some Sequence<some Collection<UInt8>>) -> [UInt8] {
        var bytes = Array(#"{"v":\#(version),"journal":"\#(id.journal)","frame":\#(id.number),"clicks":["#.utf8)
        var isFirst = true
        for click in clicks {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: click)
            isFirst = false
        }
        bytes.append(contentsOf: "]}".utf8)
        return bytes
    }

    /// Reads a frame from its wire form, passing over members that it does not know.
    ///
    /// - Throws: ``ClickFrameError``; such a message belongs into the dead-letter queue.
    package init(wire data: Data) throws(ClickFrameError) {
        guard data.count <= ClickLimits.frameBytes else { throw .tooLarge(bytes: data.count) }
        let decoder = JSONDecoder()
        do {
            let version = try decoder.decode(WireVersion.self, from: data).v
            guard version == Self.version else { throw ClickFrameError.unknownVersion(version) }
            self = try decoder.decode(WireFrame.self, from: data).decoded()
        } catch let error as ClickFrameError {
            throw error
        } catch {
            throw .malformed("the message is not a click frame: \(describe(error))")
        }
    }
}

/// Why a message is no click frame that this version can count.
package enum ClickFrameError: Error, Hashable, CustomStringConvertible {
    case tooLarge(bytes: Int)
    case unknownVersion(Int)
    case malformed(String)

    package var description: String {
        switch self {
        case .tooLarge(let bytes): "the message has \(bytes) bytes; a frame has at most \(ClickLimits.frameBytes)"
        case .unknownVersion(let version): "the frame has version \(version); this worker reads \(ClickFrame.version)"
        case .malformed(let reason): reason
        }
    }
}

private struct WireVersion: Decodable {
    let v: Int
}

private struct WireFrame: Decodable {
    let journal: String
    let frame: Int64
    let clicks: [WireClick]

    func decoded() throws(ClickFrameError) -> ClickFrame {
        guard let identity = UUID(uuidString: journal), identity.uuidString.lowercased() == journal else {
            throw .malformed("'journal' is not a UUID in lower case")
        }
        guard frame >= 1 else { throw .malformed("'frame' is \(frame); frames count from 1") }
        guard clicks.count <= ClickLimits.frameClicks else { throw .malformed("the frame has \(clicks.count) clicks") }
        var read: [Click] = []
        read.reserveCapacity(clicks.count)
        for click in clicks { read.append(try click.click()) }
        return ClickFrame(id: FrameID(journal: journal, number: frame), clicks: read)
    }
}

private struct WireClick: Decodable {
    let t: Int64
    let code: String
    let method: Click.Method
    let ip: String?
    let visitor: String?
    let ua: String?
    let referrer: String?
    let lang: String?
    let country: String?
    let prefetch: Bool?

    func click() throws(ClickFrameError) -> Click {
        let time = Timestamp(milliseconds: t)
        guard ClickLimits.times.contains(time) else { throw .malformed("a click has the impossible time \(t)") }
        guard let code = ShortCode(code) else { throw .malformed("a click has a code that no link can have") }
        return Click(
            time: time, code: code, method: method, address: ip.flatMap { IPAddress($0)?.truncated },
            visitor: visitor.flatMap(VisitorHash.init(hexadecimal:)),
            userAgent: ua?.cut(toBytes: ClickLimits.userAgentBytes),
            referrer: referrer?.cut(toBytes: ClickLimits.referrerBytes),
            language: lang?.cut(toBytes: ClickLimits.languageBytes), country: country,
            isPrefetch: prefetch ?? false)
    }
}

extension String {
    /// The beginning of at most so many bytes, cut between scalars. Whoever made the frame may not have kept to it.
    fileprivate func cut(toBytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var room = limit
        return String(
            unicodeScalars.prefix { scalar in
                room -= UTF8.width(scalar)
                return room >= 0
            })
    }
}

/// A decoding error in one clause, without the input that caused it.
private func describe(_ error: any Error) -> String {
    guard let error = error as? DecodingError else { return "unreadable" }
    switch error {
    case .keyNotFound(let key, _): return "member '\(key.stringValue)' is missing"
    case .typeMismatch(_, let context) where context.codingPath.isEmpty,
        .valueNotFound(_, let context) where context.codingPath.isEmpty:
        return "it is not a JSON object"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
        return "member '\(context.codingPath.map(\.stringValue).joined(separator: "."))' has the wrong type"
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
        return "member '\(context.codingPath.map(\.stringValue).joined(separator: "."))' has an impossible value"
    // The decoder does not say where a number is that no integer can hold.
    default: return "it is not JSON, or a number in it is impossible"
    }
}
