import Testing

@testable import ShrinkrObservability

@Suite struct MetricsTests {
    private let registry = MetricsRegistry()

    private func text() -> String {
        String(decoding: registry.render(), as: UTF8.self)
    }

    @Test func aPageInFull() throws {
        let clicks = try registry.counter("shrinkr_clicks_total", help: "Clicks.", labels: ["kind": "person"])
        let bots = try registry.counter("shrinkr_clicks_total", help: "Clicks.", labels: ["kind": "bot"])
        let depth = try registry.gauge("shrinkr_depth", help: "Depth.")
        let time = try registry.histogram(
            "shrinkr_seconds", help: "Time.", labels: ["route": "r"], buckets: [0.1, 1, 2.5])
        clicks.increment()
        clicks.increment(by: 4)
        bots.increment()
        depth.set(2.5)
        for value in [0.05, 0.1, 0.5, 99] { time.observe(value) }
        #expect(
            text() == """
                # HELP shrinkr_clicks_total Clicks.
                # TYPE shrinkr_clicks_total counter
                shrinkr_clicks_total{kind="bot"} 1
                shrinkr_clicks_total{kind="person"} 5
                # HELP shrinkr_depth Depth.
                # TYPE shrinkr_depth gauge
                shrinkr_depth 2.5
                # HELP shrinkr_seconds Time.
                # TYPE shrinkr_seconds histogram
                shrinkr_seconds_bucket{route="r",le="0.1"} 2
                shrinkr_seconds_bucket{route="r",le="1"} 3
                shrinkr_seconds_bucket{route="r",le="2.5"} 3
                shrinkr_seconds_bucket{route="r",le="+Inf"} 4
                shrinkr_seconds_sum{route="r"} 99.65
                shrinkr_seconds_count{route="r"} 4

                """)
    }

    @Test func thePageParses() throws {
        let value = "quote \" backslash \\ line\nend } , = é"
        try registry.counter("a_total", help: "one\nline \\ \"quoted\"", labels: ["x": value, "y": ""]).increment()
        try registry.gauge("b_ratio", help: "h").set(-.infinity)
        try registry.histogram("c_seconds", help: "h").observe(.milliseconds(3))
        try ProcessMetrics.register(in: registry)
        let page = try Exposition(parsing: registry.render())
        #expect(page.value("a_total", ["x": value, "y": ""]) == "1")
        #expect(page.help["a_total"] == #"one\nline \\ "quoted""#)
        #expect(page.value("b_ratio") == "-Inf")
        #expect(page.value("c_seconds_bucket", ["le": "0.0025"]) == "0")
        #expect(page.value("c_seconds_bucket", ["le": "0.005"]) == "1")
        #expect(page.value("c_seconds_count") == "1")
        #expect(page.value("c_seconds_sum") == "0.003")
        #expect(page.types["process_cpu_seconds_total"] == "counter")
    }

    @Test func theSameNameAndLabelsGiveTheSameHandle() throws {
        let first = try registry.counter("a_total", help: "h", labels: ["x": "1", "y": "2"])
        #expect(try registry.counter("a_total", help: "h", labels: ["y": "2", "x": "1"]) === first)
        #expect(try registry.counter("a_total", help: "h", labels: ["x": "2", "y": "1"]) !== first)
        #expect(try registry.gauge("g", help: "h") === registry.gauge("g", help: "h"))
        let histogram = try registry.histogram("s", help: "h", buckets: [1, 2])
        #expect(try registry.histogram("s", help: "h", buckets: [1, 2]) === histogram)
    }

    @Test func aNameHasOneType() throws {
        _ = try registry.gauge("a", help: "h")
        #expect(throws: ObservabilityError.self) { try registry.histogram("a", help: "h") }
        _ = try registry.counter("c_total", help: "h")
        #expect(throws: ObservabilityError.self) { try registry.mirroredCounter("c_total", help: "h") }
        _ = try registry.histogram("s", help: "h", buckets: [1, 2])
        #expect(throws: ObservabilityError.self) { try registry.histogram("s", help: "h", buckets: [1, 3]) }
        #expect(throws: ObservabilityError.self) { try registry.gauge("s_count", help: "h") }
        _ = try registry.gauge("t_sum", help: "h")
        #expect(throws: ObservabilityError.self) { try registry.histogram("t", help: "h") }
    }

    @Test(arguments: ["", "1a", "a-b", "a b", "ä", "a\nb", "a_total", String(repeating: "a", count: 129)])
    func badGaugeNamesAreRefused(name: String) {
        #expect(throws: ObservabilityError.self) { try registry.gauge(name, help: "h") }
    }

    @Test(arguments: [
        ["1a": "v"], ["__name__": "v"], ["a:b": "v"], ["": "v"], ["a": String(repeating: "v", count: 257)],
    ])
    func badLabelsAreRefused(labels: [String: String]) {
        #expect(throws: ObservabilityError.self) { try registry.gauge("g", help: "h", labels: labels) }
    }

    @Test func otherRulesAreChecked() {
        #expect(throws: ObservabilityError.self) { try registry.counter("clicks", help: "h") }
        #expect(throws: ObservabilityError.self) { try registry.histogram("s", help: "h", labels: ["le": "1"]) }
        for buckets in [[], [1, 1], [2, 1], [1, .infinity], [.nan], (0...64).map(Double.init)] {
            #expect(throws: ObservabilityError.self) { try registry.histogram("s", help: "h", buckets: buckets) }
        }
        let labels = Dictionary(uniqueKeysWithValues: (0..<9).map { ("l\($0)", "v") })
        #expect(throws: ObservabilityError.self) { try registry.gauge("g", help: "h", labels: labels) }
    }

    @Test func samplesAreBounded() throws {
        let small = MetricsRegistry(maximumSamples: 6)
        _ = try small.histogram("s", help: "h", buckets: [1, 2])
        let last = try small.gauge("g", help: "h")
        #expect(throws: ObservabilityError.self) { try small.gauge("g", help: "h", labels: ["x": "1"]) }
        #expect(throws: ObservabilityError.self) { try small.gauge("other", help: "h") }
        #expect(try small.gauge("g", help: "h") === last)
        #expect(!String(decoding: small.render(), as: UTF8.self).contains("other"))
    }

    @Test func scrapeHooksRunAtEveryScrapeAndAreBounded() throws {
        let gauge = try registry.gauge("g", help: "h")
        try registry.onScrape { gauge.add(1) }
        #expect(text().contains("\ng 1\n"))
        #expect(text().contains("\ng 2\n"))
        for _ in 1..<MetricsRegistry.maximumScrapeHooks { try registry.onScrape {} }
        #expect(throws: ObservabilityError.self) { try registry.onScrape {} }
    }

    @Test func aHookMayRegister() throws {
        let registry = registry
        try registry.onScrape { [weak registry] in try? registry?.gauge("late", help: "h").set(7) }
        #expect(text().contains("\nlate 7\n"))
    }

    @Test func aMirroredCounterIsACounterOnThePage() throws {
        try registry.mirroredCounter("kept_elsewhere_total", help: "h").set(12)
        #expect(text().contains("# TYPE kept_elsewhere_total counter\nkept_elsewhere_total 12\n"))
    }

    @Test func nothingIsLostBetweenThreads() async throws {
        let counter = try registry.counter("a_total", help: "h")
        let gauge = try registry.gauge("g", help: "h")
        let histogram = try registry.histogram("s", help: "h", buckets: [1, 2, 3])
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<4 {
                group.addTask {
                    for _ in 0..<10_000 {
                        counter.increment()
                        histogram.observe(Double(task) + 0.5)
                    }
                    // Nothing else in this loop, so that the threads really meet.
                    for _ in 0..<100_000 { gauge.add(0.5) }
                }
            }
        }
        #expect(counter.value == 40_000)
        #expect(gauge.value == 200_000)
        #expect(histogram.snapshot == .init(cumulative: [10_000, 20_000, 30_000, 40_000], sum: 80_000))
    }

    @Test func countersIgnoreNegativesAndHistogramsNaN() throws {
        let counter = try registry.counter("a_total", help: "h")
        counter.increment(by: -5)
        counter.increment(by: 0)
        #expect(counter.value == 0)
        let histogram = try registry.histogram("s", help: "h", buckets: [1])
        histogram.observe(.nan)
        histogram.observe(-1.0)
        histogram.observe(1.0)
        histogram.observe(.infinity)
        #expect(histogram.snapshot == .init(cumulative: [2, 3], sum: .infinity))
    }

    @Test(arguments: [
        (0.0, "0"), (-0.0, "0"), (5, "5"), (-3, "-3"), (0.000_1, "0.0001"), (1e300, "1e+300"), (.infinity, "+Inf"),
        (-.infinity, "-Inf"), (.nan, "NaN"), (9_007_199_254_740_992, "9007199254740992"),
    ])
    func numbers(value: Double, expected: String) {
        #expect(PrometheusText.number(value) == expected)
    }
}
