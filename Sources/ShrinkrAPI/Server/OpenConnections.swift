import NIOCore
import Synchronization

/// The open connections: whose they are, and since when each of them keeps its place without need.
final class OpenConnections: Sendable {
    /// Asks a connection to close unless a request has just begun, or its client takes its answers after all.
    struct CloseIfIdle: Sendable {}

    /// A connection is not idle before this time: its first request is on its way.
    static let idleGrace = TimeAmount.seconds(1)
    /// Answers that wait for their client for so long keep a place from others. Shorter than the 5 seconds after which a
    /// load balancer gives a health check up.
    static let stallGrace = TimeAmount.seconds(2)
    /// Most connections that a client loses at once in favour of a new one of its own.
    private static let atOnce = 16

    private struct Entry {
        let place: Place
        let client: ClientConnectionLimit.Client?
    }

    private struct State {
        var entries: [ObjectIdentifier: Entry] = [:]
        var clients: [ClientConnectionLimit.Client: Set<ObjectIdentifier>] = [:]
    }

    private let limit: ClientConnectionLimit?
    private let onRefusal: @Sendable (ClientConnectionLimit.Allowance) -> Void
    private let state = Mutex(State())
    private let refusals = Atomic(0)

    /// - Parameters:
    ///   - limit: How many connections one client may have; nil for as many as it likes.
    ///   - onRefusal: Hears of each connection that was refused.
    init(
        limit: ClientConnectionLimit? = nil,
        onRefusal: @escaping @Sendable (ClientConnectionLimit.Allowance) -> Void = { _ in }
    ) {
        self.limit = limit
        self.onRefusal = onRefusal
    }

    var count: Int { state.withLock(\.entries.count) }

    /// How many connections were refused because their clients had as many as they may.
    var refused: Int { refusals.load(ordering: .relaxed) }

    /// Takes up a connection from `address`; it leaves by itself when it closes.
    ///
    /// A client that has more than it may loses connections that it does not need; where there is none, the new one.
    func enter(_ channel: any Channel, from address: SocketAddress?) -> Place {
        let place = Place(channel: channel)
        let id = ObjectIdentifier(channel)
        let allowance = limit?.allowance(of: address)
        let own = state.withLock { state in
            state.entries[id] = Entry(place: place, client: allowance?.client)
            guard let allowance else { return 0 }
            state.clients[allowance.client, default: []].insert(id)
            return state.clients[allowance.client]?.count ?? 0
        }
        channel.closeFuture.whenComplete { [self] _ in leave(id) }
        if let allowance, own > allowance.most, closeIdle(of: allowance.client) == 0, allowance.isStrict {
            refusals.add(1, ordering: .relaxed)
            onRefusal(allowance)
            channel.eventLoop.execute { channel.close(promise: nil) }
        }
        return place
    }

    /// Whether the client has closed its side of the connection, or all of it.
    func hasLeft(_ channel: any Channel) -> Bool {
        let place = state.withLock { $0.entries[ObjectIdentifier(channel)]?.place }
        return place?.hasLeft ?? !channel.isActive
    }

    /// Asks up to `most` connections to close: those that have kept their place without need for longest.
    func closeIdle(most: Int) {
        let places = state.withLock { $0.entries.values.map(\.place) }
        _ = close(places, most: most)
    }

    private func closeIdle(of client: ClientConnectionLimit.Client) -> Int {
        let places = state.withLock { state in
            (state.clients[client] ?? []).compactMap { state.entries[$0]?.place }
        }
        return close(places, most: Self.atOnce)
    }

    /// - Returns: how many were asked to close.
    private func close(_ places: [Place], most: Int) -> Int {
        let now = NIODeadline.now()
        let needless = places.compactMap { place in place.needlessSince(at: now).map { (place, $0) } }
        let longest = needless.sorted { $0.1 < $1.1 }.prefix(most)
        for (place, _) in longest { place.channel.pipeline.fireUserInboundEventTriggered(CloseIfIdle()) }
        return longest.count
    }

    private func leave(_ id: ObjectIdentifier) {
        state.withLock { state in
            guard let client = state.entries.removeValue(forKey: id)?.client else { return }
            state.clients[client]?.remove(id)
            if state.clients[client]?.isEmpty == true { state.clients[client] = nil }
        }
    }
}

extension OpenConnections {
    /// One connection's place among all.
    final class Place: Sendable {
        fileprivate let channel: any Channel
        /// When its last request was answered, in the event loops' time; `never` while there is one.
        private let idleSince: Atomic<UInt64>
        /// Since when answers wait for the client to take them; `never` while none do.
        private let stalledSince = Atomic(Place.never)
        private let left = Atomic(false)
        private static let never = UInt64.max

        fileprivate init(channel: any Channel) {
            self.channel = channel
            idleSince = Atomic(NIODeadline.now().uptimeNanoseconds)
        }

        /// Whether the client has closed its side of the connection.
        fileprivate var hasLeft: Bool { left.load(ordering: .relaxed) }

        func becameBusy() { idleSince.store(Self.never, ordering: .relaxed) }
        func becameIdle(at time: NIODeadline = .now()) { idleSince.store(time.uptimeNanoseconds, ordering: .relaxed) }
        func becameStalled() { stalledSince.store(NIODeadline.now().uptimeNanoseconds, ordering: .relaxed) }
        func becameFluent() { stalledSince.store(Self.never, ordering: .relaxed) }
        func clientLeft() { left.store(true, ordering: .relaxed) }

        /// Since when the connection keeps its place without need; nil where it needs it, or has for a moment.
        fileprivate func needlessSince(at now: NIODeadline) -> NIODeadline? {
            [
                time(stalledSince, longerThan: OpenConnections.stallGrace, at: now),
                time(idleSince, longerThan: OpenConnections.idleGrace, at: now),
            ].compactMap(\.self).min()
        }

        private func time(
            _ since: borrowing Atomic<UInt64>, longerThan grace: TimeAmount, at now: NIODeadline
        ) -> NIODeadline? {
            let nanoseconds = since.load(ordering: .relaxed)
            guard nanoseconds != Self.never else { return nil }
            let time = NIODeadline.uptimeNanoseconds(nanoseconds)
            return time <= now - grace ? time : nil
        }
    }
}
