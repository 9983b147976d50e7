import ClickJournal
import ClickQueue
import Logging
import ServiceLifecycle
import ShrinkrBase
import ShrinkrCore
import ShrinkrObservability
import ShrinkrStore

/// Takes sealed frames out of the journal and sends them until the queue has them: then the journal may forget them.
///
/// Several senders work at once; each tries its batch again, more and more slowly, for as long as it takes. Only a frame
/// that the queue refuses for its content is set aside in the end (``PublishBatch``), and counted as lost. On shutdown
/// they send everything that is left, within the shutdown's own deadline; what remains is sent after the next start.
struct ClickPublisher: Service {
    /// Most frames in one batch: as many as a batch has messages.
    static let framesPerBatch = 10
    /// Most frames in a batch of messages that hold several: three messages, of less than 256 KiB in version 1 each.
    static let packedFramesPerBatch = 3 * PublishPiece.packedFrames
    /// Most batches under way: at most 40 frames of 240 KiB are in memory.
    static let senders = 4
    /// How often to look for frames while the journal cannot be read, and during a shutdown.
    static let tick = Duration.milliseconds(50)
    /// Longest pause between two attempts.
    static let longestPause = Duration.seconds(5)
    /// The component that is not ready while the queue takes no clicks.
    static let component = "queue"
    /// Its name where it reports on the queue.
    static let part = "send"

    private let journal: ClickJournal
    private let dispenser: FrameDispenser
    private let time: MonotonicTime
    /// Nil where frames are sent in version 1 whatever the workers read.
    let versions: FrameVersionKeeper?
    private let queue: any ClickQueueSender
    private let metrics: APIMetrics
    private let readiness: Readiness
    private let logger: Logger
    private let failures: FailureStreak
    private let readFailures: FailureStreak
    private let acknowledgeFailures: FailureStreak

    /// - Parameters:
    ///   - readiness: Must have the component ``ClickPublisher/component``.
    ///   - workers: Where workers say which frames they read; nil sends frames in version 1.
    init(
        journal: ClickJournal, queue: any ClickQueueSender, metrics: APIMetrics, readiness: Readiness,
        workers: (any WorkerVersionStore)? = nil, clock: WallClock,
        time: MonotonicTime = MonotonicTime(ContinuousClock()), logger: Logger
    ) {
        self.journal = journal
        self.time = time
        let dispenser = FrameDispenser(journal: journal, time: time)
        self.dispenser = dispenser
        versions = workers.map {
            FrameVersionKeeper(store: $0, dispenser: dispenser, metrics: metrics, time: time, logger: logger)
        }
        self.queue = queue
        self.metrics = metrics
        self.readiness = readiness
        self.logger = logger
        failures = FailureStreak("Clicks cannot be sent", clock: clock, logger: logger)
        readFailures = FailureStreak("Journal cannot be read", clock: clock, logger: logger)
        acknowledgeFailures = FailureStreak("Journal cannot be acknowledged", clock: clock, logger: logger)
    }

    func run() async throws {
        say("Clicks of an earlier run are in the journal; they are sent now", level: .info)
        await withGracefulShutdownHandler {
            await withTaskGroup { group in
                if let versions { group.addTask { try? await versions.run() } }
                await withTaskGroup { group in
                    for _ in 0..<Self.senders { group.addTask { try? await publish() } }
                }
                group.cancelAll()
            }
        } onGracefulShutdown: { [signals = journal.signals] in
            signals.ended.send()
        }
        say("Clicks stay in the journal; the next start in this directory sends them", level: .warning)
    }

    /// Says how many clicks the queue does not have, if there are any.
    private func say(_ message: Logger.Message, level: Logger.Level) {
        let pending = journal.status().unacknowledgedRecords
        if pending > 0 { logger.log(level: level, message, metadata: ["clicks.pending": "\(pending)"]) }
    }

    /// Ends when there is nothing left to send during a shutdown, or by cancellation.
    private func publish() async throws {
        while !Task.isCancelled {
            let generation = journal.signals.ended.generation
            let isDraining = Task.isShuttingDownGracefully
            var looksAgain = isDraining
            if isDraining {
                await journal.sealOnThread()
                // Nobody would send them again.
                await dispenser.takeBack()
            }
            do {
                let pieces = try await nextPieces(isDraining: isDraining)
                if !pieces.isEmpty {
                    readFailures.succeeded()
                    try await send(pieces)
                    continue
                }
                if isDraining, await dispenser.isIdle { return }
            } catch let error as JournalError {
                readFailures.failed("\(error)")
                looksAgain = true
            }
            let end = looksAgain ? time.now() + Self.tick : await dispenser.gatheringEnds
            await time.wait(for: journal.signals.ended, after: generation, until: end)
        }
    }

    /// What was sent in version 2 and must be sent in version 1, else what was not sent yet.
    func nextPieces(isDraining: Bool) async throws -> [PublishPiece] {
        let again = try await dispenser.takeAgain(limit: Self.framesPerBatch)
        metrics.framesSentAgain.increment(by: again.count)
        if !again.isEmpty { return again.map { PublishPiece($0, isAgain: true) } }
        guard !isDraining, let versions, versions.version > 1 else {
            return try await dispenser.next(limit: Self.framesPerBatch).map { PublishPiece($0) }
        }
        return PublishPiece.packing(try await dispenser.next(limit: Self.packedFramesPerBatch, gathering: true))
    }

    func send(_ pieces: [PublishPiece]) async throws {
        var batch = PublishBatch(pieces)
        var pause = Duration.milliseconds(100)
        while !batch.isEmpty {
            let progress = batch.answered(await queue.send(batch.next.map(\.outgoing)))
            report(progress)
            metrics.clicksPublished.increment(by: progress.accepted.reduce(0) { $0 + ($1.isAgain ? 0 : $1.clicks) })
            for piece in progress.accepted where piece.packed != nil { await dispenser.sent(piece.frames) }
            var done = progress.accepted.filter { $0.packed == nil }.flatMap(\.frames)
            for frame in progress.givenUp {
                if await setAside(frame, reason: progress.reason) {
                    done.append(frame)
                } else {
                    await dispenser.leave(frame)
                }
            }
            await acknowledge(done)
            // What was refused last is out of the way, and nothing waits for the queue.
            if batch.isEmpty, !done.isEmpty { readiness.markReady(Self.component, part: Self.part) }
            guard progress.failed > 0, let reason = progress.reason else { continue }
            metrics.publishFailures.increment(by: progress.failed)
            failures.failed(reason)
            try await Task.sleep(for: pause * Double.random(in: 0.5...1))
            pause = min(pause * 2, Self.longestPause)
        }
        failures.succeeded()
    }

    /// Says whether the queue takes anything, refused content included: a queue that refuses all is a broken one.
    private func report(_ progress: PublishBatch.Progress) {
        if progress.accepted.isEmpty {
            readiness.markNotReady(Self.component, part: Self.part, reason: "clicks cannot be sent")
        } else {
            readiness.markReady(Self.component, part: Self.part)
        }
    }

    /// Keeps a frame that the queue will never take where a person can find it. Returns whether that worked.
    private func setAside(_ frame: SealedFrame, reason: String?) async -> Bool {
        var metadata: Logger.Metadata = [
            "frame.journal": "\(frame.journal)", "frame.number": "\(frame.number)",
            "frame.clicks": "\(frame.records.count)",
            "error": "\(reason ?? "none")",
        ]
        do {
            try await journal.setAside(frame, copy: frame.body)
            logger.error("The queue refuses clicks; they are set aside and not counted", metadata: metadata)
            return true
        } catch {
            metadata["journal.error"] = "\(error)"
            logger.error(
                "The queue refuses clicks, and they cannot be set aside; they stay in the journal until the next start",
                metadata: metadata)
            return false
        }
    }

    /// Where the journal cannot note what the queue has, frames come again after the next start, which is harmless; the
    /// rest of the batch must be sent all the same.
    private func acknowledge(_ frames: [SealedFrame]) async {
        guard !frames.isEmpty else { return }
        do {
            try await dispenser.accept(frames)
            acknowledgeFailures.succeeded()
        } catch {
            acknowledgeFailures.failed("\(error)")
        }
    }
}
