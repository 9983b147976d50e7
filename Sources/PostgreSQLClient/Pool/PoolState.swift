#if PostgreSQL
/// Who waits and who is free: the pool's decisions, without threads, clocks or sockets.
struct PoolState {
    /// One of the pool's threads, by its place in the order of their beginnings.
    typealias Worker = Int

    /// What a thread does next.
    enum Turn {
        /// Connect, because there is something to do.
        case connect
        /// Wait until this instant, and ask again: an attempt to connect has failed before.
        case backOff(until: ContinuousClock.Instant)
        /// Statements for one pipeline.
        case lookups([PoolRequest])
        case session(PoolRequest)
        /// Wait until it is woken.
        case rest
        /// End.
        case stop
    }

    /// What a new request leads to.
    struct Admission {
        /// Why it is not taken on.
        var refusal: PostgreSQLError?
        /// A thread that rests, and can take it.
        var wake: Worker?
        /// A thread that has to be started.
        var start: Worker?
        /// Whether nobody looks after the requests' time yet.
        var wakesKeeper = false
    }

    /// The time without any connection.
    private struct Outage {
        let since: ContinuousClock.Instant
        var error: PostgreSQLError
        /// Whether all who tried to connect have failed.
        var isCertain = false
        /// The one thread that tries to connect.
        var prober: Worker?
    }

    /// Most statements of a pipeline.
    static let pipelineLength = 64
    /// Connections that run pipelines of lookups at a time, unless one waits for longer than ``lookupPatience``. Fewer
    /// and fuller pipelines cost less: two did 1.7 times as many lookups as eight (64 tasks, 2 cores).
    static let usualPipelines = 2
    static let lookupPatience: Duration = .milliseconds(10)
    /// Most requests that wait; further ones fail at once.
    static let maximumWaiting = 10_000
    /// The shortest time between two looks for requests that have waited for too long.
    static let keeperInterval: Duration = .milliseconds(20)

    private let connections: Int
    private let bulkLimit: Int
    /// Sessions can wait for locks; lookups cannot, and have a connection that sessions leave alone.
    private let sessionLimit: Int
    private let waitLimit: Duration
    private var lookups = FIFO<PoolRequest>()
    private var prompt = FIFO<PoolRequest>()
    private var bulk = FIFO<PoolRequest>()
    private var started = 0
    /// Threads that could not be started.
    private var spare: [Worker] = []
    private var ended = 0
    private var isConnected: Set<Worker> = []
    private var connecting: Set<Worker> = []
    /// Threads that rest; who rested last is woken first.
    private var resting: [Worker] = []
    private var sessionsRunning = 0
    private var bulkRunning = 0
    /// Threads that run a pipeline of lookups.
    private var lookingUp: Set<Worker> = []
    private var outage: Outage?
    private var everConnected = false
    /// What the server said when it refused the password; nil where it took it last, or was never asked.
    private(set) var refusedPassword: PostgreSQLError?
    private var connectNotBefore: ContinuousClock.Instant?
    /// Whether the keeper waits until it is woken, not for a request's end.
    private var keeperRests = true
    private(set) var isClosed = false

    init(connections: Int, waitLimit: Duration) {
        self.connections = max(1, connections)
        bulkLimit = max(1, connections / 2)
        sessionLimit = max(1, connections - 1)
        self.waitLimit = waitLimit
    }

    var isEmpty: Bool { lookups.isEmpty && prompt.isEmpty && bulk.isEmpty }
    var hasEnded: Bool { isClosed && ended + spare.count == started }
    static let closedError = PostgreSQLError(.unavailable, "the pool of connections was closed")
}

// MARK: - Requests

extension PoolState {
    mutating func add(_ request: PoolRequest, now: ContinuousClock.Instant) -> Admission {
        if isClosed { return Admission(refusal: Self.closedError) }
        if let error = refusal(now: now) { return Admission(refusal: error) }
        guard lookups.count + prompt.count + bulk.count < Self.maximumWaiting else {
            return Admission(refusal: PostgreSQLError(.unavailable, "too many requests wait for PostgreSQL"))
        }
        switch request.task {
        case .lookup: lookups.append(request)
        case .session: request.lane == .bulk ? bulk.append(request) : prompt.append(request)
        }
        return admission(request, now)
    }

    private mutating func admission(_ request: PoolRequest, _ now: ContinuousClock.Instant) -> Admission {
        var admission = Admission()
        let mayRun =
            switch request.task {
            case .lookup: mayLookUp(now: now)
            case .session: mayRun(request.lane)
            }
        if mayRun { findHelp(&admission) }
        if let worker = admission.wake, isConnected.contains(worker) { return admission }
        admission.wakesKeeper = keeperRests
        keeperRests = false
        return admission
    }

    /// Puts a request that is to be tried again in front of the others.
    mutating func putBack(_ request: PoolRequest, now: ContinuousClock.Instant) -> Admission {
        if isClosed { return Admission(refusal: Self.closedError) }
        switch request.task {
        case .lookup: lookups.prepend(request)
        case .session: request.lane == .bulk ? bulk.prepend(request) : prompt.prepend(request)
        }
        return admission(request, now)
    }

    /// What is done for those that wait.
    struct Keeping {
        /// They have waited for too long.
        var expired: [PoolRequest] = []
        var help = Admission()
        /// When to look again; nil where nobody waits.
        var next: ContinuousClock.Instant?
    }

    /// Takes out those that have waited for too long, and finds another connection for lookups that wait for slow ones.
    mutating func keep(now: ContinuousClock.Instant) -> Keeping {
        var keeping = Keeping()
        func take(_ queue: inout FIFO<PoolRequest>) {
            keeping.expired += queue.removeAll { $0.waitEnds <= now }
            for request in queue.all { keeping.next = min(keeping.next ?? request.waitEnds, request.waitEnds) }
        }
        take(&lookups)
        take(&prompt)
        take(&bulk)
        if !lookups.isEmpty {
            if mayLookUp(now: now) { findHelp(&keeping.help) }
            keeping.next = now + Self.keeperInterval
        }
        keeperRests = keeping.next == nil
        keeping.next = keeping.next.map { max($0, now + Self.keeperInterval) }
        return keeping
    }

    /// Whether another connection may take lookups.
    private func mayLookUp(now: ContinuousClock.Instant) -> Bool {
        guard let first = lookups.first else { return false }
        return lookingUp.count < Self.usualPipelines || now - first.asked > Self.lookupPatience
    }

    /// Why a request that waited for too long did so.
    var expiry: PostgreSQLError {
        if isConnected.isEmpty {
            return outage?.error ?? PostgreSQLError(.unavailable, "PostgreSQL took no connection in time")
        }
        return PostgreSQLError(.unavailable, "all connections to PostgreSQL were busy for too long")
    }

    /// Ends the pool; returns those that wait in vain.
    mutating func close() -> [PoolRequest] {
        isClosed = true
        return lookups.removeAll() + prompt.removeAll() + bulk.removeAll()
    }

    /// Finds a thread that can take what has just come.
    private mutating func findHelp(_ admission: inout Admission) {
        if let place = resting.lastIndex(where: { isConnected.contains($0) }) {
            admission.wake = resting.remove(at: place)
        } else if isConnected.isEmpty, outage?.prober != nil {
            return
        } else if let worker = resting.popLast() {
            admission.wake = worker
        } else if let worker = spare.popLast() {
            admission.start = worker
        } else if started < connections {
            admission.start = started
            started += 1
        }
    }

    /// Why nothing is taken on: there has been no connection for longer than anyone waits, or there never was one.
    private func refusal(now: ContinuousClock.Instant) -> PostgreSQLError? {
        guard isConnected.isEmpty, let outage else { return nil }
        let isKnown = everConnected ? now - outage.since >= waitLimit : outage.isCertain
        return isKnown ? outage.error : nil
    }
}

// MARK: - Threads

extension PoolState {
    /// What a thread that has finished its turn does next.
    mutating func next(_ worker: Worker, now: ContinuousClock.Instant) -> Turn {
        if isClosed { return .stop }
        resting.removeAll { $0 == worker }
        lookingUp.remove(worker)
        guard isConnected.contains(worker) else { return nextUnconnected(worker, now: now) }
        guard let queue = eldest(now: now) else {
            resting.append(worker)
            return .rest
        }
        switch queue {
        case .lookups:
            var batch: [PoolRequest] = []
            while batch.count < Self.pipelineLength, let request = lookups.popFirst() { batch.append(request) }
            lookingUp.insert(worker)
            return .lookups(batch)
        case .prompt:
            sessionsRunning += 1
            return prompt.popFirst().map { .session($0) } ?? .rest
        case .bulk:
            sessionsRunning += 1
            bulkRunning += 1
            return bulk.popFirst().map { .session($0) } ?? .rest
        }
    }

    /// Whether a session of the lane may begin.
    private func mayRun(_ lane: PostgreSQLPool.Lane) -> Bool {
        sessionsRunning < sessionLimit && (lane == .prompt || bulkRunning < bulkLimit)
    }

    private enum Queue { case lookups, prompt, bulk }

    /// The queue whose first has waited longest, among those that may have a turn.
    private func eldest(now: ContinuousClock.Instant) -> Queue? {
        let firsts: [(Queue, PoolRequest?)] = [
            (.lookups, mayLookUp(now: now) ? lookups.first : nil), (.prompt, mayRun(.prompt) ? prompt.first : nil),
            (.bulk, mayRun(.bulk) ? bulk.first : nil),
        ]
        return firsts.compactMap { queue, first in first.map { (queue, $0.asked) } }.min { $0.1 < $1.1 }?.0
    }

    private mutating func nextUnconnected(_ worker: Worker, now: ContinuousClock.Instant) -> Turn {
        if outage != nil, isConnected.isEmpty {
            // One thread tries until there is a server again, whether anybody asks or not.
            if outage?.prober == nil { outage?.prober = worker }
            guard outage?.prober == worker else {
                resting.append(worker)
                return .rest
            }
        } else if eldest(now: now) == nil {
            resting.append(worker)
            return .rest
        }
        if let connectNotBefore, now < connectNotBefore { return .backOff(until: connectNotBefore) }
        connecting.insert(worker)
        return .connect
    }

    /// Notes that a session is done.
    ///
    /// - Returns: another thread that can take the next.
    mutating func finishSession(_ lane: PostgreSQLPool.Lane) -> Worker? {
        sessionsRunning -= 1
        if lane == .bulk { bulkRunning -= 1 }
        guard !prompt.isEmpty || !bulk.isEmpty, let place = resting.lastIndex(where: { isConnected.contains($0) })
        else { return nil }
        return resting.remove(at: place)
    }

    /// - Returns: threads that may connect as well now.
    mutating func connected(_ worker: Worker) -> (wasOutage: Bool, wake: [Worker]) {
        connecting.remove(worker)
        isConnected.insert(worker)
        everConnected = true
        refusedPassword = nil
        connectNotBefore = nil
        guard outage != nil else { return (false, []) }
        outage = nil
        defer { resting = [] }
        return (true, resting)
    }

    /// - Returns: those that wait in vain.
    mutating func connectFailed(
        _ worker: Worker, _ error: PostgreSQLError, retryAt: ContinuousClock.Instant, now: ContinuousClock.Instant
    ) -> [PoolRequest] {
        connecting.remove(worker)
        connectNotBefore = retryAt
        _ = noteRefusedPassword(error)
        guard isConnected.isEmpty else { return [] }
        if outage == nil { outage = Outage(since: now, error: error, prober: worker) }
        outage?.error = error
        if connecting.isEmpty { outage?.isCertain = true }
        guard refusal(now: now) != nil else { return [] }
        return lookups.removeAll() + prompt.removeAll() + bulk.removeAll()
    }

    /// - Returns: whether the server refuses the password, and did not before.
    mutating func noteRefusedPassword(_ error: PostgreSQLError) -> Bool {
        guard error.refusesPassword else { return false }
        defer { refusedPassword = error }
        return refusedPassword == nil
    }

    /// A connection is no more; `error` where it was lost, nil where the thread itself ended it.
    ///
    /// - Returns: whether somebody has to look after the time of those that wait.
    mutating func disconnected(_ worker: Worker, _ error: PostgreSQLError?, now: ContinuousClock.Instant) -> Bool {
        isConnected.remove(worker)
        if let error, isConnected.isEmpty, outage == nil { outage = Outage(since: now, error: error, prober: worker) }
        guard !isEmpty, keeperRests else { return false }
        keeperRests = false
        return true
    }

    mutating func notStarted(_ worker: Worker) { spare.append(worker) }
    mutating func endedThread() { ended += 1 }
}
#endif
