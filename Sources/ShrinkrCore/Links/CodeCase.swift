/// Whether codes that differ by case alone are one code. A database has one rule, for making links and for following them,
/// from the day when it is made.
package enum CodeCase: String, CaseIterable, Hashable, Sendable {
    /// `Swift` and `swift` are one code: the second cannot be made, and either finds the link.
    case insensitive
    /// `Swift` and `swift` are two codes.
    case sensitive

    /// The form in which two ways to write one code are equal.
    package func key(_ code: ShortCode) -> ShortCode {
        switch self {
        case .insensitive: code.lowercased
        case .sensitive: code
        }
    }
}
