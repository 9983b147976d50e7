import FoundationEssentials
import Glibc

/// A folder that goes with its last reference; in memory where the system offers that, so that synchronising is quick.
final class TemporaryFolder: Sendable {
    let path: String

    init() {
        let base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
        path = "\(base)/click-journal-\(UUID().uuidString)"
        mkdir(path, 0o700)
    }

    /// A path inside the folder where nothing is yet.
    func path(_ name: String) -> String { "\(path)/\(name)" }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}
