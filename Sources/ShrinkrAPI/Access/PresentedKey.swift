import HTTPTypes
import Hummingbird
import ShrinkrBase

/// The API key that a request carries, in `Authorization: Bearer KEY` or in `X-Api-Key: KEY`.
enum PresentedKey: Equatable {
    /// Nothing that could be meant as a key.
    case none
    /// What stands in a key's place; whether it is a key of ours is not known yet.
    case key(UntrustedText)
    /// No key, but something in its place: the sentence says what to do.
    case unusable(String)

    /// How to send a key, in a sentence.
    static let advice = "Send an API key: 'Authorization: Bearer KEY' or 'X-Api-Key: KEY'."

    /// Credentials of another scheme are those of a proxy in front of us, and no key: beside an `X-Api-Key` they do not
    /// count. Alone they do not pass for "no key" either: who sends them is not just a program of this machine.
    init(_ request: Request) {
        let apiKey = request.headers.text(.xAPIKey)?.trimmed
        let authorizations = request.headers.texts(.authorization).map { Authorization($0.trimmed) }
        let tokens = authorizations.compactMap(\.token)
        let keys = tokens + (apiKey.map { [$0] } ?? [])
        if let key = keys.first {
            // A proxy might have looked at the other one. `Authorization` is no list, so it must not come twice.
            let isOne =
                tokens.count <= 1 && (keys + authorizations.compactMap(\.bareKey)).allSatisfy { $0 == key }
            self = isOne ? .key(key) : .unusable("The request has two API keys; send one.")
        } else if authorizations.contains(where: \.lacksScheme) {
            self = .unusable("Write 'Bearer ' before the key.")
        } else {
            self = authorizations.isEmpty ? .none : .unusable(Self.advice)
        }
    }

    /// The key's bytes; empty where there is none.
    var bytes: ArraySlice<UInt8> {
        if case .key(let key) = self { key.bytes } else { [] }
    }
}

/// One `Authorization` field (RFC 9110, section 11.6.2).
private struct Authorization {
    private let scheme: UntrustedText
    private let credentials: UntrustedText?

    init(_ field: UntrustedText) {
        let (scheme, credentials) = field.cut(at: " ")
        self.scheme = scheme
        self.credentials = credentials?.trimmed
    }

    /// What stands behind `Bearer`, be it empty; empty for an empty field; nil for any other scheme.
    var token: UntrustedText? {
        scheme.isEmpty || scheme.equalsIgnoringCase("bearer") ? credentials ?? UntrustedText("") : nil
    }

    /// Whether there is one word alone, as where a key is written without `Bearer` before it.
    var lacksScheme: Bool { token == nil && credentials == nil }

    /// One of our keys without a scheme.
    var bareKey: UntrustedText? { lacksScheme && scheme.begins(with: "shk_") ? scheme : nil }
}
