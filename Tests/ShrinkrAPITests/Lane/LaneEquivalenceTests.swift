import FoundationEssentials
import HTTPTypes
import NIOCore
import ShrinkrBase
import ShrinkrCore
import TestSupport
import Testing

@testable import ShrinkrAPI

/// Two servers that differ by the lane alone are sent the same, and must do the same.
@Suite("The redirect lane", .timeLimit(.minutes(60)), .ownThread) struct LaneEquivalenceTests {
    /// How many scripts each seed sends; more for long runs.
    private static let scripts = ProcessInfo.processInfo.environment["SHRINKR_LANE_SCRIPTS"].flatMap { Int($0) } ?? 600

    @Test("answers and records as the ordinary way does", arguments: [1, 2, 3] as [UInt64])
    func equivalence(seed: UInt64) async throws {
        try await withServers { lane, ordinary in
            var (maker, differences) = (RequestMaker(seed: seed), 0)
            for number in 0..<Self.scripts {
                let packets = maker.script()
                let answers = try await Outcome(of: packets, from: lane)
                let expected = try await Outcome(of: packets, from: ordinary)
                guard answers == expected else {
                    differences += 1
                    Issue.record("seed \(seed), script \(number): \(packets)\n\(answers)\n\(expected)")
                    if differences > 3 { break } else { continue }
                }
            }
            let taken = try lane.counter("shrinkr_lane_redirects_total")
            let (clicks, others) = (try await lane.clicks(), try await ordinary.clicks())
            let pairs = zip(clicks.map(Self.comparable), others.map(Self.comparable))
            let isSame = pairs.allSatisfy { $0 == $1 }
            #expect(isSame)
            let hints = others.reduce(into: ClickHints()) { $0.formUnion($1.hints) }
            #expect(hints.rawValue == 0b11_1111, "every hint was given")
            #expect(clicks.count == others.count)
            #expect(try ordinary.counter("shrinkr_lane_redirects_total") == 0)
            #expect(try lane.counter("shrinkr_redirects_total") == ordinary.counter("shrinkr_redirects_total"))
            // A lane that takes nothing would be as equal as can be.
            #expect(taken > UInt64(Self.scripts / 20))
            print("seed \(seed): \(Self.scripts) scripts, \(clicks.count) clicks, \(taken) redirects by the lane")
        }
    }

    @Test("keeps the answers of a request that is cut at any byte")
    func everyCut() async throws {
        try await withServers { lane, ordinary in
            let text =
                "GET /plain HTTP/1.1\r\nHost: sho.rt\r\nUser-Agent: x\r\n\r\nGET /kept HTTP/1.1\r\nHost: a\r\n\r\n"
            for cut in 1..<text.utf8.count {
                let packets = [String(text.utf8.prefix(cut)) ?? "", String(text.utf8.dropFirst(cut)) ?? ""]
                let (answers, expected) = (
                    try await Outcome(of: packets, from: lane), try await Outcome(of: packets, from: ordinary)
                )
                #expect(answers == expected, "cut at \(cut)")
            }
        }
    }

    @Test("takes what a browser behind a load balancer sends")
    func browser() async throws {
        try await withServers { lane, _ in
            let connection = try await Connection.open(lane.port)
            let fields: Fields = [
                "Host": "sho.rt", "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0",
                "Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "en-GB,en;q=0.5",
                "Accept-Encoding": "gzip, deflate, br", "Referer": "https://example.com/", "Connection": "keep-alive",
                "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "cross-site",
                "Sec-Fetch-User": "?1", "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https",
                "X-Forwarded-Port": "443", "X-Amzn-Trace-Id": "Root=1-67891233-abcdef012345678912345678",
            ]
            let before = try lane.counter("shrinkr_lane_redirects_total")
            for _ in 0..<20 {
                try await connection.send(lane.requestText("GET", "/plain", fields: fields))
                #expect(try await connection.answer().status == 302)
            }
            await connection.close()
            // The feed of changes may forget the link in between.
            #expect(try lane.counter("shrinkr_lane_redirects_total") >= before + 10)
        }
    }

    /// Bytes beyond ASCII are escaped in a line that begins a read, and in no other.
    @Test("leaves it to the parser what comes behind its own requests")
    func bytesBeyondASCIIBehindOthers() async throws {
        try await withServers { lane, ordinary in
            let plain = "GET /plain HTTP/1.1\r\nHost: a\r\n\r\n"
            for packet in ["GET /ü HTTP/1.1\r\nHost: a\r\n\r\n", "GET /plain?ü HTTP/1.1\r\nHost: a\r\n\r\n"] {
                for packets in [[plain + packet], [packet], [plain + plain + packet + plain]] {
                    let answers = try await Outcome(of: packets, from: lane)
                    #expect(try await answers == Outcome(of: packets, from: ordinary), "\(packets)")
                }
            }
        }
    }

    /// Its table of fields that say why a client asks has all that the ordinary way knows.
    @Test("takes no request that says why it is made")
    func purposes() async throws {
        try await withServers { lane, _ in
            let connection = try await Connection.open(lane.port)
            let before = try lane.counter("shrinkr_lane_redirects_total")
            let names = (FetchPurpose.purposeFields + FetchPurpose.aheadFields).map(\.rawName)
            for (name, value) in names.map({ ($0, "x") }) + [("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Dest", "image")] {
                try await connection.send(lane.requestText("GET", "/plain", fields: [name: value]))
                #expect(try await connection.answer().status == 302)
                #expect(try lane.counter("shrinkr_lane_redirects_total") == before, "\(name)")
            }
            await connection.close()
        }
    }

    @Test("never answers from a link as it was")
    func changes() async throws {
        try await withServers { lane, _ in
            for target in ["https://example.com/1", "https://example.com/2"] {
                _ = try await lane.send("PATCH", "/api/v1/links/plain", #"{"url":"\#(target)"}"#)
                for _ in 0..<3 { #expect(try await lane.get("/plain")["location"] == target) }
            }
            _ = try await lane.send("DELETE", "/api/v1/links/plain")
            #expect(try await lane.get("/plain").status == 404)
        }
    }

    private static func comparable(_ click: Click) -> Click {
        var click = click
        // Each server has a key of its own.
        click.visitor = click.visitor.map { _ in VisitorHash(bits: 0) }
        return click
    }

    /// Runs `test` with a server that has the lane and one that has it not, both with the same links, all in memory.
    private func withServers(_ test: (TestAPI, TestAPI) async throws -> Void) async throws {
        func configure(_ configuration: inout APIConfiguration) {
            configuration.trustedProxies = ["127.0.0.1", "10.0.0.0/8"].compactMap { IPNetwork($0) }
            configuration.countryHeader = "X-Country"
            configuration.rateLimits.unknownCodes = nil
            configuration.bootstrapKey = nil
        }
        try await withAPI(configure: { configure(&$0) }) { lane in
            try await withAPI(
                configure: {
                    configure(&$0)
                    $0.redirectLane = false
                },
                sharesSlot: true
            ) { ordinary in
                for api in [lane, ordinary] { try await makeLinks(api) }
                try await test(lane, ordinary)
            }
        }
    }

    private func makeLinks(_ api: TestAPI) async throws {
        let settings = [
            "plain": "", "permanent": #","redirect_status":308"#, "kept": #","redirect_status":307"#,
            "moved": #","redirect_status":301"#, "long-code_with-more-than-sixteen-letters": "",
            "limited": #","max_visits":3"#, "expiring": #","expires_at":"2030-01-01T00:00:00Z""#,
            "starting": #","starts_at":"2025-01-01T00:00:00Z""#, "forwarding": #","forward_query":true"#, "a": "",
        ]
        for (code, more) in settings {
            try await api.create(#"{"url":"https://example.com/\#(code)?x=y","code":"\#(code)"\#(more)}"#)
        }
        try await api.create(#"{"url":"https://example.com/","code":"disabled"}"#)
        _ = try await api.send("PATCH", "/api/v1/links/disabled", #"{"enabled":false}"#)
        for code in RequestMaker.codes where !code.contains(" ") { _ = try await api.get("/\(code)") }
    }
}

/// What a server said on one connection, and how that ended.
struct Outcome: Equatable {
    private let text: String

    init(of packets: [String], from api: TestAPI) async throws {
        let connection = try await Connection.open(api.port)
        do {
            // Whatever they are, the server closes at last; who closes first might miss answers on either server.
            for packet in packets + ["GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"] {
                try await connection.send(packet)
            }
            text = Self.masked(try await connection.rest())
        } catch let error as IOError {
            // Who is cut off while sending cannot see more.
            text = "cut off: \(error.errnoCode == 0)"
        } catch Inbox.Failure.ended {
            text = "ended"
        }
        await connection.close()
    }

    /// Without what is by chance or of the moment.
    private static func masked(_ text: String) -> String {
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
        var masked = lines.map { $0.hasPrefix("Date: ") ? "Date: \($0.utf8.count)" : String($0) }
            .joined(separator: "\r\n")
        for line in lines where line.hasPrefix("X-Request-Id: ") && line.utf8.count == 30 {
            masked = masked.replacing(line.dropFirst(14), with: "sixteen digits")
        }
        return masked
    }
}
