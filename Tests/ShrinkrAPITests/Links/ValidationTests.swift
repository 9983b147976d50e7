import ShrinkrBase
import Testing

@testable import ShrinkrAPI

/// What is wrong with a link to create: all of it at once, each thing by JSON Pointer (RFC 6901) and code.
@Suite struct ValidationTests {
    private static let url = #""url":"https://example.com/""#

    private static func long(_ count: Int, _ character: Character = "x") -> String {
        String(repeating: character, count: count)
    }

    static let wrong: [(String, [String])] = [
        // The destination.
        ("{}", ["/url required"]),
        (#"{"url":null}"#, ["/url required"]),
        (#"{"url":5}"#, ["/url wrong_type"]),
        (#"{"url":["https://example.com/"]}"#, ["/url wrong_type"]),
        (#"{"url":""}"#, ["/url not_absolute"]),
        (#"{"url":"example.com"}"#, ["/url not_absolute"]),
        (#"{"url":"javascript:alert(1)"}"#, ["/url scheme_not_allowed"]),
        (#"{"url":"https://user:secret@example.com/"}"#, ["/url user_info_not_allowed"]),
        (#"{"url":"https://example.com/\u0000"}"#, ["/url control_character"]),
        (#"{"url":"https://127.0.0.1/"}"#, ["/url private_address"]),
        (#"{"url":"https://SHO.rt/x"}"#, ["/url own_host"]),
        (#"{"url":"https://example.com:99999/"}"#, ["/url port_invalid"]),
        (#"{"url":"https://example.com:0/"}"#, ["/url port_invalid"]),
        (#"{"url":"https:///"}"#, ["/url host_missing"]),
        (#"{"url":"https://exa mple.com/"}"#, ["/url host_invalid"]),
        (#"{"url":"https://example.com/\#(long(8_192))"}"#, ["/url too_long"]),
        // Each other member, of another type and out of its bounds.
        (#"{\#(url),"code":5}"#, ["/code wrong_type"]),
        (#"{\#(url),"code":""}"#, ["/code invalid"]),
        (#"{\#(url),"code":"a b"}"#, ["/code invalid"]),
        (#"{\#(url),"code":"a+"}"#, ["/code invalid"]),
        (#"{\#(url),"code":"é"}"#, ["/code invalid"]),
        (#"{\#(url),"code":"\#(long(65))"}"#, ["/code invalid"]),
        (#"{\#(url),"code":"API"}"#, ["/code reserved"]),
        (#"{\#(url),"code":"health"}"#, ["/code reserved"]),
        (#"{\#(url),"title":true}"#, ["/title wrong_type"]),
        (#"{\#(url),"title":""}"#, ["/title too_short"]),
        (#"{\#(url),"title":"\#(long(301, "ä"))"}"#, ["/title too_long"]),
        (#"{\#(url),"title":"a\u0007b"}"#, ["/title control_character"]),
        (#"{\#(url),"tags":"a"}"#, ["/tags wrong_type"]),
        (#"{\#(url),"tags":["a",1,null,""]}"#, ["/tags/1 wrong_type", "/tags/2 wrong_type", "/tags/3 too_short"]),
        (#"{\#(url),"tags":["\#(long(51))"]}"#, ["/tags/0 too_long"]),
        (#"{\#(url),"tags":[\#((0..<21).map { #""t\#($0)""# }.joined(separator: ","))]}"#, ["/tags out_of_range"]),
        (#"{\#(url),"redirect_status":"301"}"#, ["/redirect_status wrong_type"]),
        (#"{\#(url),"redirect_status":303}"#, ["/redirect_status invalid"]),
        (#"{\#(url),"redirect_status":200}"#, ["/redirect_status out_of_range"]),
        (#"{\#(url),"forward_query":"true"}"#, ["/forward_query wrong_type"]),
        (#"{\#(url),"forward_query":1}"#, ["/forward_query wrong_type"]),
        (#"{\#(url),"enabled":0}"#, ["/enabled wrong_type"]),
        (#"{\#(url),"reuse":"yes"}"#, ["/reuse wrong_type"]),
        (#"{\#(url),"max_visits":0}"#, ["/max_visits out_of_range"]),
        (#"{\#(url),"max_visits":9007199254740992}"#, ["/max_visits out_of_range"]),
        (#"{\#(url),"max_visits":1.5}"#, ["/max_visits wrong_type"]),
        (#"{\#(url),"max_visits":"5"}"#, ["/max_visits wrong_type"]),
        (#"{\#(url),"max_visits":true}"#, ["/max_visits wrong_type"]),
        (#"{\#(url),"starts_at":"tomorrow"}"#, ["/starts_at invalid"]),
        (#"{\#(url),"starts_at":"2026-02-30T00:00:00Z"}"#, ["/starts_at invalid"]),
        (#"{\#(url),"expires_at":"2026-03-10"}"#, ["/expires_at invalid"]),
        (#"{\#(url),"expires_at":1773144000}"#, ["/expires_at wrong_type"]),
        (#"{\#(url),"expires_at":"2020-01-01T00:00:00Z"}"#, ["/expires_at invalid"]),
        (#"{\#(url),"expires_at":"2026-03-10T12:00:00Z"}"#, ["/expires_at invalid"]),
        (
            #"{\#(url),"starts_at":"2026-01-01T00:00:00Z","expires_at":"2026-01-01T01:00:00+01:00"}"#,
            ["/expires_at invalid"]
        ),
        // What nobody asked for.
        (#"{\#(url),"URL":"https://example.com/"}"#, ["/URL unknown_member"]),
        (#"{\#(url),"visits_left":5}"#, ["/visits_left unknown_member"]),
        (#"{\#(url),"a/b~c":1}"#, ["/a~1b~0c unknown_member"]),
        (#"{\#(url),"":1}"#, ["/ unknown_member"]),
        // What is said twice, even where it is the same twice.
        (#"{\#(url),\#(url)}"#, ["/url invalid"]),
        (#"{\#(url),"title":"a","t\u0069tle":"b"}"#, ["/title invalid"]),
        // Several at once.
        (
            #"{"url":"ftp://example.com/","code":"!","tags":[1],"max_visits":0,"extra":1}"#,
            [
                "/code invalid", "/extra unknown_member", "/max_visits out_of_range", "/tags/0 wrong_type",
                "/url scheme_not_allowed",
            ]
        ),
        (#"{"code":"!","title":""}"#, ["/code invalid", "/title too_short", "/url required"]),
    ]

    @Test func everythingWrongIsNamed() async throws {
        try await withAPI { api in
            for (body, complaints) in Self.wrong {
                let answer = try await api.post("/api/v1/links", body)
                expectProblem(answer, 422, "validation")
                #expect(answer.complaints == complaints, "\(body.prefix(200))")
            }
            #expect(try await api.get("/api/v1/links").json["data"] == [])
        }
    }

    /// What lies just within the bounds.
    @Test func limitsThemselvesAreAllowed() async throws {
        let tags = (0..<20).map { #""\#(Self.long(48))\#($0)""# }.joined(separator: ",")
        let bodies = [
            #"{\#(Self.url),"title":"\#(Self.long(300, "ä"))"}"#, #"{\#(Self.url),"tags":[\#(tags)]}"#,
            #"{\#(Self.url),"tags":[]}"#, #"{\#(Self.url),"code":"\#(Self.long(64))"}"#,
            #"{\#(Self.url),"max_visits":1}"#, #"{\#(Self.url),"max_visits":1e3}"#, #"{\#(Self.url),"max_visits":2.0}"#,
            #"{"url":"https://example.com/\#(Self.long(8_172))"}"#,
            #"{\#(Self.url),"expires_at":"2026-03-10T12:00:00.001Z"}"#,
        ]
        try await withAPI { api in
            for body in bodies {
                let answer = try await api.post("/api/v1/links", body)
                #expect(answer.status == 201, "\(body.prefix(100)) \(answer.text)")
            }
        }
    }

    @Test func privateDestinationsCanBeAllowed() async throws {
        try await withAPI(configure: { $0.allowPrivateDestinations = true }) { api in
            #expect(try await api.post("/api/v1/links", #"{"url":"http://10.0.0.1/"}"#).status == 201)
            let own = try await api.post("/api/v1/links", #"{"url":"https://sho.rt/x"}"#)
            #expect(own.complaints == ["/url own_host"])
        }
    }

    @Test func errorNamesNothingOfTheDestination() async throws {
        try await withAPI { api in
            let answer = try await api.post("/api/v1/links", #"{"url":"https://user:hunter2@example.com/"}"#)
            #expect(!answer.text.contains("hunter2"))
        }
    }
}
