import Glibc
import NIOCore
import NIOPosix
import ShrinkrBase
import Synchronization

/// Whether the program at the other end of a loopback connection runs as our own user.
///
/// A proxy on this machine that says nothing of itself looks like the machine's owner, but it hardly ever runs as ours.
/// Root's connections are ours only if we are root: what runs as root beside a service with a user of its own may well be
/// such a proxy.
final class ConnectionOwners: Sendable {
    /// What one connection turned out to be.
    private let known = Mutex<[ObjectIdentifier: Bool]>([:])
    private let user: UInt32
    private let folder: String

    /// - Parameters:
    ///   - user: Who we are.
    ///   - folder: Where the tables of sockets are.
    init(user: UInt32 = geteuid(), folder: String = "/proc/net") {
        self.user = user
        self.folder = folder
    }

    /// True also where nothing can tell: on systems without tables of sockets, and for what is no TCP connection.
    ///
    /// Looked up once for each connection, on a thread that may block; asked only for requests without a key.
    func isOurs(_ channel: any Channel) async -> Bool {
        let id = ObjectIdentifier(channel)
        if let known = known.withLock({ $0[id] }) { return known }
        guard let own = channel.localAddress.flatMap(SocketTable.End.init),
            let other = channel.remoteAddress.flatMap(SocketTable.End.init)
        else { return true }
        let (user, folder) = (user, folder)
        let isOurs = try? await NIOThreadPool.singleton.runIfActive {
            SocketTable.owner(of: other, connectedWith: own, folder: folder).map { $0 == .user(user) } ?? true
        }
        // A thread pool that has shut down ends the process with it.
        guard let isOurs else { return false }
        known.withLock { $0[id] = isOurs }
        channel.closeFuture.whenComplete { [self] _ in known.withLock { _ = $0.removeValue(forKey: id) } }
        return isOurs
    }
}

extension SocketTable.End {
    fileprivate init?(_ address: SocketAddress) {
        guard let port = address.port, let address = IPAddress(address) else { return nil }
        self.init(address: address, port: port)
    }
}
