import Glibc
import ShrinkrBase

/// Where a program is to listen, tried before anything is started: so that a wrong address is said in one sentence, and
/// nobody reads "listening" before it.
package struct ListenAddress: Sendable {
    package let host: String
    package let port: Int

    /// Reads an address or the name of a host. What the system's resolver would make something of, but nobody can
    /// mean, is refused: `*`, `0`, `127.1`.
    ///
    /// - Throws: ``ConfigurationError``.
    package static func host(_ reader: SettingsReader, _ setting: Setting) async throws -> String {
        try await reader.value(setting) { IPAddress($0) != nil || isName($0) ? $0 : nil }
    }

    /// Binds a socket to the address for a moment.
    ///
    /// - Returns: The address; with port 0, a port that is free now.
    /// - Throws: ``ConfigurationError`` that names the host or the port, whichever cannot be used.
    package static func checked(
        host: String, port: Int, hostSetting: Setting, portSetting: Setting
    ) throws(ConfigurationError) -> ListenAddress {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &list) == 0, let first = list?.pointee else {
            throw ConfigurationError(hostSetting, "is '\(host)', a name that this machine cannot resolve")
        }
        defer { freeaddrinfo(list) }
        let descriptor = socket(first.ai_family, first.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), first.ai_protocol)
        guard descriptor >= 0 else {
            throw ConfigurationError(hostSetting, "is '\(host)', which cannot be used: \(lastError)")
        }
        defer { close(descriptor) }
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard bind(descriptor, first.ai_addr, first.ai_addrlen) == 0 else {
            throw problem(host: host, port: port, hostSetting: hostSetting, portSetting: portSetting)
        }
        return ListenAddress(host: host, port: port == 0 ? Self.port(of: descriptor) : port)
    }

    private static func problem(
        host: String, port: Int, hostSetting: Setting, portSetting: Setting
    ) -> ConfigurationError {
        switch errno {
        case EADDRINUSE:
            ConfigurationError(portSetting, "is \(port), which another program on \(host) has taken")
        case EACCES:
            ConfigurationError(portSetting, "is \(port), and ports below 1024 need more rights than this user has")
        case EADDRNOTAVAIL:
            ConfigurationError(hostSetting, "is '\(host)', which is no address of this machine")
        default:
            ConfigurationError(hostSetting, "is '\(host)', which cannot be used: \(lastError)")
        }
    }

    private static func port(of descriptor: Int32) -> Int {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(descriptor, $0, &length) }
            // The port stands at the same place for both families.
            return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                Int(UInt16(bigEndian: $0.pointee.sin_port))
            }
        }
    }

    /// A name of letters, digits, `-`, `_` and `.`, with a letter in it: `0` and `127.1` are old spellings of addresses.
    private static func isName(_ text: String) -> Bool {
        let isLetter = { (byte: UInt8) in (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }
        let first = text.utf8.first
        return text.utf8.count <= 253 && first != UInt8(ascii: "-") && first != UInt8(ascii: ".")
            && text.utf8.contains(where: isLetter) && !text.utf8.starts(with: "0x".utf8)
            && text.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || "-_.".utf8.contains($0) }
    }
}

/// What the last call of the system said, in its words.
package var lastError: String { String(cString: strerror(errno)).lowercased() }
