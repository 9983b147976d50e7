import Glibc

/// Reads lines from a file or pipe, a bounded number at a time.
package struct LineReader {
    package struct Line: Equatable, Sendable {
        /// Counted from 1.
        package let number: Int
        /// Without the line's end and white space around; bytes that are no UTF-8 are U+FFFD.
        package let text: String
    }

    /// Why lines could not be read.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Most bytes of a line: twice the longest destination.
    static let maximumLine = 16 << 10
    private static let chunk = 64 << 10

    private let file: Int32
    private var buffer: [UInt8] = []
    private var position = 0
    private var number = 0
    private var isAtEnd = false

    package init(_ file: Int32) {
        self.file = file
    }

    /// The next lines that are not blank, at most `limit`; none at the end.
    ///
    /// - Throws: ``Failure`` for a line that is too long, and where nothing can be read.
    package mutating func next(_ limit: Int) throws(Failure) -> [Line] {
        var lines: [Line] = []
        while lines.count < limit, let bytes = try nextLine() {
            number += 1
            let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0D }
            guard let first = bytes.firstIndex(where: { !isBlank($0) }),
                let last = bytes.lastIndex(where: { !isBlank($0) })
            else { continue }
            lines.append(Line(number: number, text: String(decoding: bytes[first...last], as: UTF8.self)))
        }
        return lines
    }

    private mutating func nextLine() throws(Failure) -> ArraySlice<UInt8>? {
        var searched = position
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { position = end + 1 }
                return try checked(buffer[position..<end])
            }
            if isAtEnd {
                defer { position = buffer.count }
                return position < buffer.count ? try checked(buffer[position...]) : nil
            }
            _ = try checked(buffer[position...])
            buffer.removeSubrange(..<position)
            position = 0
            searched = buffer.count
            try fill()
        }
    }

    private func checked(_ line: ArraySlice<UInt8>) throws(Failure) -> ArraySlice<UInt8> {
        guard line.count <= Self.maximumLine else {
            throw Failure(description: "line \(number + 1) is longer than \(Self.maximumLine) bytes")
        }
        return line
    }

    private mutating func fill() throws(Failure) {
        var bytes = [UInt8](repeating: 0, count: Self.chunk)
        var count = -1
        repeat {
            count = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
        } while count < 0 && errno == EINTR
        guard count >= 0 else {
            throw Failure(description: "standard input could not be read: \(String(cString: strerror(errno)))")
        }
        isAtEnd = count == 0
        buffer.append(contentsOf: bytes[..<count])
    }
}
