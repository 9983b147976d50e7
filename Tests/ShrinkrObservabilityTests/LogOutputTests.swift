import Glibc
import Logging
import Testing

@testable import ShrinkrObservability

@Suite struct LogOutputTests {
    /// Both ends of a pipe, closed at the end of the test.
    private struct Pipe: ~Copyable {
        let reader: Int32
        let writer: Int32

        init() throws {
            var ends: [Int32] = [0, 0]
            try #require(pipe(&ends) == 0)
            for end in ends { try #require(fcntl(end, F_SETFL, O_NONBLOCK) == 0) }
            reader = ends[0]
            writer = ends[1]
        }

        deinit {
            close(reader)
            close(writer)
        }

        func drain() -> [UInt8] {
            var result: [UInt8] = []
            var block = [UInt8](repeating: 0, count: 64 << 10)
            while case let count = read(reader, &block, block.count), count > 0 { result += block.prefix(count) }
            return result
        }
    }

    @Test func aLineArrivesAsItIs() throws {
        let pipe = try Pipe()
        FileDescriptorLogOutput(descriptor: pipe.writer).write(Array("hello\n".utf8))
        #expect(pipe.drain() == Array("hello\n".utf8))
    }

    @Test func aTornLineIsEndedBeforeTheNext() throws {
        let pipe = try Pipe()
        let output = FileDescriptorLogOutput(descriptor: pipe.writer)
        // More than a pipe holds, so that the write stops in the middle.
        output.write([UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20) + [UInt8(ascii: "\n")])
        let torn = pipe.drain()
        try #require(!torn.isEmpty && !torn.contains(UInt8(ascii: "\n")))
        output.write(Array("next\n".utf8))
        output.write(Array("after\n".utf8))
        #expect(pipe.drain() == Array("\nnext\nafter\n".utf8))
    }

    @Test func aFullOrClosedDescriptorLosesLinesAndNothingElse() throws {
        let pipe = try Pipe()
        let output = FileDescriptorLogOutput(descriptor: pipe.writer)
        for _ in 0..<1_000 { output.write([UInt8](repeating: UInt8(ascii: "x"), count: 1_023) + [UInt8(ascii: "\n")]) }
        #expect(pipe.drain().count < 1_000 * 1_024)
        output.write(Array("again\n".utf8))
        #expect(String(decoding: pipe.drain(), as: UTF8.self).hasSuffix("again\n"))

        FileDescriptorLogOutput(descriptor: -1).write(Array("lost\n".utf8))
    }

    @Test func linesOfManyTasksDoNotMix() async throws {
        var name = Array("/tmp/shrinkr-log-XXXXXX".utf8CString)
        let descriptor = mkstemp(&name)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        unlink(name)
        let output = FileDescriptorLogOutput(descriptor: descriptor)
        await withTaskGroup(of: Void.self) { group in
            for letter in UInt8(ascii: "a")...UInt8(ascii: "h") {
                group.addTask {
                    let line = [UInt8](repeating: letter, count: 5_000) + [UInt8(ascii: "\n")]
                    for _ in 0..<50 { output.write(line) }
                }
            }
        }
        var content = [UInt8](repeating: 0, count: 8 * 50 * 5_001 + 1)
        #expect(pread(descriptor, &content, content.count, 0) == 8 * 50 * 5_001)
        let lines = content.dropLast().split(separator: UInt8(ascii: "\n"))
        #expect(lines.count == 400)
        #expect(lines.allSatisfy { line in line.count == 5_000 && line.allSatisfy { $0 == line.first } })
    }

    @Test func theFactoryFollowsTheTerminalUnlessTold() {
        func line(_ format: LogFormat?, terminal: Bool) -> String {
            let output = RecordingOutput(isTerminal: terminal)
            let factory = LoggerFactory(format: format, level: .debug, output: output)
            factory.makeLogger(label: "a").debug("m")
            factory.makeLogger(label: "a").trace("silent")
            return output.text.joined()
        }
        #expect(line(nil, terminal: false).hasPrefix(#"{"ts":"#))
        #expect(line(nil, terminal: true).contains("a: m\n"))
        #expect(line(.json, terminal: true).hasPrefix(#"{"ts":"#))
        #expect(line(.text, terminal: false).contains(" debug    a: m\n"))
    }

    @Test func formatsAreNamedAsInTheConfiguration() {
        #expect(LogFormat(rawValue: "json") == .json)
        #expect(LogFormat(rawValue: "text") == .text)
        #expect(LogFormat(rawValue: "JSON") == nil)
    }
}
