import Glibc

/// One TCP connection for one small question, with a deadline over everything it does.
struct ProbeSocket: ~Copyable {
    private let descriptor: Int32
    private let deadline: ContinuousClock.Instant

    /// - Throws: ``ObservabilityError/unhealthy(reason:)`` when connecting fails or takes too long.
    static func connected(
        host: String, port: Int, deadline: ContinuousClock.Instant
    ) throws(ObservabilityError) -> ProbeSocket {
        let addresses = try resolve(host: host, port: port)
        defer { freeaddrinfo(addresses) }
        let socket = try ProbeSocket(family: addresses.pointee.ai_family, deadline: deadline)
        let error = try socket.connect(to: addresses.pointee)
        guard error == 0 else {
            throw .unhealthy(reason: "cannot connect to \(host) port \(port): \(String(cString: strerror(error)))")
        }
        return socket
    }

    private init(family: Int32, deadline: ContinuousClock.Instant) throws(ObservabilityError) {
        // Non-blocking, so that poll(2) decides how long each step may take.
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(family, kind, 0)
        guard descriptor >= 0 else { throw .unhealthy(reason: "no socket: \(Self.lastError)") }
        self.descriptor = descriptor
        self.deadline = deadline
    }

    deinit {
        close(descriptor)
    }

    /// Sends all of `text`, which has to fit the socket's empty send buffer.
    func send(_ text: String) throws(ObservabilityError) {
        let bytes = Array(text.utf8)
        // A peer that has gone must be an error here, not a SIGPIPE that ends the process.
        let count = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        guard count == bytes.count else { throw .unhealthy(reason: "the request was not sent: \(Self.lastError)") }
    }

    /// Reads up to the first line end, which is not part of the result, or up to the end of the stream.
    func receiveLine(maximumBytes: Int) throws(ObservabilityError) -> [UInt8] {
        var line: [UInt8] = []
        var block = [UInt8](repeating: 0, count: maximumBytes)
        while line.count < maximumBytes {
            try wait(for: POLLIN)
            let count = recv(descriptor, &block, maximumBytes - line.count, 0)
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count >= 0 else { throw .unhealthy(reason: "the answer was not received: \(Self.lastError)") }
            guard count > 0 else { return line }
            line += block.prefix(count)
            if let end = line.firstIndex(of: UInt8(ascii: "\r")) { return Array(line[..<end]) }
        }
        return line
    }

    private static var lastError: String {
        String(cString: strerror(errno))
    }

    private static func resolve(host: String, port: Int) throws(ObservabilityError) -> UnsafeMutablePointer<addrinfo> {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        // Numbers only: a name server that does not answer would outlast the deadline.
        hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
        var result: UnsafeMutablePointer<addrinfo>?
        // text: the operator's host.
        let code = getaddrinfo(host == "localhost" ? "127.0.0.1" : host, "\(port)", &hints, &result)
        guard code == 0, let result else { throw .unhealthy(reason: "\(host) port \(port) is not an address") }
        return result
    }

    /// Connects and returns the error number of the attempt, 0 for success.
    private func connect(to address: addrinfo) throws(ObservabilityError) -> Int32 {
        if Glibc.connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 { return 0 }
        guard errno == EINPROGRESS else { return errno }
        // The outcome of a connection made in the background (connect(2), EINPROGRESS).
        try wait(for: POLLOUT)
        var error: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size)
        return error
    }

    private func wait(for events: Int32) throws(ObservabilityError) {
        while true {
            let left = deadline - ContinuousClock.now
            var request = pollfd(fd: descriptor, events: Int16(events), revents: 0)
            // Rounded up, so that the last fraction of a millisecond does not spin.
            let milliseconds = Int32(clamping: Int64((left / .milliseconds(1)).rounded(.up)))
            guard milliseconds > 0 else { throw .unhealthy(reason: "there was no answer in time") }
            let code = poll(&request, 1, milliseconds)
            if code > 0 { return }
            guard code == 0 || errno == EINTR else { throw .unhealthy(reason: "poll failed: \(Self.lastError)") }
        }
    }
}
