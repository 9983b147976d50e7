import Synchronization

@testable import ShrinkrObservability

/// Keeps log lines for a test to read.
final class RecordingOutput: LogOutput {
    let isTerminal: Bool
    private let recorded = Mutex<[[UInt8]]>([])

    init(isTerminal: Bool = false) {
        self.isTerminal = isTerminal
    }

    func write(_ line: [UInt8]) {
        recorded.withLock { $0.append(line) }
    }

    /// Every write so far.
    var writes: [[UInt8]] {
        recorded.withLock { $0 }
    }

    /// Every write as text.
    var text: [String] {
        writes.map { String(decoding: $0, as: UTF8.self) }
    }
}
