import ClickJournal
import FoundationEssentials
import ShrinkrBase
import ShrinkrCore
import ShrinkrDestinations
import ShrinkrStore
import StoreTestSupport
import Testing

@testable import ShrinkrAPI

/// Links that led where no link may lead any more.
@Suite struct BlockedDestinationTests {
    private func expectBlocked(_ answer: Answer, sourceLocation: SourceLocation = #_sourceLocation) {
        expectProblem(answer, 410, "link-gone", sourceLocation: sourceLocation)
        #expect(answer.json["reason"] == "blocked", sourceLocation: sourceLocation)
        #expect(answer["location"] == nil, sourceLocation: sourceLocation)
        for word in ["spam", "denied", "list", "private"] {
            #expect(!answer.text.contains(word), "the answer says nothing of '\(word)'", sourceLocation: sourceLocation)
        }
    }

    /// Writes the list to a file of its own, as an editor or a mounted configuration does.
    private func write(_ text: String, to file: String) throws {
        try Data(text.utf8).write(to: URL(filePath: file), options: .atomic)
    }

    @Test func deniedDomainStopsItsLinksAndItsReturnBringsThemBack() async throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/denied.txt"
        try write("other.example\n", to: file)
        try await withAPI(configure: { $0.deniedDomainsFile = file }) { api in
            try await api.create(#"{"url":"https://www.spam.example/x","code":"bad"}"#)
            try await api.create(#"{"url":"https://www.spam.example/x","code":"keeps","redirect_status":307}"#)
            try await api.create(#"{"url":"https://www.spam.example/x","code":"limited","max_visits":5}"#)
            try await api.create(#"{"url":"https://good.example/","code":"good"}"#)
            #expect(try await api.get("/bad").status == 302)
            #expect(try await api.get("/bad+").status == 200)

            try write("spam.example\n", to: file)
            try await eventually("the link is blocked") { try await api.get("/bad").status == 410 }
            let clicks = api.recordedClicks
            expectBlocked(try await api.get("/bad"))
            expectBlocked(try await api.get("/bad+"))
            expectBlocked(try await api.get("/limited"))
            expectBlocked(try await api.get("/limited+"))
            expectBlocked(try await api.get("/limited", fields: ["User-Agent": "Slackbot 1.0"]))
            expectBlocked(try await api.post("/keeps", "{}"))
            expectBlocked(try await api.post("/bad+", ""))
            expectBlocked(try await api.post("/limited+", ""))
            #expect(try await api.send("HEAD", "/bad").status == 410)
            #expect(try await api.send("HEAD", "/limited").status == 410)
            #expect(api.recordedClicks == clicks, "what is blocked is not counted")
            #expect(try await api.get("/api/v1/links/limited").json["visits_left"] == 5)
            #expect(try await api.get("/good").status == 302)

            try write("other.example\n", to: file)
            try await eventually("the link works again") { try await api.get("/bad").status == 302 }
        }
        withExtendedLifetime(folder) {}
    }

    /// A list that cannot be read changes nothing.
    @Test func brokenListLeavesTheLastOne() async throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/denied.txt"
        try write("spam.example\n", to: file)
        try await withAPI(configure: { $0.deniedDomainsFile = file }) { api in
            try write("two words\n", to: file)
            try await Task.sleep(for: DeniedDomainsReloader.interval * 3)
            #expect(try await api.post("/api/v1/links", #"{"url":"https://spam.example/"}"#).status == 422)
            try write("203.0.113.7\ntwo.example\n", to: file)
            try await eventually("the new list is read") {
                try await api.post("/api/v1/links", #"{"url":"https://spam.example/"}"#).status == 201
            }
        }
        withExtendedLifetime(folder) {}
    }

    /// Files of configuration are often links, whose targets are put in place anew.
    @Test func linkToTheListIsFollowed() async throws {
        let folder = try TemporaryFolder()
        let (file, target) = (folder.path + "/denied.txt", folder.path + "/version-1.txt")
        try write("spam.example\n", to: target)
        try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: "version-1.txt")
        try await withAPI(configure: { $0.deniedDomainsFile = file }) { api in
            try write("other.example\n", to: target)
            try await eventually("the new list is read") {
                try await api.post("/api/v1/links", #"{"url":"https://spam.example/"}"#).status == 201
            }
        }
        withExtendedLifetime(folder) {}
    }

    /// A line that is nothing lifts no denial, and holds none up.
    @Test func badLineHoldsNothingUp() async throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/denied.txt"
        try write("spam.example\n", to: file)
        let lines = LogLines(showing: "error")
        try await withAPI(configure: { $0.deniedDomainsFile = file }, replace: { $0.logger = lines.logger }) { api in
            func status(_ host: String) async throws -> Int {
                try await api.post("/api/v1/links", #"{"url":"https://\#(host)/"}"#).status
            }
            try write("two words\n*.two.example\n", to: file)
            try await eventually("the new line counts") { try await status("www.two.example") == 422 }
            #expect(try await status("spam.example") == 422)
            #expect(lines.all.contains { $0.contains("Line 1 of the deny-list") })
            try write("*.two.example\n", to: file)
            try await eventually("the old list is gone") { try await status("spam.example") == 201 }
        }
        withExtendedLifetime(folder) {}
    }

    /// Said once, in plain words, and again only when it is a minute later.
    @Test func fileThatIsGoneIsToldOnce() async throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/denied.txt"
        try write("spam.example\n", to: file)
        let lines = LogLines(showing: "error")
        try await withAPI(configure: { $0.deniedDomainsFile = file }, replace: { $0.logger = lines.logger }) { api in
            try FileManager.default.removeItem(atPath: file)
            let said = "'\(file)' cannot be read: no such file or directory"
            try await eventually("it is told") { lines.all.contains { $0.contains(said) } }
            try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: false)
            try await Task.sleep(for: DeniedDomainsReloader.interval * 4)
            #expect(lines.all.filter { $0.contains("Denied domains not read") }.count == 1)
            #expect(try await api.post("/api/v1/links", #"{"url":"https://spam.example/"}"#).status == 422)
            try FileManager.default.removeItem(atPath: file)
            try write("other.example\n", to: file)
            try await eventually("it is read again") {
                try await api.post("/api/v1/links", #"{"url":"https://spam.example/"}"#).status == 201
            }
        }
        #expect(DeniedDomainsFileError.folder("/x").description == "'/x' is a folder, not a file")
        withExtendedLifetime(folder) {}
    }

    /// Links to private addresses stop where these are allowed no more.
    @Test(arguments: [true, false])
    func privateDestinationsStopWithTheirPermission(isAllowed: Bool) async throws {
        let configure = { (configuration: inout APIConfiguration) in
            configuration.allowPrivateDestinations = isAllowed
        }
        try await withAPI(configure: configure) { api in
            for (code, url) in [
                ("a", "http://10.0.0.1/"), ("b", "http://intranet/"), ("c", "http://127.0.0.1.nip.io/"),
            ] {
                let link = NewLink(
                    candidates: [try #require(ShortCode(code))], settings: LinkSettings(url: url),
                    createdAt: api.clock.now)
                _ = try await api.store.insert([link], completing: nil)
                for target in ["/\(code)", "/\(code)+"] {
                    let answer = try await api.get(target)
                    if isAllowed {
                        #expect(answer.status == (target.hasSuffix("+") ? 200 : 302), "\(target)")
                    } else {
                        expectBlocked(answer)
                    }
                }
            }
        }
    }

    /// Judging takes a parse; a link that is followed again and again is judged once.
    @Test func cachedLinkIsJudgedOncePerList() throws {
        let destinations = Destinations(policy: DestinationPolicy(baseURLs: []))
        let settings = LinkSettings(url: "https://spam.example/")
        let link = Link(
            code: try #require(ShortCode("a")), settings: settings, createdAt: TestClock.start,
            updatedAt: TestClock.start)
        let found = FoundLink(link)
        #expect(!destinations.refuses(found))
        // The verdict of this generation stands, whatever would be judged now.
        #expect(!found.verdict.isRefused(in: 0) { true })
        destinations.deny(try DomainDenyList(parsing: "spam.example".utf8))
        #expect(destinations.refuses(found))
        #expect(found.verdict.isRefused(in: 1) { false })
    }
}
