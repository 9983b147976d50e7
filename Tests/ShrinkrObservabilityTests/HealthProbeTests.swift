import TestSupport
import Testing

@testable import ShrinkrObservability

@Suite(.timeLimit(.minutes(5)), .ownThread) struct HealthProbeTests {
    private func reason(_ result: Result<Void, ObservabilityError>) -> String? {
        guard case .failure(let error) = result else { return nil }
        return error.description
    }

    @Test func onlyA200IsHealthy() async throws {
        let readiness = Readiness(components: ["store"])
        try await withAdminServer(readiness: readiness) { port in
            let expected = "The health check failed: 127.0.0.1:\(port) answered GET /readyz with status 503."
            #expect(reason(HealthProbe.check(host: "127.0.0.1", port: port)) == expected)
            #expect(reason(HealthProbe.check(host: "127.0.0.1", port: port, path: "/livez")) == nil)
            readiness.markReady("store")
            #expect(reason(HealthProbe.check(host: "127.0.0.1", port: port)) == nil)
            #expect(reason(HealthProbe.check(host: "localhost", port: port)) == nil)
            #expect(reason(HealthProbe.check(host: "0.0.0.0", port: port)) == nil)
        }
    }

    @Test func nobodyThere() throws {
        let nobody = try DeafListener(listens: false)
        let text = reason(HealthProbe.check(host: "127.0.0.1", port: nobody.port))
        #expect(
            text == "The health check failed: cannot connect to 127.0.0.1 port \(nobody.port): Connection refused.")
    }

    @Test func noAnswer() throws {
        let deaf = try DeafListener(listens: true)
        let clock = ContinuousClock()
        var text: String?
        let elapsed = clock.measure {
            text = reason(HealthProbe.check(host: "127.0.0.1", port: deaf.port, timeout: .milliseconds(100)))
        }
        #expect(text == "The health check failed: there was no answer in time.")
        #expect(elapsed >= .milliseconds(100))
    }

    @Test func namesAreNotLookedUp() {
        let text = reason(HealthProbe.check(host: "example.com", port: 1))
        #expect(text == "The health check failed: example.com port 1 is not an address.")
        #expect(reason(HealthProbe.check(host: "", port: 99_999_999)) != nil)
    }

    @Test(arguments: ["", "readyz", "/a b", "/a\r\nX: y", "/ä"])
    func badPathsAreRefused(path: String) {
        let text = reason(HealthProbe.check(host: "127.0.0.1", port: 1, path: path))
        #expect(text == "The health check failed: the path is not an absolute path without spaces.")
    }

    @Test(
        arguments: [
            ("HTTP/1.1 200 OK", 200), ("HTTP/1.0 200", 200), ("HTTP/1.1 503 Service Unavailable", 503),
            ("HTTP/1.1 2000 OK", nil), ("HTTP/1.1 +20 OK", nil), ("HTTP/1.1  200 OK", nil), ("HTTP/2 200", nil),
            ("SSH-2.0-OpenSSH 200", nil), ("", nil), ("200", nil),
        ] as [(String, Int?)])
    func statusLines(line: String, expected: Int?) {
        #expect(HealthProbe.status(ofLine: Array(line.utf8)) == expected)
    }
}
