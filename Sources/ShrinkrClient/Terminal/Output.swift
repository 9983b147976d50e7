import ArgumentParser
import Glibc
import ShrinkrProcess

/// Standard output, or another open file.
package struct Output: Sendable {
    private let file: Int32

    package init(_ file: Int32 = STDOUT_FILENO) {
        self.file = file
    }

    /// Writes lines.
    ///
    /// - Throws: `ExitCode` without a word where the reader has gone, as `head` does; ``OutputError`` for other reasons.
    package func write(_ lines: [String]) throws {
        guard !lines.isEmpty else { return }
        if isWritten(Array((lines.joined(separator: "\n") + "\n").utf8)) { return }
        if errno == EPIPE { throw ExitCode(Exit.failure) }
        throw OutputError(description: "standard output could not be written: \(String(cString: strerror(errno)))")
    }

    package func write(_ line: String) throws { try write([line]) }

    /// Writes all of the bytes; where that fails, `errno` says why.
    func isWritten(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}

/// Why the output could not be written.
package struct OutputError: Error, CustomStringConvertible {
    package let description: String
}

/// How the output looks: for a person in front of a terminal, or for a file.
package struct Screen: Equatable, Sendable {
    /// Cells of a line; nil where lines may be of any length.
    package let width: Int?
    package let isColoured: Bool
    /// Whether characters beyond ASCII may be drawn with.
    package let drawsBlocks: Bool

    package init(width: Int? = nil, isColoured: Bool = false, drawsBlocks: Bool = true) {
        self.width = width
        self.isColoured = isColoured
        self.drawsBlocks = drawsBlocks
    }

    /// That of standard output. Colours only on a terminal, and not where `NO_COLOR` (no-color.org) or `TERM=dumb` says
    /// otherwise.
    ///
    /// - Parameter variable: reads the environment; nil for what is not set or empty.
    package init(_ variable: (String) -> String?) {
        let isTerminal = isatty(STDOUT_FILENO) == 1
        var size = winsize()
        let hasSize = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        let columns = hasSize ? Int(size.ws_col) : variable("COLUMNS").flatMap { Int($0) } ?? 80
        let locale = variable("LC_ALL") ?? variable("LC_CTYPE") ?? variable("LANG") ?? ""
        let small = locale.utf8.map { $0 | 0x20 }
        self.init(
            width: isTerminal ? max(Self.narrowest, columns) : nil,
            isColoured: isTerminal && variable("NO_COLOR") == nil
                && variable("TERM").map { !$0.utf8.elementsEqual("dumb".utf8) } == true,
            // A file is read as UTF-8; a terminal as its locale says.
            drawsBlocks: !isTerminal || small.suffix(5).elementsEqual("utf-8".utf8)
                || small.suffix(4).elementsEqual("utf8".utf8))
    }

    /// What a table needs at least; narrower terminals break its lines.
    private static let narrowest = 40

    /// Looks that a text may have.
    package enum Look: String, Sendable {
        case strong = "1"
        case faint = "2"
        case warning = "33"
        case people = "36"
        case bots = "90"
    }

    /// The text with the look, where there are colours.
    package func styled(_ text: String, _ look: Look?) -> String {
        guard isColoured, let look, !text.isEmpty else { return text }
        return "\u{1B}[\(look.rawValue)m\(text)\u{1B}[0m"
    }
}
