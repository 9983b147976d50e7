import ArgumentParser
import Glibc
import ShrinkrLaunch
import ShrinkrProcess
import ShrinkrQR

/// `shrinkr qr`: draws a QR code.
struct QRCommand: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, svg, png
    }

    static let configuration = CommandConfiguration(
        commandName: "qr", abstract: "Draw a QR code in the terminal, or as a picture.",
        discussion: """
            Asks no server: it draws whatever it is given.

              \(ProcessEnvironment.program) qr https://sho.rt/k3x9bqz
              \(ProcessEnvironment.program) qr https://sho.rt/k3x9bqz --format png --output poster.png --level Q

            For a link of a server, GET /api/v1/links/CODE/qr does the same.
            """)

    @Argument(help: "What the code says, such as a short URL")
    var text: String

    @Option(help: "text (for a terminal), svg or png")
    var format: Format = .text

    @Option(help: "A file to write to, instead of standard output")
    var output: String?

    @Option(
        help: "Width and height of a picture in pixels, \(QRPicture.sizes.lowerBound) to \(QRPicture.sizes.upperBound)")
    var size = 300

    @Option(help: "Light modules around the code, 0 to \(QRPicture.margins.upperBound); readers need four")
    var margin = QRCode.quietZone

    @Option(help: "How much of it may be damaged: about 7 (L), 15 (M), 25 (Q) or 30 (H) percent")
    var level = QRCode.Level.medium

    @Option(help: "Colour of the dark modules, six hexadecimal digits")
    var dark = QRPicture.Colour.black

    @Option(help: "Colour of the light modules, six hexadecimal digits")
    var light = QRPicture.Colour.white

    func validate() throws {
        guard QRPicture.sizes.contains(size) else {
            throw ValidationError(
                "--size is \(size); it has to be from \(QRPicture.sizes.lowerBound) to \(QRPicture.sizes.upperBound)")
        }
        guard QRPicture.margins.contains(margin) else {
            throw ValidationError("--margin is \(margin); it has to be from 0 to \(QRPicture.margins.upperBound)")
        }
        guard QRPicture.canBeRead(dark: dark, light: light) else {
            throw ValidationError("--dark has to be clearly darker than --light, or no camera can read the code")
        }
        if format == .png, output == nil, isatty(STDOUT_FILENO) == 1 {
            throw ValidationError("a PNG file is no text for a terminal; give --output FILE")
        }
    }

    func run() throws {
        let picture = QRPicture(try code(), margin: margin, dark: dark, light: light)
        if format == .png, size < picture.modules {
            throw ValidationError("--size is \(size); this code needs at least \(picture.modules) pixels")
        }
        let bytes =
            switch format {
            case .text: Array(picture.text.utf8)
            case .svg: picture.svg(size: size)
            case .png: picture.png(size: size)
            }
        try write(bytes)
    }

    private func code() throws -> QRCode {
        do {
            return try QRCode(Array(text.utf8), level: level)
        } catch {
            throw ValidationError("the text is too long: \(error)")
        }
    }

    private func write(_ bytes: [UInt8]) throws {
        let file = output.map { open($0, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600) } ?? STDOUT_FILENO
        defer { if output != nil, file >= 0 { close(file) } }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let reason = String(cString: strerror(errno))
                throw QRCommandError(description: "\(output ?? "standard output") could not be written: \(reason)")
            }
            rest = rest.dropFirst(count)
        }
    }
}

private struct QRCommandError: Error, CustomStringConvertible {
    let description: String
}

extension QRCode.Level: ExpressibleByArgument {}

extension QRPicture.Colour: ExpressibleByArgument {
    /// Six hexadecimal digits.
    public init?(argument: String) { self.init(hexadecimal: argument.utf8) }

    /// As it is written.
    public var defaultValueDescription: String { hexadecimal }
}
