/// Where workers say which frames they read, and APIs see what that comes to. Every method may throw ``StoreError``.
///
/// Times are those of the store's own clock: that of its server, or of the machine where it has none.
package protocol WorkerVersionStore: Sendable {
    /// Says that a worker lives, and is to be taken for alive for `duration` from now. Workers whose time is over are
    /// forgotten.
    func announceWorker(_ worker: WorkerAnnouncement, for duration: Duration) async throws

    /// Says that a worker receives nothing any more.
    func withdrawWorker(_ id: String) async throws

    /// The newest version that each worker reads which is alive, as far as workers say so: those of releases that know of
    /// version 1 alone say nothing.
    func workerVersions() async throws -> [Int]

    /// What is counted of some journals.
    ///
    /// - Returns: nothing for a journal of which nothing is counted.
    // text: a journal's name is a UUID.
    func counting(of journals: [String]) async throws -> [String: JournalCounting]
}

/// What a worker says of itself.
package struct WorkerAnnouncement: Hashable, Sendable {
    /// A UUID, new for each start.
    package let id: String
    /// The newest version of frames that the worker reads. It reads all before that.
    package let frameVersion: Int

    package init(id: String, frameVersion: Int) {
        self.id = id
        self.frameVersion = frameVersion
    }
}

/// How far the frames of a journal are counted, and by whom.
package struct JournalCounting: Hashable, Sendable {
    /// The frames that are counted, be it only their beginning, as ranges in order.
    package var ranges: [ClosedRange<Int64>]
    /// How many clicks are counted of those frames that may be longer.
    package var partialFrames: [Int64: Int]
    /// Clicks that were counted by workers that do not say what they read.
    package var clicksOfStrangers: Int

    package init(
        ranges: [ClosedRange<Int64>] = [], partialFrames: [Int64: Int] = [:], clicksOfStrangers: Int = 0
    ) {
        self.ranges = ranges
        self.partialFrames = partialFrames
        self.clicksOfStrangers = clicksOfStrangers
    }

    /// Whether so many clicks of a frame are counted.
    ///
    /// - Parameter isPartial: whether the frame may be longer; else it must be counted as a whole.
    package func holds(_ number: Int64, clicks: Int, isPartial: Bool) -> Bool {
        guard ranges.contains(where: { $0.contains(number) }) else { return false }
        guard let counted = partialFrames[number] else { return true }
        return isPartial && counted >= clicks
    }
}
