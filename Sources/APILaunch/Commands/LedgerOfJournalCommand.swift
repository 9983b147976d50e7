package import ArgumentParser
import ClickJournal
package import ShrinkrLaunch
import ShrinkrStore

/// `ledger` of a program that has a journal in its data directory: where no process uses it, its files are read.
package struct LedgerOfJournalCommand<Queue: QueueNeed>: AsyncParsableCommand {
    package static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "ledger", abstract: "Say where every click is, and whether the numbers add up.",
            discussion: LedgerRun.discussion)
    }

    @OptionGroup package var options: LedgerOptions
    @OptionGroup package var shared: OperatorOptions

    package init() {}

    package func run() async throws {
        try await LedgerRun.run(options, shared: shared, mustHaveQueue: Queue.isNeeded) { settings in
            LocalJournal.read(dataDirectory: settings.dataDirectory)
        }
    }
}

/// Whether a program cannot run without an SQS queue.
package protocol QueueNeed: Sendable {
    static var isNeeded: Bool { get }
}

/// A program that has an embedded queue.
package enum QueueIsOptional: QueueNeed {
    package static let isNeeded = false
}

/// A program that needs SQS.
package enum QueueIsNeeded: QueueNeed {
    package static let isNeeded = true
}

extension LocalJournal {
    /// The journals of a data directory; none where there is none or a process uses it, and none whose totals are lost.
    fileprivate static func read(dataDirectory: String) -> [LocalJournal] {
        guard let folder = try? FolderInspection.read(directory: "\(dataDirectory)/journal"), !folder.isInUse else {
            return []
        }
        return folder.journals.compactMap(LocalJournal.init)
    }

    private init?(_ journal: JournalInspection) {
        guard let identity = journal.identity, let recorded = journal.recordedTotal,
            let (frame, totals) = journal.acknowledged
        else { return nil }
        let account = JournalAccount(
            answered: Int(recorded + totals.dropped), recorded: Int(recorded),
            lost: Int(totals.lost) + journal.lostRecords, dropped: Int(totals.dropped),
            published: Int(totals.acknowledged), publishedThrough: Int64(frame),
            gaps: journal.gaps.map { Int64($0.lowerBound)...Int64($0.upperBound) }, isComplete: totals.areComplete)
        self.init(journal: identity.description, account: account)
    }
}
