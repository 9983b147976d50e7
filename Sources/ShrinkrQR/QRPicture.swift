import CZlib

/// A QR code as a picture.
package struct QRPicture: Hashable, Sendable {
    /// 24 bits: red, green, blue.
    package struct Colour: Hashable, Sendable {
        package let red: UInt8
        package let green: UInt8
        package let blue: UInt8

        package static let black = Colour(red: 0, green: 0, blue: 0)
        package static let white = Colour(red: 255, green: 255, blue: 255)

        package init(red: UInt8, green: UInt8, blue: UInt8) {
            (self.red, self.green, self.blue) = (red, green, blue)
        }

        /// Nil unless these are six hexadecimal digits.
        package init?(hexadecimal digits: some Collection<UInt8>) {
            let values = digits.compactMap { digit -> UInt8? in
                switch digit {
                case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
                case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
                case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
                default: nil
                }
            }
            guard digits.count == 6, values.count == 6 else { return nil }
            self.init(
                red: values[0] << 4 | values[1], green: values[2] << 4 | values[3], blue: values[4] << 4 | values[5])
        }

        /// Six hexadecimal digits.
        package var hexadecimal: String {
            [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }

        /// From 0 for black to 1 for white (WCAG 2.2, "relative luminance"), with the power approximated by a square.
        fileprivate var luminance: Double {
            func linear(_ value: UInt8) -> Double { Double(value) / 255 * Double(value) / 255 }
            return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
        }
    }

    /// Least contrast of the colours (WCAG 2.2, section 1.4.11, for what has to be told apart).
    package static let leastContrast = 3.0
    /// Pixels of a side.
    package static let sizes = 128...2_048
    /// Modules around the code.
    package static let margins = 0...16

    private let code: QRCode
    private let margin: Int
    private let dark: Colour
    private let light: Colour

    /// - Parameter margin: Light modules on every side; readers need ``QRCode/quietZone``.
    package init(_ code: QRCode, margin: Int = QRCode.quietZone, dark: Colour = .black, light: Colour = .white) {
        (self.code, self.margin, self.dark, self.light) = (code, margin, dark, light)
    }

    /// Modules on a side, margin included: the fewest pixels that it can be drawn in.
    package var modules: Int { code.size + 2 * margin }

    /// Whether a reader can tell the colours apart, and takes the dark one for dark.
    package static func canBeRead(dark: Colour, light: Colour) -> Bool {
        (light.luminance + 0.05) / (dark.luminance + 0.05) >= leastContrast
    }

    // MARK: SVG

    /// An SVG document (SVG 2), the same bytes for the same picture.
    ///
    /// - Parameter size: Width and height in CSS pixels; it can be scaled.
    package func svg(size: Int) -> [UInt8] {
        var path = ""
        for row in 0..<code.size {
            for run in code.darkRuns(inRow: row) {
                path += "M\(run.lowerBound + margin) \(row + margin)h\(run.count)v1h-\(run.count)z"
            }
        }
        let svg = """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(size)" height="\(size)" viewBox="0 0 \(modules) \(modules)" \
            shape-rendering="crispEdges"><path fill="#\(light.hexadecimal)" d="M0 0h\(modules)v\(modules)H0z"/>\
            <path fill="#\(dark.hexadecimal)" d="\(path)"/></svg>

            """
        return Array(svg.utf8)
    }

    // MARK: PNG

    /// A PNG file of two colours (ISO/IEC 15948:2004). All modules have the same whole number of pixels; what is left
    /// is margin.
    ///
    /// - Parameter size: Width and height in pixels; at least ``modules``.
    package func png(size: Int) -> [UInt8] {
        let scale = max(1, size / modules)
        let offset = (size - scale * code.size) / 2
        // Each row begins with its filter (none), and has a bit for a pixel.
        let empty = [UInt8](repeating: 0, count: 1 + (size + 7) / 8)
        var pixels: [UInt8] = []
        pixels.reserveCapacity(empty.count * size)
        for _ in 0..<offset { pixels += empty }
        for row in 0..<code.size {
            var line = empty
            for run in code.darkRuns(inRow: row) {
                for pixel in offset + run.lowerBound * scale..<offset + run.upperBound * scale {
                    line[1 + pixel / 8] |= 0x80 >> UInt8(pixel % 8)
                }
            }
            for _ in 0..<scale { pixels += line }
        }
        for _ in 0..<size - offset - scale * code.size { pixels += empty }
        var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        // One bit for a pixel, which is a place in the palette; deflate, no filters, not interlaced.
        file.appendChunk("IHDR", UInt32(size).bigEndianBytes + UInt32(size).bigEndianBytes + [1, 3, 0, 0, 0])
        file.appendChunk("PLTE", [light, dark].flatMap { [$0.red, $0.green, $0.blue] })
        file.appendChunk("IDAT", Self.compressed(pixels))
        file.appendChunk("IEND", [])
        return file
    }

    private static func compressed(_ bytes: [UInt8]) -> [UInt8] {
        var count = compressBound(uLong(bytes.count))
        return [UInt8](unsafeUninitializedCapacity: Int(count)) { output, length in
            let code = compress2(output.baseAddress, &count, bytes, uLong(bytes.count), 9)
            precondition(code == Z_OK, "zlib has no memory")
            length = Int(count)
        }
    }

    // MARK: Text

    /// Lines for a terminal: two rows of modules in a line, dark ones left empty, since most terminals are dark.
    package var text: String {
        func isLight(_ column: Int, _ row: Int) -> Bool {
            let inside = 0..<code.size
            guard inside.contains(column - margin), inside.contains(row - margin) else { return row < modules }
            return !code.isDark(column: column - margin, row: row - margin)
        }
        return stride(from: 0, to: modules, by: 2).map { row in
            (0..<modules).map { column in
                switch (isLight(column, row), isLight(column, row + 1)) {
                case (true, true): "\u{2588}"
                case (true, false): "\u{2580}"
                case (false, true): "\u{2584}"
                case (false, false): " "
                }
            }.joined() + "\n"
        }.joined()
    }
}

extension [UInt8] {
    /// Length, name, content and checksum (ISO/IEC 15948:2004, section 5.3).
    fileprivate mutating func appendChunk(_ name: StaticString, _ content: [UInt8]) {
        let named = name.withUTF8Buffer { Array($0) } + content
        append(contentsOf: UInt32(content.count).bigEndianBytes)
        append(contentsOf: named)
        append(contentsOf: UInt32(truncatingIfNeeded: crc32(0, named, uInt(named.count))).bigEndianBytes)
    }
}

extension UInt32 {
    fileprivate var bigEndianBytes: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: self >> (24 - 8 * $0)) } }
}
