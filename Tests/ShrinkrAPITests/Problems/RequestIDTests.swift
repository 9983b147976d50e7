import ShrinkrBase
import Testing

@testable import ShrinkrAPI

@Suite struct RequestIDTests {
    @Test(arguments: ["abc", "A-z_0.9", String(repeating: "x", count: 64)])
    func harmlessNameIsKept(_ id: String) async throws {
        try await withAPI { api in
            #expect(try await api.get("/health", fields: ["X-Request-Id": id])["x-request-id"] == id)
            let problem = try await api.get("/nothing", fields: ["X-Request-Id": id])
            #expect(problem["x-request-id"] == id)
            #expect(problem.json["request_id"] == .string(id))
        }
    }

    @Test(arguments: ["", "a b", #"a"b"#, "a\tb", "<script>", "ü", "a,b", String(repeating: "x", count: 65)])
    func hostileNameIsReplaced(_ id: String) async throws {
        try await withAPI { api in
            let given = try #require(try await api.get("/nothing", fields: ["X-Request-Id": id])["x-request-id"])
            #expect(given.wholeMatch(of: /[0-9a-f]{16}/) != nil)
        }
    }

    @Test func everyRequestHasItsOwn() async throws {
        try await withAPI { api in
            var ids: Set<String> = []
            for target in ["/health", "/health", "/nothing", "/api/v1/links", "/robots.txt"] {
                ids.insert(try #require(try await api.get(target)["x-request-id"]))
            }
            #expect(ids.count == 5)
        }
    }
}
