import Foundation
import Glibc
import Testing

/// Keeps `String`'s canonical comparison away from text that strangers send: one place that was forgotten is enough to
/// stop the server with a request of 16 KiB.
@Suite("Text from outside") struct TextLintTests {
    /// What the lint says of some files; of all sources where none is named.
    private static func lint(_ files: String...) throws -> (complaints: [String], status: Int32) {
        let script = Repository.root.appending(path: "Tests/Scripts/lint-text.sh").path
        let command = (["'\(script)'"] + files.map { "'\($0)'" }).joined(separator: " ")
        // Foundation's `Process` can wait for ever for a child that has already ended.
        let pipe = try #require(popen("\(command) 2>&1", "r"))
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&buffer, 1, buffer.count, pipe), count > 0 { output += buffer[..<count] }
        let status = pclose(pipe)
        return (String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init), status)
    }

    @Test("is nowhere compared as a String")
    func sources() throws {
        let (complaints, status) = try Self.lint()
        #expect(complaints == [])
        #expect(status == 0)
    }

    /// What somebody might write tomorrow.
    private static let faults = [
        #"if text.hasPrefix("bot") { return }"#, #"let isBot = marks.contains(where: text.hasPrefix)"#,
        #"let name = field.lowercased()"#, #"for part in field.split(separator: ",") {}"#,
        #"let parts = field.components(separatedBy: ";")"#, #"if agent.contains("bot") { return }"#,
        #"if field == "close" { return }"#, #"if request.headers[.accept]?.isEmpty == false { return }"#,
        #"let agent = request.headers[.userAgent]"#, #"guard "a" == text else { return }"#,
        #"case "chunked": return"#, #"var members: [String: JSONValue] = [:]"#, #"var seen: Set<String> = []"#,
        #"let unique = Set(tags)"#, #"let names = members.keys.sorted()"#, #"let end = text.firstIndex(of: "]")"#,
        #"let place = text.range(of: mark)"#, #"let part = text.prefix { $0 != "?" }"#,
        #"let clean = text.replacing("+", with: " ")"#, #"let path = segment.removingPercentEncoding"#,
        #"for (name, value) in request.uri.queryParameters {}"#, #"let scope = APIScope(rawValue: text)"#,
        #"let frame = try JSONDecoder().decode(Frame.self, from: data)"#, #"if first.isWhitespace { return }"#,
        #"let agent = fields[values: .userAgent]"#, #"if text != "" { return }"#,
    ]

    @Test("is found where it is", arguments: faults)
    func fault(line: String) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "shrinkr-text-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "Sample.swift").path
        try "func sample() {\n    \(line)\n}\n".write(toFile: file, atomically: true, encoding: .utf8)
        let (complaints, status) = try Self.lint(file)
        #expect(complaints.count == 1 && status != 0)
        try "func sample() {\n    // text: ours.\n    \(line)\n}\n".write(
            toFile: file, atomically: true, encoding: .utf8)
        #expect(try Self.lint(file).complaints == [])
    }

    @Test(
        "may be compared as bytes",
        arguments: [
            #"headers[.contentType] = "text/html""#, #"if UntrustedText(text).equals("close") { return }"#,
            #"let parts = text.utf8.split(separator: UInt8(ascii: ","))"#, #"// if text == "close" { return }"#,
            #"let names: [StaticString] = ["a", "b"]"#, #"let scopes = record.scopes.sorted(by: precedes)"#,
        ])
    func bytes(line: String) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "shrinkr-text-\(UUID().uuidString).swift")
            .path
        defer { try? FileManager.default.removeItem(atPath: file) }
        try "    \(line)\n".write(toFile: file, atomically: true, encoding: .utf8)
        #expect(try Self.lint(file).complaints == [])
    }
}
