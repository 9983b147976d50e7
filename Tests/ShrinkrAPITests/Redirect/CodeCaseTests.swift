import ClickJournal
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import StoreTestSupport
import Testing

@testable import ShrinkrAPI

/// One rule for the case of codes, wherever a code is asked for.
@Suite struct CodeCaseAPITests {
    @Test func codeIsFoundInAnyCaseAndCountedAsItIs() async throws {
        try await withAPI { api in
            #expect(try await api.get("/swift").status == 404)
            try await api.create(#"{"url":"https://example.com/","code":"Swift","title":"first"}"#)
            for text in ["swift", "Swift", "SWIFT"] {
                #expect(try await api.get("/\(text)").status == 302)
                #expect(try await api.get("/api/v1/links/\(text)").json["code"] == "Swift")
                #expect(try await api.get("/api/v1/links/\(text)/stats").json["code"] == "Swift")
                #expect(try await api.get("/\(text)+").text.contains("https://sho.rt/Swift"))
                #expect(
                    try await api.post("/api/v1/links", #"{"url":"https://a.example/","code":"\#(text)"}"#).status
                        == 409)
            }
            #expect(try await api.clicks().map(\.code.text) == ["Swift", "Swift", "Swift"])
            let change = try await api.send("PATCH", "/api/v1/links/sWIFT", #"{"url":"https://b.example/"}"#)
            #expect(change.json["code"] == "Swift")
            for text in ["swift", "Swift"] {
                #expect(try await api.get("/\(text)")["location"] == "https://b.example/")
            }
            #expect(try await api.send("DELETE", "/api/v1/links/SWIFT").status == 204)
            for text in ["swift", "Swift"] { #expect(try await api.get("/\(text)").status == 404) }
            #expect(try await api.post("/api/v1/links", #"{"url":"https://a.example/","code":"swift"}"#).status == 409)
        }
    }

    @Test func databaseForCaseKeepsCodesApart() async throws {
        let replace = { (dependencies: inout APIDependencies) in
            dependencies.links = MemoryStore(codeCase: .sensitive)
        }
        try await withAPI(replace: replace) { api in
            try await api.create(#"{"url":"https://a.example/","code":"Swift"}"#)
            #expect(try await api.get("/swift").status == 404)
            #expect(try await api.get("/api/v1/links/swift").status == 404)
            try await api.create(#"{"url":"https://b.example/","code":"swift"}"#)
            #expect(try await api.get("/Swift")["location"] == "https://a.example/")
            #expect(try await api.get("/swift")["location"] == "https://b.example/")
            #expect(try await api.get("/SWIFT").status == 404)
            #expect(try await api.clicks().map(\.code.text) == ["Swift", "swift"])
        }
    }

    /// Words that are reserved are so in any case, by either rule.
    @Test(arguments: ["API", "Api", "HEALTH", "Robots", "stats"])
    func reservedWordsHaveNoCase(word: String) async throws {
        for rule in CodeCase.allCases {
            let replace = { (dependencies: inout APIDependencies) in
                dependencies.links = MemoryStore(codeCase: rule)
            }
            try await withAPI(replace: replace) { api in
                let answer = try await api.post("/api/v1/links", #"{"url":"https://a.example/","code":"\#(word)"}"#)
                #expect(answer.complaints == ["/code reserved"])
                if word != "HEALTH" { #expect(try await api.get("/\(word)").status == 404) }
            }
        }
    }
}
