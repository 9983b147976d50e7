import FoundationEssentials

/// Reads profile and token files: a few kilobytes, at start and about once an hour, so blocking briefly is fine.
enum SmallFile {
    /// The most bytes read; real profile files and tokens are far smaller.
    static let maximumBytes = 1 << 20

    /// The text of a file, `nil` when it does not exist.
    static func read(_ path: String) throws -> String? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        if let size = attributes?[.size] as? UInt64, size > maximumBytes {
            throw AWSError(.configuration, "The file \(path) is larger than \(maximumBytes) bytes.")
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw AWSError(.configuration, "The file \(path) cannot be read; check its permissions.")
        }
        return String(decoding: data.prefix(maximumBytes), as: UTF8.self)
    }
}
