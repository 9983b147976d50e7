import FoundationEssentials

/// The reads whose cost grows with the data, in two classes: a list must not wait for all the searches before it.
struct BoundedReads: Sendable {
    /// Searches and statistics, which may look at every row: one of them keeps a core busy, and one core stays free
    /// where there are two.
    let searches: CostlyReads
    /// Lists in the order of creation, which are quick unless most of what they pass over is deleted.
    let lists: CostlyReads

    /// - Parameter timeout: How long a read may take, its wait included.
    init(timeout: Duration, connections: OpenConnections) {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        searches = CostlyReads(
            .init(running: max(1, min(2, cores - 1)), waiting: 16, deadline: timeout), connections: connections)
        lists = CostlyReads(.init(running: 2, waiting: 64, deadline: timeout), connections: connections)
    }
}
