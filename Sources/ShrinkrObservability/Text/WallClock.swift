import Glibc

/// The system's wall clock, the default of every `now` parameter in this module.
package enum WallClock {
    /// Milliseconds since 1970-01-01T00:00:00Z. May jump when the system's clock is set.
    package static func unixMilliseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
