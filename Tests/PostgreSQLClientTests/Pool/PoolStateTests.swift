#if PostgreSQL
@testable import PostgreSQLClient
import Testing

@Suite("PostgreSQL client: the pool's decisions", .timeLimit(.minutes(10)))
struct PoolStateTests {
    private let start = ContinuousClock.now
    private static let failure = PostgreSQLError.lost("refused")

    private func lookup() -> PoolRequest { PoolRequest(.lookup(PostgreSQLCall("SELECT 1")), waitLimit: .seconds(1)) }
    private func session(_ lane: PostgreSQLPool.Lane) -> PoolRequest {
        PoolRequest(.session(.write, lane: lane) { _ in }, waitLimit: .seconds(1))
    }

    /// A pool whose threads are all connected and at rest.
    private func rested(_ connections: Int) -> PoolState {
        var state = PoolState(connections: connections, waitLimit: .seconds(1))
        for worker in 0..<connections {
            // What makes a thread start is taken by it at once.
            _ = state.add(session(.prompt), now: start)
            _ = state.next(worker, now: start)
            _ = state.connected(worker)
            _ = state.next(worker, now: start)
            _ = state.finishSession(.prompt)
        }
        for worker in 0..<connections { _ = state.next(worker, now: start) }
        return state
    }

    private func isRest(_ turn: PoolState.Turn) -> Bool { if case .rest = turn { true } else { false } }
    private func isConnect(_ turn: PoolState.Turn) -> Bool { if case .connect = turn { true } else { false } }
    private func isSession(_ turn: PoolState.Turn) -> Bool { if case .session = turn { true } else { false } }
    private func count(_ turn: PoolState.Turn) -> Int? { if case .lookups(let all) = turn { all.count } else { nil } }

    @Test("Threads are started when they are needed, and no more than are allowed")
    func starts() {
        var state = PoolState(connections: 2, waitLimit: .seconds(1))
        #expect(state.add(session(.prompt), now: start).start == 0)
        #expect(state.add(session(.prompt), now: start).start == 1)
        let third = state.add(session(.prompt), now: start)
        #expect(third.start == nil && third.wake == nil && third.refusal == nil)
        #expect(isConnect(state.next(0, now: start)))
        _ = state.connected(0)
        #expect(isSession(state.next(0, now: start)))
    }

    @Test("A thread at rest is woken; all lookups that wait go in one pipeline of bounded length")
    func pipeline() {
        var state = rested(1)
        #expect(state.add(lookup(), now: start).wake == 0)
        for _ in 1..<PoolState.pipelineLength + 10 { #expect(state.add(lookup(), now: start).wake == nil) }
        #expect(count(state.next(0, now: start)) == PoolState.pipelineLength)
        #expect(count(state.next(0, now: start)) == 10)
        #expect(isRest(state.next(0, now: start)))
    }

    @Test("Two pipelines are usual; a lookup that waits for long gets another connection")
    func pipelines() {
        var state = rested(4)
        var busy = 0
        for _ in 0..<PoolState.usualPipelines {
            guard let worker = state.add(lookup(), now: start).wake else { continue }
            #expect(count(state.next(worker, now: start)) == 1)
            busy += 1
        }
        #expect(busy == PoolState.usualPipelines)
        let waiting = lookup()
        #expect(state.add(waiting, now: waiting.asked).wake == nil)
        #expect(state.keep(now: waiting.asked).help.wake == nil)
        let late = waiting.asked + PoolState.lookupPatience * 2
        let keeping = state.keep(now: late)
        #expect(keeping.expired.isEmpty)
        let turn = keeping.help.wake.map { state.next($0, now: late) }
        #expect(turn.flatMap(count) == 1)
    }

    @Test("Bulk work has half of the connections")
    func bulk() {
        var state = rested(4)
        for index in 0..<4 {
            let worker = state.add(session(.bulk), now: start).wake
            #expect((worker != nil) == (index < 2))
            if let worker { #expect(isSession(state.next(worker, now: start))) }
        }
        #expect(state.add(session(.prompt), now: start).wake != nil)
        #expect(state.finishSession(.bulk) != nil)
    }

    @Test("Sessions leave one connection to lookups")
    func sessions() {
        var state = rested(2)
        let worker = state.add(session(.prompt), now: start).wake
        if let worker { #expect(isSession(state.next(worker, now: start))) }
        #expect(state.add(session(.prompt), now: start).wake == nil)
        #expect(state.add(lookup(), now: start).wake == worker.map { 1 - $0 })
    }

    @Test("Requests end with their wait; the keeper looks again when the next one ends")
    func expiry() {
        var state = PoolState(connections: 1, waitLimit: .seconds(1))
        let request = session(.prompt)
        #expect(state.add(request, now: start).wakesKeeper)
        #expect(!state.add(session(.bulk), now: start).wakesKeeper)
        let early = state.keep(now: request.waitEnds - .milliseconds(500))
        #expect(early.expired.isEmpty)
        #expect(early.next == request.waitEnds)
        let late = state.keep(now: request.waitEnds + .seconds(5))
        #expect(late.expired.count == 2)
        #expect(late.next == nil)
        #expect(state.add(session(.prompt), now: start).wakesKeeper)
    }

    @Test("More requests than may wait are refused")
    func tooMany() {
        var state = PoolState(connections: 1, waitLimit: .seconds(1))
        for _ in 0..<PoolState.maximumWaiting { _ = state.add(lookup(), now: start) }
        #expect(state.add(lookup(), now: start).refusal?.kind == .unavailable)
    }

    @Test("Where the first attempts to connect all fail, calls fail at once, and one thread tries again later")
    func neverConnected() {
        var state = PoolState(connections: 2, waitLimit: .seconds(1))
        _ = state.add(session(.prompt), now: start)
        _ = state.add(session(.prompt), now: start)
        #expect(isConnect(state.next(0, now: start)))
        #expect(isConnect(state.next(1, now: start)))
        let retry = start + .milliseconds(100)
        #expect(state.connectFailed(0, Self.failure, retryAt: retry, now: start).isEmpty)
        #expect(state.connectFailed(1, Self.failure, retryAt: retry, now: start).count == 2)
        #expect(state.add(session(.prompt), now: start).refusal == Self.failure)
        #expect(isRest(state.next(1, now: start)))
        guard case .backOff(retry) = state.next(0, now: start) else {
            Issue.record("The thread does not try again")
            return
        }
        #expect(isConnect(state.next(0, now: retry)))
        let (wasOutage, wake) = state.connected(0)
        #expect(wasOutage && wake == [1])
        #expect(state.add(session(.prompt), now: retry).refusal == nil)
    }

    @Test("A short outage is waited for, a longer one refuses calls at once")
    func outage() {
        var state = rested(1)
        let wakesKeeper = state.disconnected(0, Self.failure, now: start)
        #expect(!wakesKeeper)
        #expect(state.add(session(.prompt), now: start).refusal == nil)
        #expect(isConnect(state.next(0, now: start)))
        let soon = start + .milliseconds(500)
        #expect(state.connectFailed(0, Self.failure, retryAt: soon, now: soon).isEmpty)
        let late = start + .seconds(2)
        #expect(state.add(session(.prompt), now: late).refusal == Self.failure)
        #expect(state.connectFailed(0, Self.failure, retryAt: late, now: late).count == 1)
    }

    @Test("A failed attempt is no outage while there is another connection")
    func partial() {
        var state = rested(2)
        _ = state.disconnected(1, Self.failure, now: start)
        #expect(isRest(state.next(1, now: start)))
        #expect(state.connectFailed(1, Self.failure, retryAt: start, now: start + .seconds(9)).isEmpty)
        #expect(state.add(session(.prompt), now: start + .seconds(9)).wake == 0)
    }

    @Test("A closed pool stops its threads and refuses calls")
    func close() {
        var state = rested(1)
        _ = state.add(session(.prompt), now: start)
        #expect(state.close().count == 1)
        #expect(state.add(lookup(), now: start).refusal == PoolState.closedError)
        #expect(!state.hasEnded)
        guard case .stop = state.next(0, now: start) else {
            Issue.record("The thread does not stop")
            return
        }
        state.endedThread()
        #expect(state.hasEnded)
    }
}

@Suite("PostgreSQL client: trying again", .timeLimit(.minutes(10)))
struct RetryTests {
    @Test("Conflicts and lost connections are tried again, a bounded number of times and for a bounded time")
    func rule() {
        let conflict = PostgreSQLError(.retryable, "", sqlState: "40P01")
        let lost = PostgreSQLError.lost("")
        func delay(_ error: PostgreSQLError, attempts: Int = 1, elapsed: Duration = .zero) -> Duration? {
            RetryRule().delay(after: error, attempts: attempts, elapsed: elapsed, random: 0.5)
        }
        #expect(delay(conflict) == .milliseconds(5))
        #expect(delay(conflict, attempts: 2) == .milliseconds(10))
        #expect(delay(conflict, attempts: RetryRule().maximumAttempts) == nil)
        #expect(delay(conflict, elapsed: RetryRule().timeLimit) == nil)
        #expect(delay(lost) == .zero)
        #expect(delay(lost.with(.outcomeUnknown)) == nil)
        #expect(delay(PostgreSQLError(.unavailable, "", sqlState: "57014")) == nil)
        #expect(delay(PostgreSQLError(.unique, "", sqlState: "23505")) == nil)
    }

    @Test("Waits before attempts to connect double up to a limit, and begin anew after a success")
    func backoff() {
        var backoff = Backoff(base: .milliseconds(100), maximum: .seconds(1))
        let waits = (0..<6).map { _ in backoff.next(random: 0) }
        #expect(waits == [50, 100, 200, 400, 500, 500].map { .milliseconds($0) })
        backoff.reset()
        #expect(backoff.next(random: 0.5) == .milliseconds(75))
    }

    @Test("A queue keeps its order through all that is done with it")
    func queue() {
        var queue = FIFO<Int>()
        var model: [Int] = []
        var generator = SystemRandomNumberGenerator()
        for number in 0..<5_000 {
            switch UInt8.random(in: 0..<8, using: &generator) {
            case 0..<4:
                queue.append(number)
                model.append(number)
            case 4:
                queue.prepend(number)
                model.insert(number, at: 0)
            case 5 where number % 40 == 0:
                let taken = queue.removeAll { $0 % 3 == 0 }
                #expect(taken == model.filter { $0 % 3 == 0 })
                model.removeAll { $0 % 3 == 0 }
            default:
                let first = queue.popFirst()
                #expect(first == (model.isEmpty ? nil : model.removeFirst()))
            }
            #expect(queue.count == model.count && queue.first == model.first)
        }
        #expect(Array(queue.all) == model)
        let rest = queue.removeAll()
        #expect(rest == model)
        #expect(queue.isEmpty)
    }
}
#endif
