import NIOCore
import ShrinkrBase

extension IPAddress {
    /// The address of one end of a connection; nil where it has none, or none of the Internet.
    init?(_ socket: SocketAddress?) {
        switch socket {
        // Behind family and port (ip(7)), and what belongs to a flow as well (ipv6(7)).
        case .v4(let end): self.init(bytes: withUnsafeBytes(of: end.address) { Array($0[4..<8]) })
        case .v6(let end): self.init(bytes: withUnsafeBytes(of: end.address) { Array($0[8..<24]) })
        case .unixDomainSocket, nil: return nil
        }
    }
}
