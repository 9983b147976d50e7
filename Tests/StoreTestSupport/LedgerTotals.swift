package import ShrinkrStore

/// What a store has counted of all journals.
package struct LedgerTotals: Hashable, Sendable {
    package var frames: Int
    package var counted: Int
    package var orphaned: Int

    package init(frames: Int = 0, counted: Int = 0, orphaned: Int = 0) {
        self.frames = frames
        self.counted = counted
        self.orphaned = orphaned
    }
}

extension StatsStore {
    /// The sums over ``journalLedgers()``; the frames of folded journals are not known any more.
    package func ledgerTotals() async throws -> LedgerTotals {
        try await journalLedgers().reduce(into: LedgerTotals()) { totals, ledger in
            totals.frames += ledger.held.reduce(0) { $0 + $1.count }
            totals.counted += ledger.counted
            totals.orphaned += ledger.orphaned
        }
    }
}
