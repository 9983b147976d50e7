#if PostgreSQL
import CLibpq

/// What became of one statement of a pipeline.
enum CallOutcome {
    case rows(PostgreSQLRows)
    case failed(PostgreSQLError)
    /// An earlier statement failed, so the server left this one out.
    case skipped
}

extension Connection {
    /// Most statements that are prepared for one connection; further ones are sent unprepared.
    private static let maximumPrepared = 512

    /// What the server was sent, and answers in the same order.
    private enum Step {
        case prepare(PreparedKey, call: Int)
        case query(call: Int)
    }

    /// Sends all calls, then one sync, and reads all results: one round trip, and one implicit transaction unless they
    /// begin one themselves. After one that fails the server skips the rest.
    ///
    /// - Parameter timeout: the longest wait for each answer; nil waits without end.
    /// - Throws: an error that ends the connection.
    func run(_ calls: [PostgreSQLCall], timeout: Duration?) throws(PostgreSQLError) -> [CallOutcome] {
        guard !isBroken else { throw broken() }
        var steps: [Step] = []
        for (index, call) in calls.enumerated() { try send(call, at: index, &steps) }
        guard PQpipelineSync(handle) == 1 else { throw broken() }
        var outcomes = Array(repeating: CallOutcome.skipped, count: calls.count)
        for step in steps { try read(step, timeout: timeout, &outcomes) }
        guard let sync = try nextResult(until: Self.deadline(timeout)), sync.status == PGRES_PIPELINE_SYNC else {
            throw broken()
        }
        lastUse = .now
        return outcomes
    }

    private func send(_ call: PostgreSQLCall, at index: Int, _ steps: inout [Step]) throws(PostgreSQLError) {
        let parameters = ParameterBuffer(call.values)
        let count = Int32(clamping: call.values.count)
        guard configuration.preparesStatements else { return try sendUnprepared(call, parameters, index, &steps) }
        let key = PreparedKey(statement: call.statement, types: parameters.types)
        let name: String
        if let known = prepared[key] {
            name = known
        } else {
            guard prepared.count < Self.maximumPrepared else {
                return try sendUnprepared(call, parameters, index, &steps)
            }
            name = call.statement.name(types: key.types)
            guard PQsendPrepare(handle, name, call.statement.sql, count, key.types) == 1 else { throw broken() }
            prepared[key] = name
            steps.append(.prepare(key, call: index))
        }
        let sent = parameters.withParameters { PQsendQueryPrepared(handle, name, count, $0, $1, $2, 1) }
        guard sent == 1 else { throw broken() }
        steps.append(.query(call: index))
    }

    private func sendUnprepared(
        _ call: PostgreSQLCall, _ parameters: ParameterBuffer, _ index: Int, _ steps: inout [Step]
    ) throws(PostgreSQLError) {
        let count = Int32(clamping: call.values.count)
        let sent = parameters.withParameters {
            PQsendQueryParams(handle, call.statement.sql, count, parameters.types, $0, $1, $2, 1)
        }
        guard sent == 1 else { throw broken() }
        steps.append(.query(call: index))
    }

    private func read(_ step: Step, timeout: Duration?, _ outcomes: inout [CallOutcome]) throws(PostgreSQLError) {
        guard let result = try nextResult(until: Self.deadline(timeout)) else { throw broken() }
        let index =
            switch step {
            case .prepare(_, let call), .query(let call): call
            }
        var isDone = false
        switch result.status {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
            isDone = true
            if case .query = step { outcomes[index] = .rows(PostgreSQLRows(result: result)) }
        case PGRES_FATAL_ERROR:
            let error = PostgreSQLError(result)
            if error.endsConnection {
                isBroken = true
                throw error
            }
            outcomes[index] = .failed(error)
        case PGRES_PIPELINE_ABORTED: break
        default: throw broken()
        }
        if case .prepare(let key, _) = step, !isDone { prepared[key] = nil }
        guard try nextResult(until: Self.deadline(timeout)) == nil else { throw broken() }
    }
}

extension Connection {
    static func deadline(_ timeout: Duration?) -> ContinuousClock.Instant? { timeout.map { .now + $0 } }
}

// MARK: - Scripts

extension Connection {
    /// Runs statements without parameters, separated by semicolons, in one implicit transaction unless they begin one.
    ///
    /// - Throws: the first error.
    func runScript(_ sql: String, timeout: Duration?) throws(PostgreSQLError) {
        guard !isBroken, PQexitPipelineMode(handle) == 1, PQsendQuery(handle, sql) == 1 else { throw broken() }
        var failure: PostgreSQLError?
        while let result = try nextResult(until: Self.deadline(timeout)) {
            switch result.status {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: break
            case PGRES_FATAL_ERROR: failure = failure ?? PostgreSQLError(result)
            default: throw broken()
            }
        }
        if failure?.endsConnection == true { isBroken = true }
        guard PQenterPipelineMode(handle) == 1 else { throw broken() }
        lastUse = .now
        if let failure { throw failure }
    }
}
#endif
