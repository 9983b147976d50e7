import HTTPTypes
import Hummingbird
import ShrinkrBase

/// What a form has sent, as `application/x-www-form-urlencoded` (WHATWG URL Standard, section 5.1).
struct WebForm: Sendable {
    /// Most fields that are read.
    static let maximumFields = 64

    private let fields: [(name: UntrustedText, value: UntrustedText)]

    init(_ bytes: [UInt8]) {
        var fields: [(name: UntrustedText, value: UntrustedText)] = []
        var rest: UntrustedText? = UntrustedText(bytes: bytes)
        while let text = rest, fields.count < Self.maximumFields {
            let (pair, after) = text.cut(at: "&")
            let (name, value) = pair.cut(at: "=")
            fields.append((Self.decoded(name), Self.decoded(value ?? UntrustedText(""))))
            rest = after
        }
        self.fields = fields
    }

    /// - Throws: ``Problem``: 415 for another kind of form, 413 past `limit` bytes.
    init(_ request: Request, limit: Int) async throws {
        let type = request.headers.text(.contentType).map { MediaType($0) }
        guard type?.essence.equals("application/x-www-form-urlencoded") ?? false else {
            throw Problem.unsupportedMediaType("application/x-www-form-urlencoded")
        }
        self.init(try await request.bytes(limit: limit))
    }

    private static func decoded(_ text: UntrustedText) -> UntrustedText { text.mapping("+", to: " ").percentDecoded }

    func value(_ name: StaticString) -> UntrustedText? { fields.first { $0.name.equals(name) }?.value }

    /// The text without the spaces around it; empty where there is none.
    func text(_ name: StaticString) -> String { value(name)?.trimmed.string ?? "" }

    func values(_ name: StaticString) -> [UntrustedText] {
        fields.filter { $0.name.equals(name) }.map(\.value)
    }
}
