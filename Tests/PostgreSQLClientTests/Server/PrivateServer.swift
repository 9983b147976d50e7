#if PostgreSQL
import Foundation
import Testing

/// A server that a test has for itself, to stop it, or to change its settings.
final class PrivateServer: Sendable {
    let url: String
    private let process: Process
    private let input: FileHandle
    private let output: LineReader

    /// What runs within the script: shell commands from standard input, each answered by a line.
    private static let loop = """
        data=$SHRINKR_TEST_POSTGRESQL_DATA run=$SHRINKR_TEST_POSTGRESQL_RUN
        echo "$SHRINKR_TEST_POSTGRESQL_URL"
        while read -r line; do eval "$line" </dev/null >"$TMPDIR_OUT" 2>&1; echo "$?"; done
        """

    private init() async throws {
        // In the other folders of the tests this one may be a link.
        let here = URL(filePath: #filePath).resolvingSymlinksInPath()
        let tests = here.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        process = Process()
        process.executableURL = tests.appending(path: "Scripts/with-postgresql.sh")
        process.arguments = ["bash", "-c", Self.loop]
        process.environment = ProcessInfo.processInfo.environment.merging(["TMPDIR_OUT": "/dev/null"]) { $1 }
        let (toProcess, fromProcess) = (Pipe(), Pipe())
        process.standardInput = toProcess
        process.standardOutput = fromProcess
        input = toProcess.fileHandleForWriting
        output = LineReader(fromProcess.fileHandleForReading)
        try process.run()
        url = try #require(await output.next())
    }

    /// Runs `body` with a server, which is stopped afterwards.
    static func run(_ body: (PrivateServer) async throws -> Void) async throws {
        let server = try await PrivateServer()
        do {
            try await body(server)
        } catch {
            await server.end()
            throw error
        }
        await server.end()
    }

    /// Runs a shell command in which `$data` is the server's folder and `$run` runs a command as its user.
    func shell(_ command: String) async throws {
        try input.write(contentsOf: Data("{ \(command); }\n".utf8))
        let status = await output.next()
        #expect(status == "0", "\(command)")
    }

    func stop() async throws { try await shell("$run pg_ctl stop -D $data -m fast -s -w") }
    func start() async throws { try await shell("$run pg_ctl start -D $data -s -w -l $data/server.log") }

    private func end() async {
        try? input.close()
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { [process] in
                process.waitUntilExit()
                continuation.resume()
            }
        }
    }
}

/// Reads lines without keeping Swift's threads.
private final class LineReader: Sendable {
    private let handle: FileHandle
    private let queue = DispatchQueue(label: "lines")

    init(_ handle: FileHandle) {
        self.handle = handle
    }

    func next() async -> String? {
        await withCheckedContinuation { continuation in
            queue.async { [handle] in
                var line: [UInt8] = []
                while let byte = try? handle.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") { line.append(byte) }
                continuation.resume(returning: line.isEmpty ? nil : String(decoding: line, as: UTF8.self))
            }
        }
    }
}
#endif
