import Glibc
import ShrinkrBase

/// The TCP sockets of this machine's network namespace, as Linux lists them in `/proc/net/tcp` and `/proc/net/tcp6`
/// (proc_pid_net(5)).
enum SocketTable {
    /// One end of a connection.
    struct End: Hashable, Sendable {
        let address: IPAddress
        let port: Int
    }

    /// Who owns the socket at one end of a connection.
    enum Owner: Hashable {
        case user(UInt32)
        /// There is no such socket, or the program behind it has closed it: the kernel lists such ones as root's.
        case nobody
    }

    /// The owner of the socket at `end` that is connected with `other`; nil where the tables cannot be read or list
    /// nothing, not even the socket that we listen on.
    static func owner(of end: End, connectedWith other: End, folder: String = "/proc/net") -> Owner? {
        var hasEntries = false
        for name in ["tcp", "tcp6"] {
            guard let stream = fopen("\(folder)/\(name)", "re") else { continue }
            defer { fclose(stream) }
            // A line has 150 characters, and 198 in the table of IPv6.
            var line = [CChar](repeating: 0, count: 512)
            _ = fgets(&line, Int32(line.count), stream)
            while fgets(&line, Int32(line.count), stream) != nil {
                hasEntries = true
                let bytes = line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
                guard let entry = Entry(bytes, port: end.port), entry.local == end, entry.remote == other else {
                    continue
                }
                return entry.inode == 0 ? .nobody : .user(entry.user)
            }
        }
        return hasEntries ? .nobody : nil
    }

    /// One line of a table.
    private struct Entry {
        let local: End
        let remote: End
        let user: UInt32
        let inode: UInt64

        /// Nil for a line that says something else, or is about another local port.
        ///
        /// Fields: number, local address, remote address, state, queues, timer, retransmissions, user, timeout, inode.
        init?(_ line: [UInt8], port: Int) {
            let fields = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
            guard fields.count > 9, let local = Self.end(fields[1]), local.port == port,
                let remote = Self.end(fields[2]), let user = UInt32(Self.text(fields[7])),
                let inode = UInt64(Self.text(fields[9]))
            else { return nil }
            (self.local, self.remote, self.user, self.inode) = (local, remote, user, inode)
        }

        /// `0100007F:1F40`: the address as 32-bit words in the machine's byte order, and the port.
        private static func end(_ field: ArraySlice<UInt8>) -> End? {
            let parts = field.split(separator: UInt8(ascii: ":"))
            guard parts.count == 2, [8, 32].contains(parts[0].count), let port = Int(text(parts[1]), radix: 16) else {
                return nil
            }
            var bytes: [UInt8] = []
            for start in stride(from: parts[0].startIndex, to: parts[0].endIndex, by: 8) {
                guard let word = UInt32(text(parts[0][start..<(start + 8)]), radix: 16) else { return nil }
                withUnsafeBytes(of: word) { bytes += $0 }
            }
            return IPAddress(bytes: bytes).map { End(address: $0, port: port) }
        }

        private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
    }
}
