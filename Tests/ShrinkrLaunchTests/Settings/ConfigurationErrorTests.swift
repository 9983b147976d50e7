import AWSRuntime
import ClickJournal
import ShrinkrCore
import ShrinkrDestinations
import ShrinkrStore
import Testing

@testable import ShrinkrLaunch

@Suite("Errors of the configuration") struct ConfigurationErrorTests {
    /// Errors that stand within the sentence about a setting.
    private static let causes: [any Error] =
        [
            JournalError.closed, JournalError.unavailable, JournalError.directoryInUse(path: "/d"),
            JournalError.invalidConfiguration("a frame is too long"),
            JournalError.io(operation: "read", path: "/d", errno: 2),
            JournalError.unsupportedVersion(path: "/d", version: 9),
            DomainDenyListError(line: 1, reason: .invalidDomain),
            DomainDenyListError(line: 2, reason: .tooManyEntries(limit: 1)), StoreError.otherCodeCase(.sensitive),
            StoreError.unavailable(reason: "it is locked"), AWSError(.configuration, "The bucket does not exist."),
            AWSError(.configuration, "The bucket does not exist"),
        ] + DestinationError.allCases.map { $0 as any Error }

    @Test("have no full stop at the end, nor the errors that stand in them", arguments: causes.map { "\($0)" })
    func fullStops(cause: String) {
        #expect(!cause.isEmpty && !cause.hasSuffix("."))
        #expect(
            ConfigurationError(.dataDir, "cannot be used: \(cause)").description
                == "SHRINKR_DATA_DIR (or --data-dir) cannot be used: \(cause); for example: /var/lib/shrinkr")
    }
}
