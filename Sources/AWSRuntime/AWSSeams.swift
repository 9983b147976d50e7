import FoundationEssentials

/// What the AWS client takes from the outside world besides the network, so that tests need no waiting and no files.
package struct AWSSeams: Sendable {
    /// The wall clock, uncorrected.
    package var now: @Sendable () -> UTCTime
    /// A clock that never jumps, for deadlines; its zero is arbitrary.
    package var uptime: @Sendable () -> Duration
    /// Waits; throws `CancellationError` as soon as the task is cancelled.
    package var sleep: @Sendable (Duration) async throws -> Void
    /// A number in 0..<1, for jitter.
    package var random: @Sendable () -> Double
    /// The content of a small file, `nil` when there is none. Throws `AWSError` when it cannot be read.
    package var readFile: @Sendable (String) throws -> String?

    /// Makes seams; whatever is left out is the real thing.
    package init(
        now: @escaping @Sendable () -> UTCTime = Self.systemTime,
        uptime: (@Sendable () -> Duration)? = nil,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        readFile: @escaping @Sendable (String) throws -> String? = { try SmallFile.read($0) }
    ) {
        let start = ContinuousClock.now
        self.now = now
        self.uptime = uptime ?? { start.duration(to: .now) }
        self.sleep = sleep
        self.random = random
        self.readFile = readFile
    }

    /// The system's wall clock.
    package static let systemTime: @Sendable () -> UTCTime = {
        UTCTime(secondsSinceEpoch: Int64(Date().timeIntervalSince1970.rounded(.down)))
    }
}

/// Reads profile and token files: a few kilobytes, at start and about once an hour, so blocking briefly is fine.
enum SmallFile {
    /// The most bytes read; real profile files and tokens are far smaller.
    static let maximumBytes = 1 << 20

    /// The text of a file, `nil` when it does not exist.
    static func read(_ path: String) throws -> String? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        if let size = attributes?[.size] as? UInt64, size > maximumBytes {
            throw AWSError(.configuration, "The file \(path) is larger than \(maximumBytes) bytes")
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw AWSError(.configuration, "The file \(path) cannot be read; check its permissions")
        }
        return String(decoding: data.prefix(maximumBytes), as: UTF8.self)
    }
}
