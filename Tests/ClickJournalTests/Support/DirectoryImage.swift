import FoundationEssentials

/// The bytes of a journal directory at one moment: what a process that died then would have left.
struct DirectoryImage: Equatable {
    var files: [String: [UInt8]] = [:]

    /// The segment files, in order.
    var segments: [String] { files.keys.filter { $0.hasSuffix(".clicks") }.sorted() }

    static let empty = DirectoryImage()

    private init() {}

    init(of path: String) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: path) where name != "damaged" {
            files[name] = try Array(Data(contentsOf: URL(filePath: "\(path)/\(name)")))
        }
    }

    /// Makes a directory with these files; `path` must not exist.
    func write(to path: String) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        for (name, bytes) in files { try Data(bytes).write(to: URL(filePath: "\(path)/\(name)")) }
    }
}
