import Testing

@testable import ShrinkrObservability

@Suite struct ReadinessTests {
    private func json(_ readiness: Readiness) -> String {
        String(decoding: readiness.snapshot.json, as: UTF8.self)
    }

    @Test func everythingStartsNotReady() {
        let readiness = Readiness(components: ["store", "journal"])
        #expect(!readiness.isReady)
        let expected =
            #"{"status":"not_ready","components":{"journal":{"status":"not_ready","reason":"starting"},"#
            + #""store":{"status":"not_ready","reason":"starting"}}}"#
        #expect(json(readiness) == expected)
    }

    @Test func readyMeansAllOfThem() {
        let readiness = Readiness(components: ["store", "journal"])
        readiness.markReady("store")
        #expect(!readiness.isReady)
        readiness.markReady("journal")
        #expect(readiness.isReady)
        #expect(
            json(readiness)
                == #"{"status":"ready","components":{"journal":{"status":"ready"},"store":{"status":"ready"}}}"#)
        readiness.markNotReady("store", reason: "connection lost")
        #expect(!readiness.isReady)
        #expect(readiness.snapshot.components.last == .init(name: "store", reason: "connection lost"))
        readiness.markReady("store")
        #expect(readiness.isReady)
    }

    @Test func drainingOverridesForGood() {
        let readiness = Readiness(components: ["store"])
        readiness.markReady("store")
        readiness.beginDraining()
        readiness.markReady("store")
        #expect(!readiness.isReady)
        let expected = #"{"status":"not_ready","reason":"draining","components":{"store":{"status":"ready"}}}"#
        #expect(json(readiness) == expected)
    }

    /// A program whose task must not be taken out of service because its disk is full.
    @Test func someComponentsOnlyDegrade() {
        let readiness = Readiness(components: ["api"], degrading: ["journal"])
        readiness.markReady("api")
        #expect(!readiness.isReady, "the journal is still starting")
        readiness.markReady("journal")
        #expect(readiness.isReady && !readiness.isDegraded)
        readiness.markNotReady("journal", reason: "the disk is full")
        #expect(readiness.isReady && readiness.isDegraded)
        let expected =
            #"{"status":"degraded","components":{"api":{"status":"ready"},"#
            + #""journal":{"status":"not_ready","reason":"the disk is full"}}}"#
        #expect(json(readiness) == expected)
        readiness.markNotReady("api", reason: "broken")
        #expect(!readiness.isReady && !readiness.isDegraded)
        readiness.markReady("api")
        readiness.beginDraining()
        #expect(!readiness.isReady && !readiness.isDegraded)
    }

    /// The two ends of a queue fail apart from each other.
    @Test func aComponentIsReadyWhenNoPartOfItHasAFault() {
        let readiness = Readiness(components: ["api"], degrading: ["queue"])
        readiness.markReady("api")
        readiness.markReady("queue", part: "send")
        #expect(readiness.isReady && !readiness.isDegraded)
        readiness.markNotReady("queue", part: "send", reason: "cannot send")
        readiness.markNotReady("queue", part: "receive", reason: "cannot receive")
        #expect(readiness.isDegraded)
        #expect(readiness.snapshot.components.last?.reason == "cannot receive; cannot send")
        readiness.markReady("queue", part: "receive")
        #expect(readiness.snapshot.components.last?.reason == "cannot send")
        readiness.markReady("queue", part: "send")
        #expect(readiness.isReady && !readiness.isDegraded)
    }

    @Test func nothingIsReadyWithoutComponents() {
        #expect(!Readiness(components: []).isReady)
    }

    @Test func reasonsAreBoundedAndEscaped() throws {
        let readiness = Readiness(components: ["store"])
        readiness.markNotReady("store", reason: "\"\n" + String(repeating: "x", count: 10_000))
        let bytes = readiness.snapshot.json
        #expect(bytes.count < 400)
        let reason = try JSONValue.parse(bytes)["components"]?["store"]?["reason"]
        #expect(reason == .string("\"\n" + String(repeating: "x", count: 198)))
    }
}
