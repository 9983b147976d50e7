import ArgumentParser
import ShrinkrBase

/// A link that a command is about, by its code or its short URL.
package struct CodeArgument: ExpressibleByArgument, Equatable, Sendable {
    /// The code itself.
    package let code: String

    /// Reads `k3x9bqz` or `https://sho.rt/k3x9bqz`, with or without a query. Codes have 1 to 64 characters of
    /// `A-Z a-z 0-9 _ -`.
    package init?(argument: String) {
        let text = UntrustedText(argument)
        let isURL = text.beginsIgnoringCase(with: "http://") || text.beginsIgnoringCase(with: "https://")
        let path = isURL ? text.cut(at: "?").before.cut(at: "#").before.cutAtLast("/").after : text
        let isCode = path.bytes.allSatisfy {
            $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
        }
        guard isCode, (1...64).contains(path.count), let code = path.ascii else { return nil }
        self.code = code
    }
}
