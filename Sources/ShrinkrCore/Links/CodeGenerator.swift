import Synchronization

/// Draws short codes that cannot be guessed and spell no words.
///
/// 27 letters and digits without vowels and look-alikes (0 o O 1 l I ...), 7 of them to begin with: 10¹⁰ codes. The
/// insert decides whether a code is free; the generator only learns from it: see ``recordCollision()``.
package final class CodeGenerator: Sendable {
    /// Lower case only, so that no generated code differs from another by case alone.
    package static let alphabet = Array("23456789bcdfghjkmnpqrstvwxz".utf8)
    /// Length of the first codes of an empty store.
    package static let initialLength = 7
    /// Collisions among the last draws after which codes get longer: one in `drawsPerStep` says the space is filling up.
    package static let drawsPerStep = 1_000

    private struct State {
        var length = CodeGenerator.initialLength
        var drawsSinceCollision = CodeGenerator.drawsPerStep
    }

    private let state = Mutex(State())

    package init() {}

    /// A new code; uniform over all codes of the present length.
    package func next() -> ShortCode {
        while true {
            let length = state.withLock { state in
                state.drawsSinceCollision += 1
                return state.length
            }
            // `randomElement` rejects biased draws of the system's secure generator.
            let bytes = (0..<length).compactMap { _ in Self.alphabet.randomElement() }
            if let code = ShortCode(String(decoding: bytes, as: UTF8.self)), !ReservedWords.contains(code) {
                return code
            }
        }
    }

    /// Tells that a drawn code was taken; a second time within ``drawsPerStep`` draws makes codes one character longer.
    package func recordCollision() {
        state.withLock { state in
            if state.drawsSinceCollision < Self.drawsPerStep {
                state.length = min(state.length + 1, ShortCode.maximumLength)
            }
            state.drawsSinceCollision = 0
        }
    }
}

/// Words that no link may use as its alias, because the server or a crawler looks for something else there.
package enum ReservedWords {
    // text: ours, and compared with codes, which are ASCII.
    private static let words: Set<String> = [
        "admin", "api", "assets", "batch", "docs", "favicon", "health", "healthz", "index", "livez", "login", "logout",
        "metrics",
        "openapi", "qr", "readyz", "robots", "security", "shrinkr", "sitemap", "static", "stats", "well-known",
    ]

    /// Whether the code is one of the reserved words, in any case.
    package static func contains(_ code: ShortCode) -> Bool {
        words.contains(code.folded)
    }
}
