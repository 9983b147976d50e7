import HTTPTypes
import ShrinkrCore
import Testing

@testable import ShrinkrAPI

@Suite struct WellKnownTests {
    @Test func contractIsServed() async throws {
        try await withAPI { api in
            let answer = try await api.get("/openapi.yaml")
            #expect(answer.status == 200)
            #expect(answer["content-type"] == "application/yaml")
            #expect(answer.text.hasPrefix("openapi: 3.1"))
            #expect(try await api.send("HEAD", "/openapi.yaml")["content-length"] == "\(answer.body.count)")
        }
    }

    @Test func crawlersMayFollowLinksAndNoMore() async throws {
        try await withAPI { api in
            let answer = try await api.get("/robots.txt")
            #expect(answer["content-type"] == "text/plain; charset=utf-8")
            #expect(answer.text == "User-agent: *\nDisallow: /api/\n")
        }
    }

    /// The contract names every problem that there is.
    @Test(arguments: [
        Problem.malformedRequest(""), .unauthorized(""), .missingScope(""), .loopbackOnly(.proxy), .misdirectedRequest,
        .rateLimited("", policy: "", seconds: 1, fields: [:]), .notFound(""),
        .methodNotAllowed(allow: ""), .requestTimeout, .aliasTaken(""), .requestInFlight, .gone(.expired),
        .preconditionFailed, .payloadTooLarge(limit: 0), .unsupportedMediaType(""), .validation(FieldErrors()),
        .idempotencyKeyReused, .headersTooLarge(limit: 0), .internalError, .unavailable(""),
    ])
    func contractNamesTheProblem(_ problem: Problem) async throws {
        try await withAPI { api async throws in
            #expect(try await api.get("/openapi.yaml").text.contains("| `\(problem.slug)` | \(problem.status.code) |"))
        }
    }
}
