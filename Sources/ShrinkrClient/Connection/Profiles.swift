import Glibc
import ShrinkrBase

/// The servers whose keys were stored with `login`, and which of them is asked where none is named. A file that nobody
/// else can read: `shrinkr/client.json` in the folder for configuration.
package struct Profiles: Equatable, Sendable {
    /// A server and the key for it.
    package struct Profile: Equatable, Sendable {
        package let server: ServerAddress
        package let key: String
    }

    /// Most servers in the file.
    static let maximumServers = 100
    /// Most bytes of the file: far more than so many servers with the longest keys need.
    private static let maximumBytes = 128 << 10

    /// The last one is asked where none is named.
    package private(set) var all: [Profile] = []

    package init() {}

    package var standard: Profile? { all.last }

    package subscript(_ server: ServerAddress) -> Profile? { all.first { $0.server == server } }

    /// Stores a key, in the place of one that there was for the server, and makes it the standard.
    package mutating func store(_ key: String, for server: ServerAddress) throws(ClientError) {
        remove(server)
        guard all.count < Self.maximumServers else {
            throw ClientError(.misuse, "\(Self.maximumServers) servers are stored already; remove one with 'logout'")
        }
        all.append(Profile(server: server, key: key))
    }

    /// - Returns: whether there was one.
    @discardableResult package mutating func remove(_ server: ServerAddress) -> Bool {
        let count = all.count
        all.removeAll { $0.server == server }
        return all.count < count
    }
}

// MARK: - The file

extension Profiles {
    /// Where the file is.
    package static func path(_ environment: ClientEnvironment) -> String? {
        environment.configurationFolder.map { $0 + "/shrinkr/client.json" }
    }

    /// Reads the file; no servers where there is none.
    ///
    /// - Throws: ``ClientError`` where others can read it, or it is not what `login` writes.
    package static func read(_ path: String) throws(ClientError) -> Profiles {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return Profiles() }
            throw failed(path, "read")
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw failed(path, "read") }
        guard status.st_mode & 0o077 == 0 else {
            throw ClientError(.misuse, "\(path) holds keys and others may read it; close it with 'chmod 600 \(path)'")
        }
        var bytes = [UInt8](repeating: 0, count: maximumBytes)
        var count = 0
        while count < bytes.count {
            let length = bytes.withUnsafeMutableBytes { bytes in
                let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[count...])
                return Glibc.read(file, rest.baseAddress, rest.count)
            }
            if length < 0, errno == EINTR { continue }
            guard length >= 0 else { throw failed(path, "read") }
            if length == 0 { break }
            count += length
        }
        guard count < maximumBytes, let profiles = Profiles(Array(bytes[..<count])) else {
            throw ClientError(.misuse, "\(path) is not what 'shrinkr login' writes; remove it and log in again")
        }
        return profiles
    }

    /// Writes the file beside the old one and then in its place, so that it is always whole.
    package func write(_ path: String) throws(ClientError) {
        try Self.makeFolders(of: path)
        let temporary = "\(path).\(getpid())"
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Self.failed(temporary, "written") }
        let isWritten = Output(file).isWritten(bytes) && fsync(file) == 0
        close(file)
        guard isWritten, rename(temporary, path) == 0 else {
            let error = Self.failed(path, "written")
            unlink(temporary)
            throw error
        }
    }

    private static func makeFolders(of path: String) throws(ClientError) {
        let slashes = path.utf8.indices.filter { path.utf8[$0] == UInt8(ascii: "/") }.dropFirst()
        for slash in slashes {
            let folder = String(decoding: path.utf8[..<slash], as: UTF8.self)
            if mkdir(folder, 0o700) != 0, errno != EEXIST, errno != EISDIR, errno != EROFS {
                throw failed(folder, "made")
            }
        }
    }

    private static func failed(_ path: String, _ what: String) -> ClientError {
        ClientError(.failure, "\(path) could not be \(what): \(String(cString: strerror(errno)))")
    }

    private init?(_ bytes: [UInt8]) {
        guard let servers = (try? JSONParser.parse(bytes))?["servers"].items, servers.count <= Self.maximumServers
        else { return nil }
        for entry in servers {
            guard let server = entry["server"].text.flatMap({ ServerAddress($0) }),
                let key = entry["key"].text.flatMap(ClientKey.checked)
            else { return nil }
            all.append(Profile(server: server, key: key))
        }
    }

    private var bytes: [UInt8] {
        let servers: [JSONValue] = all.map { ["server": .string("\($0.server)"), "key": .string($0.key)] }
        return JSONValue.object([.init("servers", .array(servers))]).bytes + [UInt8(ascii: "\n")]
    }
}

/// What a key may be made of.
enum ClientKey {
    /// Most bytes of a key; those of Shrinkr have less than 100.
    private static let maximumBytes = 512

    /// The key, if it can stand in a header field: visible ASCII.
    static func checked(_ text: String) -> String? {
        let isKey = (1...maximumBytes).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        return isKey ? text : nil
    }
}
