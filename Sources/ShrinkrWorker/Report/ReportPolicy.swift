/// How reports are written.
package struct ReportPolicy: Hashable, Sendable {
    /// Pause between two rounds. Each round writes every report whose numbers have changed.
    package var interval: Duration = .seconds(60)
    /// For how long a round claims one report, so that no other worker writes it at the same time.
    package var claimDuration: Duration = .seconds(300)
    /// Longest time for making and writing one report; less than the claim, so that an old report cannot overwrite the
    /// one that the claim's next owner wrote.
    package var deadline: Duration = .seconds(240)
    /// Lines that are read from the store at once.
    package var linesPerPage = 500
    /// Most compressed bytes of one report, which is in memory while it is made.
    package var maximumBytes = 64 << 20
    /// Most reports of one round.
    package var reportsPerRound = 1_000
    /// Failures in a row after which a round ends: the sink or the store does not work.
    package var failuresPerRound = 3

    package init() {}

    /// Sets the interval, and with it how long a worker that was killed holds up the report that it was writing: some
    /// intervals, at least a minute and at most the default.
    package mutating func write(every interval: Duration) {
        self.interval = interval
        claimDuration = min(max(interval * 5, .seconds(60)), Self().claimDuration)
        deadline = claimDuration * 4 / 5
    }
}
