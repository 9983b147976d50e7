import Glibc

/// A blocking TCP client on loopback that sends exactly the bytes it is given. No operation takes more than 5 s.
struct RawClient: ~Copyable {
    struct Failure: Error {
        var step: String
        var code = errno
    }

    struct Response {
        var status: Int
        var headers: [String: String]
        var body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    let descriptor: Int32
    private var pending: [UInt8] = []

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var timeout = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var address = loopback(port: port)
        guard connect(descriptor, &address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 else {
            throw Failure(step: "connect")
        }
    }

    deinit {
        close(descriptor)
    }

    func send(_ text: String) throws {
        let bytes = Array(text.utf8)
        guard Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw Failure(step: "send")
        }
    }

    /// True when the peer has ended the connection, in whichever way, false when it sent something.
    func isClosedByPeer() throws -> Bool {
        var byte: UInt8 = 0
        let count = recv(descriptor, &byte, 1, 0)
        if count < 0, errno != ECONNRESET { throw Failure(step: "receive") }
        return count <= 0
    }

    /// Waits up to `milliseconds` for bytes or the end.
    func isReadable(within milliseconds: Int32) -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&request, 1, milliseconds) > 0
    }

    /// Reads one response with a Content-Length.
    mutating func receive(hasBody: Bool = true) throws -> Response {
        while true {
            if let end = headEnd {
                let lines = String(decoding: pending[..<end], as: UTF8.self).split(separator: "\r\n")
                pending.removeFirst(end + 4)
                return try response(lines, hasBody: hasBody)
            }
            try fill()
        }
    }

    /// Sends a request and reads its response.
    mutating func request(_ text: String, hasBody: Bool = true) throws -> Response {
        try send(text)
        return try receive(hasBody: hasBody)
    }

    private var headEnd: Int? {
        guard pending.count >= 4 else { return nil }
        return (0...pending.count - 4).first { pending[$0..<$0 + 4].elementsEqual("\r\n\r\n".utf8) }
    }

    private mutating func response(_ lines: [Substring], hasBody: Bool) throws -> Response {
        guard let first = lines.first, first.hasPrefix("HTTP/1.1 ") else { throw Failure(step: "parse") }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts[1].trimmingPrefix { $0 == " " }.description
        }
        let length = hasBody ? Int(headers["content-length"] ?? "") ?? 0 : 0
        while pending.count < length { try fill() }
        let body = Array(pending.prefix(length))
        pending.removeFirst(length)
        return Response(status: Int(first.split(separator: " ")[1]) ?? 0, headers: headers, body: body)
    }

    private mutating func fill() throws {
        var block = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &block, block.count, 0)
        guard count > 0 else { throw Failure(step: "receive") }
        pending += block.prefix(count)
    }
}

/// An address on 127.0.0.1.
private func loopback(port: Int) -> sockaddr {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    return unsafeBitCast(address, to: sockaddr.self)
}

/// A socket on a port of its own that never accepts a connection.
struct DeafListener: ~Copyable {
    let descriptor: Int32
    let port: Int

    /// - Parameter listens: false makes the system refuse connections; true completes them and leaves them waiting.
    init(listens: Bool) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = loopback(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        guard bind(descriptor, &address, size) == 0, !listens || listen(descriptor, 8) == 0,
            getsockname(descriptor, &address, &size) == 0
        else { throw RawClient.Failure(step: "listen") }
        port = Int(unsafeBitCast(address, to: sockaddr_in.self).sin_port.bigEndian)
    }

    deinit {
        close(descriptor)
    }
}
