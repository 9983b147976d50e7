import CoreTestSupport
import FoundationEssentials

@testable import ShrinkrBase
@testable import ShrinkrCore

/// The wire format of clicks. Input: a message, which begins with a brace; or the texts of a click, one on each line.
enum FrameTarget {
    static func run(_ input: [UInt8]) {
        if input.first == UInt8(ascii: "{") {
            checkMessage(input)
        } else {
            checkClick(LineReader(input))
        }
    }

    // MARK: Messages

    /// What is read from a message, written and read again, is the same in either version; what a frame cannot be is
    /// refused.
    private static func checkMessage(_ input: [UInt8]) {
        let message = read(input)
        if !UntrustedText(bytes: input).holds("packed") { checkOracle(input, message) }
        guard let message else { return }
        for row in message.clicks {
            check(ClickLimits.times.contains(Timestamp(milliseconds: row.time)), "the time of a click is possible")
        }
        for frame in message.clickFrames { checkFrame(frame) }
        let packed = message.packed()
        guard packed.count <= ClickLimits.frameBytes else { return }
        let again = require(read(packed), "what is packed can be read")
        check(again.clickFrames == message.clickFrames, "the message is packed and read as itself, not as \(again)")
        check(again.packed() == packed, "a message is always packed in the same way")
        let beginning = require(try? FrameOracle.read(packed), "a reader of version 1 can read what is packed")
        check(beginning.isPartial && beginning.clicks.isEmpty, "a reader of version 1 reads no more than a beginning")
    }

    /// The reader of the time before version 2 says the same.
    private static func checkOracle(_ input: [UInt8], _ message: FrameMessage?) {
        let expected = try? FrameOracle.read(input)
        check(message?.clickFrames == expected.map { [$0] }, "the message is read as \(expected as Any)")
    }

    private static func checkFrame(_ frame: ClickFrame) {
        check(frame.id.number >= 1, "frames count from 1")
        check(frame.id.journal == UUID(uuidString: frame.id.journal)?.uuidString.lowercased(), "a journal is a UUID")
        check(frame.clicks.count <= ClickLimits.frameClicks, "a frame has at most so many clicks")
        for click in frame.clicks {
            check(click.address == click.address?.truncated, "the address of a click is truncated")
        }
        let written = write(frame)
        guard written.count <= ClickLimits.frameBytes else { return }
        let again = require(read(written), "what is written can be read").clickFrames
        check(again == [expected(frame)], "\(frame) is written and read as itself, not as \(again)")
        check(again.map(write) == [written], "\(frame) is always written in the same way")
    }

    private static func read(_ bytes: [UInt8]) -> FrameMessage? {
        do {
            return try FrameMessage(wire: bytes)
        } catch {
            // It goes to a log, and the message may hold anything.
            check(error.description.utf8.count < 200, "the reason is short: \(error)")
            check(error.description.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "the reason is ours: \(error)")
            return nil
        }
    }

    private static func write(_ frame: ClickFrame) -> [UInt8] {
        ClickFrame.encode(id: frame.id, clicks: frame.clicks.map(json), isPartial: frame.isPartial)
    }

    private static func json(_ click: Click) -> [UInt8] {
        var bytes: [UInt8] = []
        click.appendJSON(to: &bytes)
        check(bytes.count < 2_048, "a click takes less than 2 KiB")
        return bytes
    }

    // MARK: Clicks

    /// A click made of any texts at all comes through with what of them is kept.
    private static func checkClick(_ lines: LineReader) {
        var lines = lines
        var click = Click(time: ClickLimits.times.lowerBound, code: code(lines.text()), method: .get)
        click.time.milliseconds += Int64(lines.bytes().reduce(0) { ($0 << 5) &+ UInt32($1) })
        click.address = lines.text().flatMap { IPAddress($0)?.truncated }
        click.visitor = lines.text().flatMap(VisitorHash.init(hexadecimal:))
        click.userAgent = lines.text()
        click.referrer = lines.text()
        click.language = lines.text()
        click.country = lines.text()
        click.isPrefetch = lines.text() != nil
        click.method = click.isPrefetch ? .head : .get
        click.hints = ClickHints(rawValue: lines.bytes().reduce(0) { ($0 << 5) &+ UInt32($1) })
        let frame = ClickFrame(id: FrameID(journal: "3f2a8d1e-7b64-4c0f-9e5a-1d2c3b4a5f60", number: 1), clicks: [click])
        let again = require(read(write(frame)), "any click can be read").clickFrames
        check(again == [expected(frame)], "\(frame) is written and read as itself, not as \(again)")
    }

    private static func code(_ text: String?) -> ShortCode {
        text.flatMap { ShortCode($0) } ?? require(ShortCode("k3x9bqz"), "this is a code")
    }

    /// The frame with the texts of its clicks cut and cleaned as they are written.
    private static func expected(_ frame: ClickFrame) -> ClickFrame {
        let clicks = frame.clicks.map { click in
            var click = click
            click.userAgent = click.userAgent.map { kept($0, ClickLimits.userAgentBytes) }
            click.referrer = click.referrer.map { kept($0, ClickLimits.referrerBytes) }
            click.language = click.language.map { kept($0, ClickLimits.languageBytes) }
            click.country = click.country.map { kept($0, 2) }
            return click
        }
        return ClickFrame(id: frame.id, clicks: clicks, isPartial: frame.isPartial)
    }

    private static func kept(_ text: String, _ limit: Int) -> String {
        var kept = String.UnicodeScalarView()
        var bytes = 0
        for scalar in text.unicodeScalars {
            bytes += String(scalar).utf8.count
            guard bytes <= limit else { break }
            let isCut = scalar.properties.generalCategory == .control && scalar.value < 0x80
            kept.append(isCut || scalar == "\u{FFFE}" || scalar == "\u{FFFF}" ? " " : scalar)
        }
        return String(kept)
    }
}
