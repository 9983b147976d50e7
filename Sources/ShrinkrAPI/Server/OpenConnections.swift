import NIOCore
import Synchronization

/// The open connections, and since when each of them is idle.
final class OpenConnections: Sendable {
    /// One connection's place among all.
    final class Place: Sendable {
        /// When its last request was answered, in the event loops' time; nil while there is one.
        fileprivate var idleSince: NIODeadline? {
            let nanoseconds = since.load(ordering: .relaxed)
            return nanoseconds == Self.busy ? nil : .uptimeNanoseconds(nanoseconds)
        }

        fileprivate let channel: any Channel
        private let since: Atomic<UInt64>
        private static let busy = UInt64.max

        fileprivate init(channel: any Channel) {
            self.channel = channel
            since = Atomic(NIODeadline.now().uptimeNanoseconds)
        }

        func becameBusy() { since.store(Self.busy, ordering: .relaxed) }
        func becameIdle() { since.store(NIODeadline.now().uptimeNanoseconds, ordering: .relaxed) }
    }

    /// Asks a connection to close unless a request has just begun.
    struct MakeRoom: Sendable {}

    private let places = Mutex<[ObjectIdentifier: Place]>([:])

    var count: Int { places.withLock(\.count) }

    /// Takes up a connection; it leaves by itself when it closes.
    func enter(_ channel: any Channel) -> Place {
        let place = Place(channel: channel)
        let id = ObjectIdentifier(channel)
        places.withLock { $0[id] = place }
        channel.closeFuture.whenComplete { [self] _ in
            places.withLock { _ = $0.removeValue(forKey: id) }
        }
        return place
    }

    /// Asks up to `most` connections to close: those that have been idle longest, and for longer than `grace`.
    func makeRoom(most: Int, grace: TimeAmount) {
        let latest = NIODeadline.now() - grace
        let idle = places.withLock { places in
            places.values.compactMap { place in place.idleSince.map { (place, $0) } }
        }
        let longest = idle.filter { $0.1 <= latest }.sorted { $0.1 < $1.1 }.prefix(most)
        for (place, _) in longest { place.channel.pipeline.fireUserInboundEventTriggered(MakeRoom()) }
    }
}
