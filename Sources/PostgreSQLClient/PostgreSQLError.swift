#if PostgreSQL
import ShrinkrBase

/// What went wrong at the server or on the way to it.
///
/// No part of it repeats a parameter, a row or a password: servers put values into details and hints, which are dropped.
package struct PostgreSQLError: Error, Hashable, Sendable {
    /// What a caller can do about it.
    package enum Kind: Hashable, Sendable {
        /// The server cannot be reached, ends, is full, or took too long; later it may work.
        case unavailable
        /// The connection was lost while a transaction was committed: it may have been, or not.
        case outcomeUnknown
        /// Transactions were in each other's way; the same one can work at once.
        case retryable
        /// A row with this key is there already (23505).
        case unique
        /// The values are to blame: they are of the wrong form, or against a constraint (22xxx, 23xxx).
        case refused
        /// Statement and tables do not fit together, or rights are missing (42xxx).
        case schema
        /// The server takes no writes, such as a standby (25006).
        case readOnly
        /// The task that waits was cancelled. A pool throws `CancellationError` in its place.
        case cancelled
        /// The server answered what it should not, or the caller asked for what the answer does not hold.
        case protocolViolation
        /// Anything else the server reports.
        case other
    }

    package let kind: Kind
    /// Where the server reported the error.
    package let sqlState: SQLState?
    /// Says what is wrong, without values.
    package let message: String
    /// The constraint that was violated, where it is one and its name is ASCII.
    package let constraint: String?
    /// Whether the connection is of no use any more.
    let endsConnection: Bool

    init(
        _ kind: Kind, _ message: String, sqlState: SQLState? = nil, constraint: String? = nil,
        endsConnection: Bool = false
    ) {
        self.kind = kind
        self.sqlState = sqlState
        self.message = message
        self.constraint = constraint
        self.endsConnection = endsConnection
    }

    /// Whether the server does not take the password: with this one no later try will work.
    package var refusesPassword: Bool { sqlState == .refusedPassword }

    /// The same with another kind.
    func with(_ kind: Kind) -> PostgreSQLError {
        PostgreSQLError(
            kind, message, sqlState: sqlState, constraint: constraint, endsConnection: endsConnection)
    }
}

/// Five ASCII letters and digits that say what the server reports ("PostgreSQL Error Codes", appendix A of its
/// documentation). The first two are the class.
package struct SQLState: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    private let bytes: [UInt8]

    package init(stringLiteral code: String) { bytes = Array(code.utf8) }

    /// - Returns: nil where the server's text is no such code.
    init?(_ text: String?) {
        guard let text, text.utf8.count == 5, text.utf8.allSatisfy(\.isASCIIAlphanumeric) else { return nil }
        bytes = Array(text.utf8)
    }

    /// The code in libpq's words about a failed attempt to connect, where it stands between the severity and the server's
    /// sentence (`FATAL:  28P01: password …`). Of several addresses that were tried the last one counts.
    init?(inWords words: [UInt8]) {
        let code = words.indices.reversed().lazy.compactMap { start -> SQLState? in
            let rest = words[start...]
            guard rest.count >= 10, rest.starts(with: ":  ".utf8), rest.dropFirst(8).starts(with: ": ".utf8) else {
                return nil
            }
            return SQLState(String(decoding: rest.dropFirst(3).prefix(5), as: UTF8.self))
        }
        guard let first = code.first else { return nil }
        self = first
    }

    /// The server does not take the password (`invalid_password`).
    static let refusedPassword: SQLState = "28P01"

    package var description: String { String(decoding: bytes, as: UTF8.self) }

    func isOfClass(_ code: StaticString) -> Bool { UntrustedText(bytes: bytes.prefix(2)).equals(code) }
}

extension PostgreSQLError: CustomStringConvertible {
    package var description: String {
        guard let sqlState else { return message }
        return "\(message) (SQLSTATE \(sqlState))"
    }
}
#endif
