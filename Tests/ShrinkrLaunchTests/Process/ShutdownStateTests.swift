import Testing

@testable import ShrinkrLaunch

@Suite struct ShutdownStateTests {
    @Test func servicesThatEndByThemselvesEndTheProgram() {
        var state = ShutdownState()
        #expect(state.next(.ended) == .finish)
        #expect(!state.isStopped && !state.isCutShort)
    }

    @Test func aSignalStopsInOrder() {
        var state = ShutdownState()
        #expect(state.next(.signal("SIGTERM")) == .stop(signal: "SIGTERM"))
        #expect(state.next(.ended) == .finish)
        #expect(state.isStopped && !state.isCutShort)
    }

    @Test func aSecondSignalCutsItShort() {
        var state = ShutdownState()
        _ = state.next(.signal("SIGTERM"))
        #expect(state.next(.signal("SIGINT")) == .cutShort(reason: "a second signal (SIGINT)"))
        #expect(state.isCutShort)
        // What comes then changes nothing.
        #expect(state.next(.signal("SIGINT")) == .none)
        #expect(state.next(.timeout) == .none)
        #expect(state.next(.ended) == .finish)
    }

    @Test func theTimeoutCutsItShort() {
        var state = ShutdownState()
        _ = state.next(.signal("SIGTERM"))
        #expect(state.next(.timeout) == .cutShort(reason: "the shutdown timeout"))
        #expect(state.next(.signal("SIGTERM")) == .none)
        #expect(state.isCutShort)
    }
}
