package import ClickJournal
package import Logging

extension JournalStatus {
    /// How much damage was found since the journal was opened, for the log.
    package var damage: Logger.Metadata {
        [
            "journal.damaged_regions": "\(damagedRegions)", "journal.damaged_bytes": "\(damagedBytes)",
            "journal.clicks_lost": "\(lostRecords)",
        ]
    }
}
