import NIOHTTP1

/// The order of things on one admin connection: one request at a time, its body counted and thrown away.
///
/// Pure: every event returns what to do about it.
struct AdminExchange {
    enum Action: Equatable {
        case none
        /// Answer this request, and close afterwards unless `keepAlive`.
        case answer(HTTPRequestHead, keepAlive: Bool)
        /// Refuse what the client sent and close afterwards.
        case refuse(HTTPResponseStatus)
        /// Close without a word.
        case close
    }

    private enum State {
        case idle
        case receiving(HTTPRequestHead, bodyBytes: Int)
        /// The last answer of this connection is given; whatever still comes in is ignored.
        case finished
    }

    private let maximumBodyBytes: Int
    private var state = State.idle

    init(maximumBodyBytes: Int) {
        self.maximumBodyBytes = maximumBodyBytes
    }

    /// A request's head has arrived.
    mutating func received(head: HTTPRequestHead) -> Action {
        guard case .idle = state else { return .none }
        // What cannot be counted as a number is left to the decoder, which has checked it already.
        if let length = head.headers.first(name: "content-length").flatMap({ Int($0) }), length > maximumBodyBytes {
            return refuse(.payloadTooLarge)
        }
        state = .receiving(head, bodyBytes: 0)
        return .none
    }

    /// A part of its body has arrived.
    mutating func received(bodyBytes count: Int) -> Action {
        guard case .receiving(let head, let bodyBytes) = state else { return .none }
        guard bodyBytes + count <= maximumBodyBytes else { return refuse(.payloadTooLarge) }
        state = .receiving(head, bodyBytes: bodyBytes + count)
        return .none
    }

    /// The request is complete.
    mutating func receivedEnd() -> Action {
        guard case .receiving(let head, _) = state else { return .none }
        // The decoder stops at a request that asks for another protocol, so nothing can follow it.
        let keepAlive = head.isKeepAlive && head.method != .CONNECT && !head.headers.contains(name: "upgrade")
        state = keepAlive ? .idle : .finished
        return .answer(head, keepAlive: keepAlive)
    }

    /// The bytes are no HTTP/1 request, or one beyond the limits.
    mutating func failed(_ error: any Error) -> Action {
        if case .finished = state { return .none }
        switch error as? HTTPParserError {
        case nil:
            state = .finished
            return .close
        case .headerOverflow:
            return refuse(.requestHeaderFieldsTooLarge)
        case .invalidEOFState, .closedConnection:
            state = .finished
            return .close
        default:
            return refuse(.badRequest)
        }
    }

    private mutating func refuse(_ status: HTTPResponseStatus) -> Action {
        state = .finished
        return .refuse(status)
    }
}
