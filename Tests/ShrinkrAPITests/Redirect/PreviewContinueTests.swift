import ShrinkrBase
import ShrinkrCore
import Testing

@testable import ShrinkrAPI

/// The button on the page that declared bots get of a limited link, for people whose user agent looks like one.
@Suite struct PreviewContinueTests {
    private static let link = #"{"url":"https://example.com/secret","code":"once","max_visits":1}"#
    private static let misjudged: Fields = ["User-Agent": "Twitterbot/1.0", "Sec-Fetch-Site": "same-origin"]

    @Test func pageHasAFormThatLeadsOn() async throws {
        try await withAPI { api in
            try await api.create(Self.link)
            for target in ["/once+", "/once", "/once/"] {
                let page = try await api.get(target, fields: ["User-Agent": "Twitterbot/1.0"])
                let button = #"<button class="primary">Continue</button>"#
                #expect(page.text.contains(#"<form method="post" action="/once+">\#(button)</form>"#))
                let policy = try #require(page["content-security-policy"])
                #expect(policy.contains("default-src 'none'"))
                #expect(policy.contains("form-action 'self'"))
                // With `no-referrer` browsers send the form with `Origin: null`.
                #expect(page["referrer-policy"] == "same-origin")
            }
            #expect(try await api.get("/api/v1/links/once").json["visits_left"] == 1)
            let answer = try await api.send("POST", "/once+", "", fields: Self.misjudged)
            #expect(answer.status == 303)
            #expect(answer["location"] == "https://example.com/secret")
            #expect(answer["cache-control"] == "private, no-store")
            let click = try #require(try await api.clicks().first)
            #expect(click.isConfirmed)
            #expect(click.method == .get)
            #expect(try await api.get("/api/v1/links/once").json["visits_left"] == 0)
            expectProblem(try await api.send("POST", "/once+", "", fields: Self.misjudged), 410, "link-gone")
            expectProblem(try await api.get("/once+"), 410, "link-gone")
            #expect(api.recordedClicks == 1)
        }
    }

    @Test(arguments: [301, 302, 307, 308])
    func methodIsNotKept(_ status: Int) async throws {
        try await withAPI { api in
            try await api.create(
                #"{"url":"https://example.com/","code":"once","max_visits":1,"redirect_status":\#(status)}"#)
            #expect(try await api.send("POST", "/once+", "", fields: Self.misjudged).status == 303)
        }
    }

    @Test func queryIsForwarded() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"once","max_visits":1,"forward_query":true}"#)
            let page = try await api.get("/once?a=1&b=%22", fields: ["User-Agent": "Twitterbot/1.0"])
            #expect(page.text.contains(#"action="/once+?a=1&amp;b=%22""#))
            let answer = try await api.send("POST", "/once+?a=1&b=%22", "", fields: Self.misjudged)
            #expect(answer["location"] == "https://example.com/?a=1&b=%22")
        }
    }

    /// Another site's page must not use visits up, and whoever comes from there still has the button.
    @Test func formOfAnotherSiteUsesNothing() async throws {
        try await withAPI { api in
            try await api.create(Self.link)
            for fields: Fields in [
                ["Sec-Fetch-Site": "cross-site"], ["Sec-Fetch-Site": "same-site"], ["Origin": "https://evil.example"],
                ["Origin": "null"], ["Sec-Fetch-Site": "cross-site", "Origin": TestAPI.origin],
                ["Sec-Fetch-Site": "same-origin", "Sec-Purpose": "prefetch"], ["Origin": ""], ["Origin": "https://"],
            ] {
                let answer = try await api.send("POST", "/once+", "", fields: fields)
                #expect(answer.status == 200)
                #expect(answer.text.contains("Continue"))
                #expect(!answer.text.contains("secret"))
            }
            #expect(api.recordedClicks == 0)
            #expect(try await api.get("/api/v1/links/once").json["visits_left"] == 1)
        }
    }

    /// Over plain HTTP browsers say no more than the origin; text browsers say nothing at all.
    @Test func olderBrowsersGetThrough() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"few","max_visits":3}"#)
            let own = "http://127.0.0.1:\(api.port)"
            #expect(try await api.send("POST", "/few+", "", fields: ["Origin": TestAPI.origin]).status == 303)
            #expect(try await api.send("POST", "/few+", "", fields: ["Origin": own]).status == 303)
            #expect(try await api.send("POST", "/few+", "").status == 303)
            #expect(try await api.clicks().count { $0.isConfirmed } == 2)
        }
    }

    @Test func nobodyGetsPastTheLimit() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"few","max_visits":5}"#)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<30 {
                    group.addTask {
                        number % 2 == 0
                            ? try await api.get("/few").status
                            : try await api.send("POST", "/few+", "", fields: Self.misjudged).status
                    }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 302 || $0 == 303 } == 5)
            #expect(statuses.count { $0 == 410 } == 25)
            #expect(api.recordedClicks == 5)
        }
    }

    @Test func linksThatCannotBeFollowedAreNot() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"off","enabled":false,"max_visits":1}"#)
            try await api.create(
                #"{"url":"https://example.com/","code":"soon","starts_at":"2027-01-01T00:00:00Z","max_visits":1}"#)
            expectProblem(try await api.send("POST", "/off+", "", fields: Self.misjudged), 410, "link-gone")
            expectProblem(try await api.send("POST", "/soon+", "", fields: Self.misjudged), 404, "not-found")
            expectProblem(try await api.send("POST", "/never+", "", fields: Self.misjudged), 404, "not-found")
            #expect(api.recordedClicks == 0)
        }
    }
}
