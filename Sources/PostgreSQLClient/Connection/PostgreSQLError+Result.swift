#if PostgreSQL
import ShrinkrBase

extension PostgreSQLError {
    /// The function of the server that finds that a prepared statement does not fit its tables any more, as after a
    /// migration: `plancache.c`. Its SQLSTATE says no more than that something is not supported.
    private static let planCheck = "RevalidateCachedQuery"

    /// What the server reported in place of a result.
    init(_ result: QueryResult) {
        // libpq reports a lost connection by a result without an SQLSTATE.
        guard let state = SQLState(result.errorField("C")) else {
            self = .lost("the connection to PostgreSQL was lost")
            return
        }
        let constraint = result.errorField("n").flatMap { UntrustedText($0).ascii }
        let (kind, endsConnection) =
            result.errorField("R") == Self.planCheck ? (.retryable, true) : Self.classify(state)
        self.init(
            kind, Self.message(of: result, state: state, constraint: constraint), sqlState: state,
            constraint: constraint, endsConnection: endsConnection)
    }

    /// The connection is gone; whether the server did what it was asked to is not known.
    static func lost(_ message: String) -> PostgreSQLError {
        PostgreSQLError(.unavailable, message, endsConnection: true)
    }

    /// An attempt to connect failed.
    ///
    /// - Parameter words: What libpq says of it, verbosely (`PQsetErrorVerbosity`), without the password.
    static func refusedConnection(_ words: String) -> PostgreSQLError {
        let state = SQLState(inWords: Array(words.utf8))
        let reason = state == .refusedPassword ? "PostgreSQL refuses the password" : "PostgreSQL cannot be reached"
        // The last line names a place in the server's sources.
        let lines = words.split(whereSeparator: \.isNewline).filter { !UntrustedText($0).begins(with: "LOCATION:") }
        let text = lines.joined(separator: " ").split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return PostgreSQLError(.unavailable, "\(reason): \(text)", sqlState: state, endsConnection: true)
    }

    /// What the code means for callers, and whether the connection ends with it.
    static func classify(_ state: SQLState) -> (Kind, endsConnection: Bool) {
        switch state {
        // Serialisation failure, deadlock, lock not available.
        case "40001", "40P01", "55P03": (.retryable, false)
        // A prepared statement is not there any more: a new connection prepares it anew.
        case "26000": (.retryable, true)
        case "23505": (.unique, false)
        case "25006": (.readOnly, true)
        // Statement time-out, or a cancellation that nobody here asked for.
        case "57014": (.unavailable, false)
        // Shutdown, crash of another session, starting up, database dropped, idle for too long.
        case "57P01", "57P02", "57P03", "57P04", "57P05", "25P03": (.unavailable, true)
        default: classes.first { state.isOfClass($0.code) }.map { ($0.kind, $0.endsConnection) } ?? (.other, false)
        }
    }

    private static let classes: [(code: StaticString, kind: Kind, endsConnection: Bool)] = [
        // Connection, authorisation, name of the database, internal error.
        ("08", .unavailable, true), ("28", .unavailable, true), ("3D", .unavailable, true), ("XX", .unavailable, true),
        // Too many connections, out of memory, disk full; other things that operators did; errors of the system.
        ("53", .unavailable, false), ("57", .unavailable, false), ("58", .unavailable, false),
        // Values, constraints.
        ("22", .refused, false), ("23", .refused, false),
        // Names of schemas, syntax, tables and rights.
        ("3F", .schema, false), ("42", .schema, false),
    ]

    /// The server's sentence, or ours where its own may repeat values.
    private static func message(of result: QueryResult, state: SQLState, constraint: String?) -> String {
        if state.isOfClass("22") { return "PostgreSQL refused a value" }
        if state.isOfClass("23") {
            let name = constraint ?? result.errorField("c") ?? "a constraint"
            return "PostgreSQL refused a row because of \(name)"
        }
        if state == "42P05" {
            return "a statement is prepared already: a pooler shares connections, so statements must not be prepared"
        }
        return "PostgreSQL reports: \(result.errorField("M") ?? "no details")"
    }
}
#endif
