import ClickJournal
import ClickQueue
import ShrinkrCore
import ShrinkrObservability
import Testing

@testable import ShrinkrAPI

/// A click is recorded exactly once per redirect, and before its answer.
@Suite struct ClickRecordingTests {
    @Test func everyRedirectIsOneClick() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"a"}"#)
            try await api.create(#"{"url":"https://example.com/","code":"b","redirect_status":301}"#)
            for number in 1...10 {
                #expect(try await api.get("/a").status == 302)
                // Not some time later: now.
                #expect(api.recordedClicks == 2 * number - 1)
                #expect(try await api.send("HEAD", "/b").status == 301)
                #expect(api.recordedClicks == 2 * number)
            }
            let clicks = try await api.clicks()
            #expect(clicks.count { $0.code.text == "a" && $0.method == .get } == 10)
            #expect(clicks.count { $0.code.text == "b" && $0.method == .head } == 10)
            #expect(try api.counter("shrinkr_redirects_total") == 20)
            #expect(try api.counter("shrinkr_clicks_recorded_total") == 20)
            #expect(try api.counter("shrinkr_clicks_dropped_total") == 0)
            try await eventually("the frames are counted") { try api.counter("shrinkr_clicks_published_total") == 20 }
        }
    }

    @Test func nothingElseIsAClick() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"mine"}"#)
            try await api.create(#"{"url":"https://example.com/","code":"off","enabled":false}"#)
            try await api.create(#"{"url":"https://example.com/","code":"soon","starts_at":"2027-01-01T00:00:00Z"}"#)
            try await api.create(#"{"url":"https://example.com/","code":"few","max_visits":1}"#)
            for target in ["/never", "/off", "/soon", "/mine+", "/off+", "/health", "/api/v1/links/mine", "/"] {
                _ = try await api.get(target)
            }
            _ = try await api.send("POST", "/mine", "{}")
            _ = try await api.send("HEAD", "/few")
            #expect(api.recordedClicks == 0)
            #expect(try api.counter("shrinkr_redirects_total") == 0)
        }
    }

    @Test func clicksUnderWayAtOnceAreAllRecorded() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"mine"}"#)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<8 {
                    group.addTask {
                        let connection = try await Connection.open(api.port)
                        for number in 0..<50 {
                            let agent: Fields = ["User-Agent": "agent \(worker)-\(number)"]
                            try await connection.send(api.requestText("GET", "/mine", fields: agent))
                            #expect(try await connection.answer().status == 302)
                        }
                        await connection.close()
                    }
                }
                try await group.waitForAll()
            }
            let agents = try await api.clicks().compactMap(\.userAgent)
            #expect(agents.count == 400)
            #expect(Set(agents).count == 400)
        }
    }

    /// A full journal must not take links down; what is lost is counted.
    @Test func fullJournalDropsClicksAndRedirectsOn() async throws {
        var limits = JournalConfiguration()
        limits.maximumRecordBytes = 1_024
        limits.maximumFrameBytes = 2_048
        limits.segmentBytes = 4_096
        limits.maximumBytes = 8_192
        let queue = RecordingQueue(judge: RecordingQueue.refuseAll)
        try await withAPI(replace: { $0.queue = queue }, journalLimits: limits) { api in
            try await api.create(#"{"url":"https://example.com/","code":"mine"}"#)
            for _ in 0..<100 { #expect(try await api.get("/mine").status == 302) }
            let dropped = try api.counter("shrinkr_clicks_dropped_total")
            #expect(dropped > 0)
            #expect(dropped == api.journal.status().totals.dropped)
            #expect(try api.counter("shrinkr_clicks_recorded_total") + dropped == 100)
            #expect(try api.counter("shrinkr_redirects_total") == 100)
            // When the queue is back, so is the room.
            queue.judge(by: RecordingQueue.acceptAll)
            try await eventually("clicks are recorded again") { () async throws in
                let before = api.recordedClicks
                #expect(try await api.get("/mine").status == 302)
                return api.recordedClicks == before + 1
            }
        }
        #expect(try queue.clicks().count > 0)
    }

    @Test func linkedCountersAreExposed() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"mine"}"#)
            for _ in 0..<3 { _ = try await api.get("/mine") }
            _ = try await api.get("/some/path/nobody/knows")
            let page = String(decoding: api.registry.render(), as: UTF8.self)
            #expect(page.contains("shrinkr_redirects_total 3"))
            // The link is read once, or once more where the news of its making comes only after that.
            let isReadOnce = ["hits_total 2", "misses_total 1", "loads_total 1"]
            let isReadTwice = ["hits_total 1", "misses_total 2", "loads_total 2"]
            #expect(
                [isReadOnce, isReadTwice].contains { lines in
                    lines.allSatisfy { page.contains("shrinkr_link_cache_\($0)\n") }
                })
            #expect(page.contains(#"shrinkr_http_requests_total{method="GET",route="/{code}",status="3xx"} 3"#))
            #expect(!page.contains("nobody"))
        }
    }
}
