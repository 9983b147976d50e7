import FoundationEssentials
import ShrinkrBase
package import ShrinkrCore

/// Reads a frame in version 1 as it was read before there was version 2, by way of ``JSONParser`` and of a tree of values:
/// the oracle for `FrameMessage`.
package enum FrameOracle {
    package static func read(_ bytes: [UInt8]) throws(ClickFrameError) -> ClickFrame {
        guard bytes.count <= ClickLimits.frameBytes else { throw .tooLarge(bytes: bytes.count) }
        guard let value = try? JSONParser.parse(bytes) else { throw .notAFrame("it is not JSON") }
        guard case .object(let members) = value else { throw .notAFrame("it is not a JSON object") }
        return try WireObject(members: members, path: "").frame()
    }
}

extension ClickFrameError {
    fileprivate static func notAFrame(_ reason: String) -> ClickFrameError {
        .malformed("the message is not a click frame: \(reason)")
    }
}

private struct WireObject {
    let members: [JSONValue.Member]
    /// Where the object is in the message: empty, or ending in a point.
    let path: String

    func frame() throws(ClickFrameError) -> ClickFrame {
        let version = try integer("v")
        guard version == 1 else { throw .unknownVersion(version) }
        let journal = try text("journal")
        guard let name = journal.ascii, let identity = UUID(uuidString: name),
            journal.equals(identity.uuidString.lowercased())  // text: a UUID is ASCII.
        else { throw .malformed("'journal' is not a UUID in lower case") }
        let frame = try integer("frame")
        guard frame >= 1 else { throw .malformed("'frame' is \(frame); frames count from 1") }
        guard case .array(let items) = try required("clicks") else { throw wrongType("clicks") }
        guard items.count <= ClickLimits.frameClicks else { throw .malformed("the frame has \(items.count) clicks") }
        var clicks: [Click] = []
        clicks.reserveCapacity(items.count)
        for (index, item) in items.enumerated() {
            guard case .object(let members) = item else { throw wrongType("clicks.Index \(index)") }
            clicks.append(try WireObject(members: members, path: "clicks.Index \(index).").click())
        }
        return ClickFrame(
            id: FrameID(journal: name, number: Int64(frame)), clicks: clicks, isPartial: try flag("partial"))
    }

    func click() throws(ClickFrameError) -> Click {
        let time = Timestamp(milliseconds: Int64(try integer("t")))
        guard ClickLimits.times.contains(time) else {
            throw .malformed("a click has the impossible time \(time.milliseconds)")
        }
        guard let code = try text("code").ascii.flatMap({ ShortCode($0) }) else {
            throw .malformed("a click has a code that no link can have")
        }
        return Click(
            time: time, code: code, method: try method(),
            address: try optional("ip").flatMap { IPAddress($0)?.truncated },
            visitor: try optional("visitor")?.ascii.flatMap(VisitorHash.init(hexadecimal:)),
            userAgent: try optional("ua")?.prefix(bytes: ClickLimits.userAgentBytes).string,
            referrer: try optional("referrer")?.prefix(bytes: ClickLimits.referrerBytes).string,
            language: try optional("lang")?.prefix(bytes: ClickLimits.languageBytes).string,
            country: try optional("country")?.prefix(bytes: ClickLimits.countryBytes).string,
            isPrefetch: try flag("prefetch"), isConfirmed: try flag("confirmed"), hints: try hints())
    }

    private func method() throws(ClickFrameError) -> Click.Method {
        let text = try text("method")
        if text.equals(Click.Method.get.rawValue) { return .get }
        if text.equals(Click.Method.head.rawValue) { return .head }
        throw impossible("method")
    }

    /// Hints that a newer writer knows are kept; whoever reads them passes over them.
    private func hints() throws(ClickFrameError) -> ClickHints {
        guard let value = value("hints"), !value.isNull else { return [] }
        guard let bits = UInt32(exactly: try integer("hints")) else { throw impossible("hints") }
        return ClickHints(rawValue: bits)
    }

    // MARK: Members

    private func value(_ name: String) -> JSONValue? { members.first { $0.name.equals(name) }?.value }

    private func required(_ name: String) throws(ClickFrameError) -> JSONValue {
        guard let value = value(name) else { throw .notAFrame("member '\(path)\(name)' is missing") }
        return value
    }

    private func integer(_ name: String) throws(ClickFrameError) -> Int {
        switch try required(name) {
        case .integer(let number): return number
        // Some writers write every number like this.
        case .number(let number):
            guard let whole = Int(exactly: number) else { throw impossible(name) }
            return whole
        default: throw wrongType(name)
        }
    }

    private func text(_ name: String) throws(ClickFrameError) -> UntrustedText {
        guard case .string(let text) = try required(name) else { throw wrongType(name) }
        return UntrustedText(text)
    }

    /// The member's text; nil where it is absent or null.
    private func optional(_ name: String) throws(ClickFrameError) -> UntrustedText? {
        guard let value = value(name), !value.isNull else { return nil }
        guard case .string(let text) = value else { throw wrongType(name) }
        return UntrustedText(text)
    }

    private func flag(_ name: String) throws(ClickFrameError) -> Bool {
        guard let value = value(name), !value.isNull else { return false }
        guard case .bool(let flag) = value else { throw wrongType(name) }
        return flag
    }

    private func wrongType(_ name: String) -> ClickFrameError {
        .notAFrame("member '\(path)\(name)' has the wrong type")
    }

    private func impossible(_ name: String) -> ClickFrameError {
        .notAFrame("member '\(path)\(name)' has an impossible value")
    }
}
