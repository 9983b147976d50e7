import ShrinkrCore

/// All stores in memory, simple enough to be seen to be right: for tests, which compare the others with it.
///
/// Being an actor whose methods never wait makes each of them one transaction.
package actor MemoryStore {
    // Links
    var links: [StoredLink] = []
    var latestPosition: Int64 = 0
    // Access
    var idempotencyKeys: [[UInt8]: StoredReservation] = [:]
    var apiKeys: [String: APIKeyRecord] = [:]
    // Statistics
    var ledger: [String: Set<Int64>] = [:]
    var totals = LedgerTotals()
    var tallies: [String: FrameTally] = [:]
    var accounts: [String: (account: JournalAccount, announcedAt: Timestamp)] = [:]
    /// Gaps by journal, with the time when they were first heard of.
    var gaps: [String: [ClosedRange<Int64>: Timestamp]] = [:]
    var counts: [ShortCode: LinkCounts] = [:]
    var visitorCounts: [ShortCode?: [ReportPeriod: Int]] = [:]
    var dayVisitors: Set<VisitorKey> = []
    var journals: [String: JournalProgress] = [:]
    // Reports
    var periods: [ReportPeriod: PeriodState] = [:]

    package init() {}
}

/// A link or what is left of it; its place in the store is its place in the order of creation.
struct StoredLink {
    /// The live link; nil once it was deleted.
    var link: Link?
    /// The deleted link; nil before that, and once it was erased.
    var deleted: Link?
    let code: ShortCode
    /// Position of the newest change.
    var position: Int64
}

struct StoredReservation {
    let reservation: IdempotencyReservation
    let reservedAt: Timestamp
    var answer: [UInt8]?
}

/// What is known of the report of one period.
struct PeriodState {
    var generation: Int64 = 0
    var reportedGeneration: Int64 = 0
    var claim: (generation: Int64, until: Timestamp)?
}
