#if PostgreSQL
package import Logging
package import PostgreSQLClient
import ShrinkrStore

/// Brings the tables of a PostgreSQL database up to date, step by step, while programs use it.
///
/// However many runners start, one at a time is at work, by a session advisory lock; the others wait without a
/// connection and then find nothing to do. Each step is one transaction where PostgreSQL allows that, together with the row that
/// says that it was done, so that a kill at any point leaves whole steps; the rest may be run again. A step that does
/// not get a lock at once gives up, so that nobody queues up behind it, and tries again later.
///
/// Needs a connection of its own to the server: behind a pooler that hands out transactions, locks of a session mean
/// nothing.
package struct MigrationRunner: Sendable {
    /// Bounds of waiting.
    package struct Limits: Hashable, Sendable {
        /// How long a step waits for a lock that others hold, and lets those wait who come after it.
        package var lock = Duration.seconds(2)
        /// Between the first two tries; doubles each time, and is spread by half of it.
        package var firstPause = Duration.milliseconds(250)
        package var longestPause = Duration.seconds(8)
        /// How long tries may go on, while no step is finished, before the run fails.
        package var patience = Duration.seconds(900)
        /// The same while the server cannot be reached.
        package var connect = Duration.seconds(60)

        package init() {}
    }

    private let configuration: PostgreSQLConfiguration
    private let files: [Migration]
    private let program: String
    private let limits: Limits
    private let logger: Logger
    /// Gets a line for people when something has been done or goes on being waited for.
    private let report: @Sendable (String) -> Void

    /// - Parameters:
    ///   - program: Who runs it, as `shrinkr_migrations` keeps it, such as `shrinkr-api 1.2.0`.
    ///   - report: Called from any thread.
    package init(
        configuration: PostgreSQLConfiguration, files: [Migration], program: String, limits: Limits = Limits(),
        logger: Logger, report: @escaping @Sendable (String) -> Void
    ) {
        var configuration = configuration
        configuration.connections = 1
        self.configuration = configuration
        self.files = files
        self.program = program
        self.limits = limits
        self.logger = logger
        self.report = report
    }

    /// Runs the steps that the database does not have yet. A contract step is held back until a later version than that
    /// which brought what it belongs to.
    ///
    /// - Returns: The names of those that this call has run.
    /// - Throws: ``StoreError/unavailable(reason:)`` where the database has other steps than this program, cannot be
    ///   reached, or a step fails; `CancellationError`. Steps that were finished before stay.
    package func run() async throws -> [String] {
        var done: [String] = []
        var wait = MigrationWait(limits)
        while true {
            let result = try await turn()
            if !result.done.isEmpty {
                done += result.done
                wait = MigrationWait(limits)
            }
            guard let reason = result.reason else { return done }
            let patience = result.isUnreachable ? limits.connect : limits.patience
            guard let pause = wait.next(within: patience) else { throw StoreError.unavailable(reason: reason) }
            report("\(reason); trying again (\(wait.count))")
            try await Task.sleep(for: pause)
        }
    }

    /// One try, on a connection that is closed again: whoever waits for a lock must not keep one from others.
    private func turn() async throws -> MigrationTurn.Result {
        let pool = PostgreSQLPool(configuration, logger: logger)
        let turn = MigrationTurn(files: files, program: program, lockTimeout: limits.lock, report: report)
        do {
            let result = try await pool.withSession { session in try turn.run(session) }
            await pool.close()
            return result
        } catch let error as PostgreSQLError where error.mayPass {
            await pool.close()
            return MigrationTurn.Result(done: [], reason: "\(error)", isUnreachable: true)
        } catch let error as CancellationError {
            await pool.close()
            throw error
        } catch {
            await pool.close()
            throw StoreError(migration: error)
        }
    }
}

/// The pauses between tries of one step.
private struct MigrationWait {
    private let limits: MigrationRunner.Limits
    private let start = ContinuousClock.now
    private(set) var count = 0

    init(_ limits: MigrationRunner.Limits) {
        self.limits = limits
    }

    /// Nil once it has been long enough.
    mutating func next(within patience: Duration) -> Duration? {
        guard ContinuousClock.now - start < patience else { return nil }
        let longest = min(limits.firstPause * (1 << min(count, 16)), limits.longestPause)
        count += 1
        return longest * Double.random(in: 0.5...1)
    }
}

extension PostgreSQLError {
    /// Whether the same may work a little later.
    var mayPass: Bool {
        !refusesPassword && [.unavailable, .retryable, .outcomeUnknown, .readOnly].contains(kind)
    }
}
#endif
