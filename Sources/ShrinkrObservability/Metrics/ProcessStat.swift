/// The fields of `/proc/PID/stat` that we use (proc_pid_stat(5)).
struct ProcessStat: Equatable {
    /// Processor time in user and in kernel mode, in clock ticks.
    var processorTicks: UInt64
    /// When the process started, in clock ticks since the system's boot.
    var startTicks: UInt64
    /// Resident memory, in pages.
    var residentPages: UInt64

    /// Nil when the line does not have the documented form.
    init?(line: String) {
        // The second field is the program's name in parentheses, and may itself hold spaces and parentheses.
        guard let nameEnd = line.lastIndex(of: ")") else { return nil }
        let fields = line[line.index(after: nameEnd)...].split { $0 == " " || $0 == "\n" }
        // Field numbers as in the manual page; the first field after the name is number 3.
        func field(_ number: Int) -> UInt64? {
            fields.indices.contains(number - 3) ? UInt64(fields[number - 3]) : nil
        }
        guard let user = field(14), let kernel = field(15), let start = field(22), let resident = field(24) else {
            return nil
        }
        self.processorTicks = user &+ kernel
        self.startTicks = start
        self.residentPages = resident
    }

    /// The system's boot time, in seconds since 1970: the `btime` line of `/proc/stat` (proc_stat(5)).
    static func bootTime(inKernelStat text: String) -> UInt64? {
        for line in text.split(separator: "\n") where line.hasPrefix("btime ") {
            return UInt64(line.dropFirst("btime ".count))
        }
        return nil
    }
}
