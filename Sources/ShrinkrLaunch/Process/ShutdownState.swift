/// What a signal, the shutdown timeout and the end of the services mean. Pure.
struct ShutdownState {
    enum Event: Equatable, Sendable {
        /// A signal that asks the program to end, by its name.
        case signal(String)
        /// The time for an orderly end is over.
        case timeout
        /// All services have ended.
        case ended
    }

    enum Action: Equatable {
        case none
        /// Let the services stop in order, and begin to count the time.
        case stop(signal: String)
        /// Cancel what still runs.
        case cutShort(reason: String)
        /// There is nothing left to wait for.
        case finish
    }

    private enum Phase {
        case running, stopping, cutShort
    }

    private var phase = Phase.running

    /// Whether a signal came.
    var isStopped: Bool { phase != .running }

    /// Whether the services were not given the time to end in order.
    var isCutShort: Bool { phase == .cutShort }

    mutating func next(_ event: Event) -> Action {
        switch (phase, event) {
        case (_, .ended):
            return .finish
        case (.running, .signal(let signal)):
            phase = .stopping
            return .stop(signal: signal)
        case (.stopping, .signal(let signal)):
            phase = .cutShort
            return .cutShort(reason: "a second signal (\(signal))")
        case (.stopping, .timeout):
            phase = .cutShort
            return .cutShort(reason: "the shutdown timeout")
        case (.running, .timeout), (.cutShort, _):
            return .none
        }
    }
}
