import Crypto
import HTTPTypes
import Hummingbird
import ShrinkrBase
import ShrinkrCore
import ShrinkrQR
import ShrinkrStore

/// `/api/v1/links/{code}/qr`: the link's short URL as a QR code.
struct QRController: Sendable {
    let links: any LinkStore
    let presenter: LinkPresenter
    let authenticator: Authenticator

    func addRoutes(to router: Router<APIContext>) {
        router.resource("/api/v1/links/{code}/qr", [.get: aside(draw)])
    }

    @Sendable private func draw(_ request: Request, context: APIContext) async throws -> Response {
        _ = try await authenticator.authorize(request, context, scope: .linksRead)
        let wish = try QRWish(request)
        let code = try context.shortCode()
        guard let link = try await links.link(code) else { throw Problem.noLink(code.text) }
        let url = presenter.shortURL(link.code)
        let tag = wish.tag(of: url)
        let headers: HTTPFields = [
            .eTag: "\"\(tag)\"", .cacheControl: "private, max-age=86400",
            // Opened by itself, an SVG document could run scripts; this one has none and may not.
            .contentSecurityPolicyField: "default-src 'none'",
        ]
        if EntityTag.isKnown(tag, to: request) { return Response(status: .notModified, headers: headers) }
        return Response(status: .ok, type: wish.format.type, bytes: try wish.draw(url), headers: headers)
    }
}

/// How a client wants a QR code to look.
private struct QRWish {
    enum Format: String, CaseIterable {
        case svg, png

        var type: String { self == .svg ? "image/svg+xml" : "image/png" }
    }

    let format: Format
    private let size: Int
    private let margin: Int
    private let level: QRCode.Level
    private let dark: QRPicture.Colour
    private let light: QRPicture.Colour

    init(_ request: Request) throws {
        var reader = QueryReader(request)
        format = reader.choice("format") ?? .svg
        size = reader.integer("size", in: QRPicture.sizes) ?? 300
        margin = reader.integer("margin", in: QRPicture.margins) ?? QRCode.quietZone
        level = reader.choice("level") ?? .medium
        dark = reader.colour("dark") ?? .black
        light = reader.colour("light") ?? .white
        if !QRPicture.canBeRead(dark: dark, light: light) {
            reader.report(reader.has("dark") ? "dark" : "light", .noContrast)
        }
        try reader.finish()
    }

    /// What identifies the picture: it depends on nothing else.
    func tag(of url: String) -> String {
        let wish = "\(format) \(size) \(margin) \(level) \(dark.hexadecimal) \(light.hexadecimal) \(url)"
        return SHA256.hash(data: Array(wish.utf8)).prefix(12).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
            .joined()
    }

    func draw(_ url: String) throws -> [UInt8] {
        let code: QRCode
        do {
            code = try QRCode(Array(url.utf8), level: level)
        } catch {
            throw QRWish.refusal("level", FieldProblem("invalid", "The short URL is too long: \(error)."))
        }
        let picture = QRPicture(code, margin: margin, dark: dark, light: light)
        guard size >= picture.modules else {
            throw QRWish.refusal("size", .outOfRange(picture.modules...QRPicture.sizes.upperBound))
        }
        return format == .svg ? picture.svg(size: size) : picture.png(size: size)
    }

    private static func refusal(_ parameter: String, _ problem: FieldProblem) -> Problem {
        .validation(FieldErrors(FieldError(location: .parameter(parameter), problem: problem)))
    }
}

extension FieldProblem {
    fileprivate static let noContrast = FieldProblem(
        "invalid", "The dark colour must be clearly darker than the light one, or no camera can read the code.")
}
