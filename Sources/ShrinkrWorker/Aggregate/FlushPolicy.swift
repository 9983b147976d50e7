/// When held frames are flushed, and what happens when that fails.
package struct FlushPolicy: Hashable, Sendable {
    /// Longest time from a window's first frame to its flush.
    package var interval: Duration = .seconds(30)
    /// Clicks from which a window is flushed at once. The more clicks, the fewer rows are changed for each: a link's counter
    /// is changed once. A click is held in less than 200 bytes.
    package var maximumClicks = 250_000
    /// Bytes of messages from which a window is flushed at once.
    package var maximumBytes = 32 << 20
    /// Distinct counters from which a window is flushed at once: bounds the transaction, which changes each once. A click
    /// has eight of them, most of which it shares with others.
    package var maximumKeys = 400_000
    /// Messages from which a window is flushed at once. SQS lets 120,000 of a queue be in flight
    /// (SQS developer guide, "Message quotas"), and deletes 10 in a call.
    package var maximumFrames = 1_000
    /// Pause after a first failed flush; it doubles with each further failure.
    package var firstRetryDelay: Duration = .seconds(1)
    /// Longest pause between flushes that fail.
    package var maximumRetryDelay: Duration = .seconds(60)
    /// Failed flushes in a row after which the frames are given back to the queue. Far apart, because every time costs
    /// a message one of the receives after which its queue moves it to the dead-letter queue.
    package var maximumAttempts = 30
    /// For how long the queue hides a received message.
    package var visibilityTimeout: Duration = .seconds(120)

    package init() {}

    /// The pause after the given number of failures in a row, 1 or more.
    package func retryDelay(afterFailures failures: Int) -> Duration {
        let doublings = min(max(failures - 1, 0), 30)
        return min(firstRetryDelay * (1 << doublings), maximumRetryDelay)
    }
}
