import Glibc

/// The metrics every Prometheus client has of its own process, read from `/proc` at each scrape.
package enum ProcessMetrics {
    /// Registers `process_resident_memory_bytes`, `process_open_fds`, `process_start_time_seconds` and
    /// `process_cpu_seconds_total` (Prometheus, "Writing client libraries", section "Process metrics").
    ///
    /// - Throws: ``ObservabilityError/invalidMetric(name:reason:)`` when a name is taken or a limit reached.
    package static func register(in registry: MetricsRegistry) throws(ObservabilityError) {
        let memory = try registry.gauge("process_resident_memory_bytes", help: "Resident memory size in bytes.")
        let descriptors = try registry.gauge("process_open_fds", help: "Number of open file descriptors.")
        let start = try registry.gauge(
            "process_start_time_seconds", help: "Start time of the process since unix epoch in seconds.")
        let processor = try registry.mirroredCounter(
            "process_cpu_seconds_total", help: "Total user and system CPU time spent in seconds.")

        let ticksPerSecond = Double(sysconf(Int32(_SC_CLK_TCK)))
        let pageBytes = Double(sysconf(Int32(_SC_PAGESIZE)))
        if let boot = Procfs.text(of: "/proc/stat").flatMap(ProcessStat.bootTime), let stat = ownStat() {
            start.set(Double(boot) + Double(stat.startTicks) / ticksPerSecond)
        }
        try registry.onScrape {
            if let stat = ownStat() {
                memory.set(Double(stat.residentPages) * pageBytes)
                processor.set(Double(stat.processorTicks) / ticksPerSecond)
            }
            if let count = Procfs.openDescriptorCount() { descriptors.set(count) }
        }
    }

    private static func ownStat() -> ProcessStat? {
        Procfs.text(of: "/proc/self/stat").flatMap(ProcessStat.init)
    }
}
