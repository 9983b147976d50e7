import ShrinkrBase
package import ShrinkrCore
package import ShrinkrStore

/// All stores in memory, simple enough to be seen to be right: for tests, which compare the others with it.
///
/// Being an actor whose methods never wait makes each of them one transaction.
package actor MemoryStore {
    // Links
    package nonisolated let codeCase: CodeCase
    package internal(set) var links: [StoredLink] = []
    var latestPosition: Int64 = 0
    // Access
    package internal(set) var idempotencyKeys: [[UInt8]: StoredReservation] = [:]
    package internal(set) var apiKeys: [String: APIKeyRecord] = [:]
    // Visitors
    var visitorKeys: [Int64: [UInt8]] = [:]
    // Statistics
    var ledger: [String: Set<Int64>] = [:]
    /// Clicks that are counted of frames that may be longer.
    var partialFrames: [String: [Int64: Int]] = [:]
    var tallies: [String: FrameTally] = [:]
    var accounts: [String: AnnouncedAccount] = [:]
    /// Journals whose accounts are in the sum, and the sum.
    var foldedJournals: Set<String> = []
    var folded: JournalLedger?
    /// Gaps by journal, with the time when they were first heard of.
    var gaps: [String: [ClosedRange<Int64>: Timestamp]] = [:]
    var counts: [ShortCode: LinkCounts] = [:]
    /// By link, or nil for all together, and hour.
    var visitors: [ShortCode?: [Int64: Set<VisitorHash>]] = [:]
    /// Of those that are forgotten.
    var visitorNumbers: [ShortCode?: [ReportPeriod: VisitorCount]] = [:]
    /// By journal and holder.
    var journals: [String: [String: JournalProgress]] = [:]
    // Workers
    var workers: [String: (frameVersion: Int, end: Timestamp)] = [:]
    /// By journal.
    var clicksOfStrangers: [String: Int] = [:]
    // Reports
    var periods: [ReportPeriod: PeriodState] = [:]

    package init(codeCase: CodeCase = .insensitive) {
        self.codeCase = codeCase
    }
}

extension MemoryStore: Store {
    package func close() {}
}

/// A link or what is left of it; its place in the store is its place in the order of creation.
package struct StoredLink {
    /// The live link; nil once it was deleted.
    var link: Link?
    /// The deleted link; nil before that, and once it was erased.
    var deleted: Link?
    let code: ShortCode
    /// Position of the newest change.
    var position: Int64
}

package struct StoredReservation {
    let reservation: IdempotencyReservation
    let reservedAt: Timestamp
    package internal(set) var answer: [UInt8]?
}

/// What is known of the report of one period.
struct PeriodState {
    var generation: Int64 = 0
    var reportedGeneration: Int64 = 0
    var claim: (generation: Int64, until: Timestamp)?
}
