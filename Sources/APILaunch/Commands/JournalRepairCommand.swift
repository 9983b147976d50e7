package import ArgumentParser
import ClickJournal
import FoundationEssentials
import NIOPosix
import ShrinkrBase
package import ShrinkrLaunch
import ShrinkrProcess

/// `journal repair`.
package struct JournalRepairCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "repair", abstract: "Set damaged parts of the journal aside, and keep everything else.",
        discussion: """
            Does what every start of a server does, without starting one: unfinished records are cut off, damage is copied \
            to 'damaged', and what can be read is put in frames, ready to be sent. Refuses while a server uses the journal.
            """)

    @OptionGroup package var place: PlaceOptions

    package init() {}

    package func run() async throws {
        let directory = try await JournalCommand.directory(place)
        guard FileManager.default.fileExists(atPath: directory) else {
            throw JournalError.io(operation: "open", path: directory, errno: 2).asConfigurationError
        }
        let journal = try await ClickJournal.open(
            directory: directory, configuration: JournalConfiguration(), threadPool: NIOThreadPool.singleton,
            now: { WallClock.system.now().milliseconds })
        // Reading every frame once finds damage that opening does not look for.
        var clicks = 0
        try await journal.visitAll { life in
            var last: UInt64 = 0
            while let frame = try await life.sealedFrames(after: last, limit: 1).first {
                last = frame.number
                clicks += frame.records.count
            }
        }
        let status = journal.status()
        try await journal.close()
        print(
            """
            Directory      \(directory)
            Cut off        \(status.tornBytes) bytes of unfinished records
            Set aside      \(status.damagedBytes) bytes in \(status.damagedRegions) places, \(status.lostRecords) clicks lost
            Ready to send  \(clicks) clicks
            """)
    }
}
