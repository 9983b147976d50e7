import NIOHTTP1
import Testing

@testable import ShrinkrObservability

@Suite struct AdminExchangeTests {
    private func head(
        _ method: HTTPMethod = .GET, version: HTTPVersion = .http1_1, _ headers: HTTPHeaders = [:]
    ) -> HTTPRequestHead {
        HTTPRequestHead(version: version, method: method, uri: "/livez", headers: headers)
    }

    @Test func requestsFollowOneAnother() {
        var exchange = AdminExchange(maximumBodyBytes: 10)
        for _ in 0..<3 {
            #expect(exchange.received(head: head()) == .none)
            #expect(exchange.received(bodyBytes: 10) == .none)
            #expect(exchange.receivedEnd() == .answer(head(), keepAlive: true))
        }
    }

    @Test(arguments: [
        (HTTPMethod.GET, HTTPVersion.http1_1, HTTPHeaders([("Connection", "close")])),
        (.GET, .http1_0, HTTPHeaders()),
        (.CONNECT, .http1_1, HTTPHeaders()),
        (.GET, .http1_1, HTTPHeaders([("Connection", "upgrade"), ("Upgrade", "websocket")])),
    ])
    func theLastRequestEndsTheConversation(method: HTTPMethod, version: HTTPVersion, headers: HTTPHeaders) {
        var exchange = AdminExchange(maximumBodyBytes: 10)
        let last = head(method, version: version, headers)
        #expect(exchange.received(head: last) == .none)
        #expect(exchange.receivedEnd() == .answer(last, keepAlive: false))
        #expect(exchange.received(head: head()) == .none)
        #expect(exchange.receivedEnd() == .none)
    }

    @Test func aBodyIsCounted() {
        var exchange = AdminExchange(maximumBodyBytes: 10)
        _ = exchange.received(head: head())
        #expect(exchange.received(bodyBytes: 6) == .none)
        #expect(exchange.received(bodyBytes: 5) == .refuse(.payloadTooLarge))
        #expect(exchange.received(bodyBytes: 5) == .none)
        #expect(exchange.receivedEnd() == .none)
    }

    @Test func anAnnouncedBodyIsRefusedAtOnce() {
        var exchange = AdminExchange(maximumBodyBytes: 10)
        #expect(exchange.received(head: head(.GET, ["Content-Length": "11"])) == .refuse(.payloadTooLarge))
        #expect(exchange.received(bodyBytes: 5) == .none)
    }

    @Test func errorsAreAnsweredOnce() {
        var exchange = AdminExchange(maximumBodyBytes: 10)
        #expect(exchange.failed(HTTPParserError.headerOverflow) == .refuse(.requestHeaderFieldsTooLarge))
        #expect(exchange.failed(HTTPParserError.unknown) == .none)
        exchange = AdminExchange(maximumBodyBytes: 10)
        #expect(exchange.failed(HTTPParserError.invalidMethod) == .refuse(.badRequest))
        exchange = AdminExchange(maximumBodyBytes: 10)
        #expect(exchange.failed(ServerDidNotStart()) == .close)
    }
}
