import Crypto
import FoundationEssentials
import Glibc
import ShrinkrLaunch

/// The secret that keys visitor hashes: from the configuration, or made once and kept in the data directory.
enum VisitorSecret {
    /// Fewest bytes of a secret: 128 bits.
    static let minimumBytes = 16

    static func read(_ reader: SettingsReader, dataDirectory: String) async throws -> SymmetricKey {
        let expected = "a text of at least \(minimumBytes) characters"
        let given = try await reader.value(.visitorSecret, expected, isFree: true) { text in
            text.utf8.count >= minimumBytes ? SymmetricKey(data: Array(text.utf8)) : nil
        }
        return try given ?? kept(in: dataDirectory)
    }

    private static func kept(in directory: String) throws -> SymmetricKey {
        let path = "\(directory)/visitor.secret"
        do {
            if !FileManager.default.fileExists(atPath: path) { try make(path, in: directory) }
            let data = try Data(contentsOf: URL(filePath: path))
            guard data.count >= minimumBytes else {
                throw ConfigurationError("The file \(path) is too short to be a secret; remove it to make a new one")
            }
            return SymmetricKey(data: data)
        } catch let error as CocoaError {
            throw ConfigurationError(.dataDir, "cannot be used: \(error)")
        }
    }

    /// Written under another name and renamed, so that a half-written secret is never read.
    private static func make(_ path: String, in directory: String) throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let secret = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
        let temporary = "\(path).\(getpid())"
        try secret.write(to: URL(filePath: temporary))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: temporary)
        // Another process may have made one meanwhile; linking keeps the first.
        _ = link(temporary, path)
        try FileManager.default.removeItem(atPath: temporary)
    }
}
