import HTTPTypes
import ShrinkrBase
import ShrinkrStore
import Testing

@testable import ShrinkrAPI

/// Web pages of this machine's browsers, as long as there is no key: which of them may change something.
@Suite struct PageTests {
    private static let link = #"{"url":"https://example.com/","code":"mine"}"#

    private static let foreign: [Fields] = [
        ["Sec-Fetch-Site": "cross-site"], ["Sec-Fetch-Site": "same-site"], ["Origin": "https://evil.example"],
        ["Origin": "null"], ["Origin": "http://localhost:3000", "Sec-Fetch-Site": "same-site"], ["Origin": ""],
        ["Origin": "https://sho.rt.evil.example"], ["Origin": "https://sho.rt", "Sec-Fetch-Site": "cross-site"],
    ]

    @Test(arguments: foreign.indices)
    func foreignPageChangesNothing(_ index: Int) async throws {
        let page = Self.foreign[index]
        try await withAPI { api in
            try await api.create(Self.link)
            #expect(try await api.send("DELETE", "/api/v1/links/mine").status == 204)
            let plain = Array(page) + [("Content-Type", "text/plain")]
            for (method, path, body) in [
                ("POST", "/api/v1/links/mine/restore", nil), ("POST", "/api/v1/links", #"{"url":"https://a.example"}"#),
                ("POST", "/api/v1/links/batch", #"{"links":[{"url":"https://a.example"}]}"#),
                ("POST", "/api/v1/keys", #"{"name":"n","scopes":["admin"]}"#), ("PATCH", "/api/v1/links/mine", "{}"),
                ("DELETE", "/api/v1/links/mine", nil),
            ] as [(String, String, String?)] {
                for fields in [Array(page), plain] {
                    let text = fields.map { "\($0.0): \($0.1)\r\n" }.joined()
                    let connection = try await Connection.open(api.port)
                    let length = body.map { "Content-Length: \($0.utf8.count)\r\n" } ?? ""
                    try await connection.send(
                        "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n\(text)\(length)\r\n\(body ?? "")")
                    let answer = try await connection.answer()
                    await connection.close()
                    expectProblem(answer, 403, "loopback-only")
                    #expect(answer.json["detail"]?.text?.contains("web page of another origin") == true)
                }
            }
            #expect(try await api.get("/api/v1/links", fields: page).json["data"] == [])
        }
    }

    @Test func ownPageAndProgramsGoOnWorking() async throws {
        try await withAPI { api in
            for fields in [
                [:], ["Origin": TestAPI.origin], ["Origin": "http://127.0.0.1:\(api.port)"],
                ["Origin": "http://127.0.0.1:\(api.port)", "Sec-Fetch-Site": "same-origin"], ["Sec-Fetch-Site": "none"],
            ] as [Fields] {
                let answer = try await api.post("/api/v1/links", #"{"url":"https://example.com/"}"#, fields: fields)
                #expect(answer.status == 201, "\(fields)")
            }
        }
    }

    @Test func pageThatASettingLetsInMayChange() async throws {
        let page = "http://localhost:3000"
        let origins = try #require(CrossOrigins(page))
        try await withAPI(configure: { $0.crossOrigins = origins }) { api in
            let fields: Fields = ["Origin": page, "Sec-Fetch-Site": "same-site"]
            #expect(try await api.post("/api/v1/links", Self.link, fields: fields).status == 201)
            let other = try await api.post("/api/v1/links", Self.link, fields: ["Origin": "http://localhost:3001"])
            expectProblem(other, 403, "loopback-only")
        }
    }

    /// A key says who asks, whatever page it is.
    @Test func whoHasAKeyMayComeFromAnyPage() async throws {
        try await withAPI { api in
            let fields: Fields = [
                "X-Api-Key": try await api.addKey(.linksWrite), "Origin": "https://other.example",
                "Sec-Fetch-Site": "cross-site",
            ]
            #expect(try await api.post("/api/v1/links", Self.link, fields: fields).status == 201)
        }
    }

    @Test func requestWithoutHostIsToldSo() async throws {
        try await withAPI { api in
            let answer = try await api.get("/api/v1/links", fields: ["Host": ""])
            expectProblem(answer, 403, "loopback-only")
            #expect(answer.json["detail"]?.text?.contains("names no host") == true)
        }
    }
}
