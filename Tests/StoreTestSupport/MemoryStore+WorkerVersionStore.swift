import ShrinkrBase
package import ShrinkrStore

extension MemoryStore: WorkerVersionStore {
    package func announceWorker(_ worker: WorkerAnnouncement, for duration: Duration) {
        workers[worker.id] = (worker.frameVersion, WallClock.system.now().advanced(by: duration))
        forgetWorkers()
    }

    package func withdrawWorker(_ id: String) { workers[id] = nil }

    package func workerVersions() -> [Int] {
        forgetWorkers()
        return workers.values.map(\.frameVersion).sorted()
    }

    private func forgetWorkers() {
        let now = WallClock.system.now()
        workers = workers.filter { $0.value.end > now }
    }

    package func counting(of journals: [String]) -> [String: JournalCounting] {
        var countings: [String: JournalCounting] = [:]
        for journal in journals {
            guard let frames = ledger[journal], !frames.isEmpty else { continue }
            countings[journal] = JournalCounting(
                ranges: frames.sorted().map { $0...$0 }, partialFrames: partialFrames[journal] ?? [:],
                clicksOfStrangers: clicksOfStrangers[journal] ?? 0)
        }
        return countings
    }

    /// Lets a worker that says nothing of itself have counted clicks of a journal.
    package func addClicksOfStrangers(_ clicks: Int, of journal: String) {
        clicksOfStrangers[journal, default: 0] += clicks
    }
}
