import Glibc
import Logging
import ShrinkrObservability
import ShrinkrProcess
import ShrinkrStore
import Synchronization

/// Runs `copy-store` for people: opens both databases, shows how far the copy is, and says what was copied.
struct CopyStoreRun {
    private let from: DatabaseSettings
    private let to: DatabaseSettings
    private let logger: Logger

    init(_ settings: SharedSettings, from: DatabaseSettings, to: DatabaseSettings) {
        (self.from, self.to) = (from, to)
        logger = settings.logFactory.makeLogger(label: "shrinkr")
    }

    /// - Throws: ``CopyError``, ``ConfigurationError``, ``StoreError``.
    func run(startsOver: Bool) async throws {
        let source = try await Database.source(from, logger: logger)
        try await Startup.closing(source.close) {
            let target = try await Database.target(to, logger: logger)
            try await Startup.closing(target.close) {
                let display = ProgressDisplay(isTerminal: isatty(STDERR_FILENO) == 1)
                let copy = StoreCopy(from: source, to: target) { display.show($0) }
                let digests = try await copy.run(startsOver: startsOver)
                display.end()
                for (table, digest) in digests { print(line(table, digest)) }
                print("\(target.name) holds what \(source.name) holds.")
            }
        }
    }

    /// Name, rows and checksum, with tabs between.
    private func line(_ table: CopiedTable, _ digest: TableDigest) -> String {
        let checksum = String(digest.checksum, radix: 16)
        let zeros = String(repeating: "0", count: 16 - checksum.utf8.count)
        return "\(table.name)\t\(digest.rows) rows\t\(zeros)\(checksum)"
    }
}

/// Says on standard error how far a copy is: in one line that changes, or, where no terminal shows it, in a line for
/// each table and one now and then.
final class ProgressDisplay: Sendable {
    private static let pause: (terminal: Duration, file: Duration) = (.milliseconds(200), .seconds(10))

    private struct State {
        var step: CopyProgress.Step?
        var shownAt = ContinuousClock.now
    }

    private let isTerminal: Bool
    private let state = Mutex(State())

    init(isTerminal: Bool) {
        self.isTerminal = isTerminal
    }

    func show(_ progress: CopyProgress) {
        let isDue = state.withLock { state in
            let pause = isTerminal ? Self.pause.terminal : Self.pause.file
            let isNews = state.step != progress.step
            guard isNews || ContinuousClock.now - state.shownAt >= pause else { return false }
            state.step = progress.step
            state.shownAt = .now
            return true
        }
        guard isDue else { return }
        if isTerminal { write("\r\u{1B}[K\(Self.line(progress))") } else { Exit.say(Self.line(progress)) }
    }

    /// Leaves the line as it is.
    func end() { if isTerminal { write("\n") } }

    static func line(_ progress: CopyProgress) -> String {
        switch progress.step {
        case .copying(let index):
            let rows = "\(progress.done[index]) of \(progress.totals[index]) rows"
            return "\(progress.percent) %: \(CopiedTable.all[index].name), \(rows)"
        case .comparing(let index): return "\(progress.percent) %: comparing \(CopiedTable.all[index].name)"
        }
    }

    private func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}
