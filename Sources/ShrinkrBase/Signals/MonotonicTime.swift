/// A clock that only goes forward, read as the duration since this value was made.
///
/// Hides the clock's type, so that production passes `ContinuousClock` and a test one that it moves by hand.
package struct MonotonicTime: Sendable {
    /// The present instant.
    package let now: @Sendable () -> Duration
    private let sleeper: @Sendable (Duration) async throws -> Void

    package init(_ clock: some Clock<Duration>) {
        let start = clock.now
        now = { start.duration(to: clock.now) }
        sleeper = { try await clock.sleep(for: $0) }
    }

    /// Waits for `duration`; throws `CancellationError` when the task is cancelled meanwhile.
    package func sleep(for duration: Duration) async throws {
        try await sleeper(duration)
    }

    /// Waits for a pulse after `generation`, until `end` at the latest, or until the task is cancelled.
    ///
    /// - Parameter end: an instant of this clock; nil waits for the pulse alone.
    package func wait(for pulse: ChangeSignal, after generation: UInt64, until end: Duration?) async {
        guard let end else { return await pulse.wait(after: generation) }
        let rest = end - now()
        guard rest > .zero else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await sleep(for: rest) }
            group.addTask { await pulse.wait(after: generation) }
            await group.next()
            group.cancelAll()
        }
    }
}
