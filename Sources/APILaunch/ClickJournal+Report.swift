import ClickJournal
import Logging
import ShrinkrAPI

extension ClickJournal {
    /// Says what opening the journal found amiss; nothing where all was well.
    func reportRecovery(to logger: Logger) {
        let status = status()
        if status.tornBytes > 0 {
            // The remains of a click whose redirect was not answered.
            logger.info(
                "The unfinished end of the journal was removed", metadata: ["journal.bytes": "\(status.tornBytes)"])
        }
        if status.damagedRegions > 0 {
            logger.error("Damaged parts of the journal were set aside", metadata: status.damage)
        }
    }
}
