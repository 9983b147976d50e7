import ShrinkrBase
import Testing

@testable import ShrinkrAPI

/// The names under which links are managed.
@Suite struct HostTests {
    private static let paths = [
        "/api", "/api/", "/api/v1/links", "/api/v1/links/x", "/api/v1/stats", "/api/v1/keys", "/api/nothing",
    ]

    @Test(arguments: [
        "evil.example", "evil.example:8000", "sho.rt.evil.example", "xsho.rt", "192.0.2.1", "[2001:db8::1]",
    ])
    func strangersNameIsRefused(_ host: String) async throws {
        try await withAPI(configure: { $0.bootstrapKey = "opensesame" }) { api in
            for path in Self.paths {
                let answer = try await api.get(path, fields: ["Host": host, "X-Api-Key": "opensesame"])
                expectProblem(answer, 421, "misdirected-request")
                #expect(answer.json["detail"]?.text?.contains("SHRINKR_API_HOSTS") == true)
            }
            // What is for everybody is for every name.
            for path in ["/health", "/openapi.yaml", "/robots.txt"] {
                #expect(try await api.get(path, fields: ["Host": host]).status == 200)
            }
            #expect(try await api.get("/apiary", fields: ["Host": host]).status == 404)
        }
    }

    @Test(arguments: [
        "sho.rt", "SHO.RT:443", "localhost:9", "127.0.0.1", "127.9.9.9:1", "[::1]:8000", "links.internal", "192.0.2.9",
        "sho.rt.", "localhost.:8000", "links.internal.",
    ])
    func ownNameIsAnswered(_ host: String) async throws {
        try await withAPI(configure: {
            $0.bootstrapKey = "opensesame"
            for host in ["links.internal", "192.0.2.9"] { _ = $0.apiHosts.insert(host) }
        }) { api in
            let answer = try await api.get("/api/v1/links", fields: ["Host": host, "X-Api-Key": "opensesame"])
            #expect(answer.status == 200)
        }
    }
}
