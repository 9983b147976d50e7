package import ShrinkrBase

/// The numbered steps that make the tables of a database, whichever kind of database it is.
package protocol SchemaMigrations: Sendable {
    /// Where the database stands; changes nothing.
    ///
    /// - Throws: ``StoreError`` where the database cannot be asked.
    func status() async throws -> SchemaStatus

    /// Runs the steps that the database does not have yet, while programs may be at work on it.
    ///
    /// - Parameter report: Gets a line for people when something is done or waited for. Called from any thread.
    /// - Returns: The names of the steps that this call has run.
    /// - Throws: ``StoreError``. What was finished before stays, and another call does the rest.
    func migrate(report: @escaping @Sendable (String) -> Void) async throws -> [String]
}

/// The steps of a program against those of a database.
package struct SchemaStatus: Hashable, Sendable {
    package struct Step: Hashable, Sendable {
        package enum State: Hashable, Sendable {
            /// Nil where the database does not keep when, or by which program.
            case applied(at: Timestamp?, by: String?)
            case pending
            /// It takes away what programs of the release before may still use: the next version may run it.
            case heldBack
        }

        /// Such as `0001-initial`.
        package let name: String
        /// What programs of the release before notice, such as `expand`; nil where nothing is said of that.
        package let kind: String?
        package let state: State
        /// Whether only a newer program knows it.
        package let isNewer: Bool
        /// Whether this program cannot work without it.
        package let isNeeded: Bool
        /// What it does, in SQL; nil where code does it, or a newer program.
        package let sql: String?

        package init(
            name: String, kind: String?, state: State, isNewer: Bool = false, isNeeded: Bool = true, sql: String? = nil
        ) {
            self.name = name
            self.kind = kind
            self.state = state
            self.isNewer = isNewer
            self.isNeeded = isNeeded
            self.sql = sql
        }

        package var isPending: Bool { state == .pending }
    }

    /// In the order in which they are run.
    package let steps: [Step]
    /// Why this program must neither use the database nor change its tables, as one sentence; nil where it may.
    package let problem: String?

    package init(steps: [Step], problem: String?) {
        self.steps = steps
        self.problem = problem
    }

    package var pending: [Step] { steps.filter(\.isPending) }
    /// The first of the pending steps that this program cannot work without.
    package var firstMissing: Step? { steps.first { $0.isPending && $0.isNeeded } }
    /// Whether this program can use the tables as they are.
    package var isUsable: Bool { problem == nil && firstMissing == nil }
}
