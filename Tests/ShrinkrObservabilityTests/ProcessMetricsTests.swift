import Glibc
import ShrinkrBase
import Testing

@testable import ShrinkrObservability

@Suite struct ProcessMetricsTests {
    /// The form of a line in proc_pid_stat(5), with a name that tries to be more fields.
    private func line(name: String) -> String {
        "42 (\(name)) S 1 2 3 4 5 6 7 8 9 10 1100 220 13 14 15 16 17 18 555000 20 777 22 23\n"
    }

    @Test(arguments: ["shrinkr", "a b", "a) R 1 (b", ")", ""])
    func theNameDoesNotMatter(name: String) throws {
        let stat = try #require(ProcessStat(line: line(name: name)))
        #expect(stat.processorTicks == 1_320)
        #expect(stat.startTicks == 555_000)
        #expect(stat.residentPages == 777)
    }

    @Test(arguments: [
        "", "42", "42 (a)", "42 (a) S 1 2 3", "42 (a) S 1 2 3 4 5 6 7 8 9 10 x y 13 14 15 16 17 18 1 20 7",
    ])
    func otherTextIsRefused(text: String) {
        #expect(ProcessStat(line: text) == nil)
    }

    @Test func bootTime() {
        #expect(ProcessStat.bootTime(inKernelStat: "cpu 1 2\nintr 5\nbtime 1700000000\nprocesses 7\n") == 1_700_000_000)
        #expect(ProcessStat.bootTime(inKernelStat: "cpu 1 2\n") == nil)
    }

    @Test func theRealNumbersArePlausible() throws {
        let registry = MetricsRegistry()
        try ProcessMetrics.register(in: registry)
        let page = try Exposition(parsing: registry.render())
        func value(_ name: String) throws -> Double { try #require(page.value(name).flatMap(Double.init)) }
        #expect(try value("process_resident_memory_bytes") > 1_000_000)
        #expect(try value("process_open_fds") >= 3)
        let now = Double(WallClock.system.now().milliseconds) / 1_000
        let start = try value("process_start_time_seconds")
        #expect(start > now - 86_400 && start <= now + 1)
        #expect(try value("process_cpu_seconds_total") >= 0)
    }

    @Test func openDescriptorsAreCounted() throws {
        let before = try #require(Procfs.openDescriptorCount())
        // Other tests open and close descriptors meanwhile; this many stand out.
        let opened = (0..<200).map { _ in dup(STDERR_FILENO) }
        defer { for descriptor in opened { close(descriptor) } }
        let after = try #require(Procfs.openDescriptorCount())
        #expect(after - before > 100)
    }

    @Test func aMissingFileIsNil() {
        #expect(Procfs.text(of: "/proc/self/no-such-file") == nil)
    }
}
