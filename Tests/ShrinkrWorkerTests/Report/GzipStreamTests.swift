import TestSupport
import Testing

@testable import ShrinkrWorker

@Suite struct GzipStreamTests {
    /// Bytes that hardly compress, the same for the same seed.
    private func noise(_ count: Int, seed: UInt64) -> [UInt8] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
    }

    private func compressed(_ pieces: [[UInt8]], level: Int32 = 6) throws -> [UInt8] {
        var stream = try GzipStream(level: level)
        for piece in pieces { try stream.write(piece) }
        return try stream.finish()
    }

    @Test(arguments: [0, 1, 100, 16 << 10, (16 << 10) + 1, 300_000])
    func whatWentInComesOut(count: Int) throws {
        let input = noise(count, seed: 7)
        #expect(try gunzip(compressed([input])) == input)
    }

    @Test(arguments: [Int32(0), 1, 6, 9])
    func everyLevelIsReadable(level: Int32) throws {
        let input = [UInt8](String(repeating: #"{"code":"k3x9bqz","clicks":12}"# + "\n", count: 5_000).utf8)
        #expect(try gunzip(compressed([input], level: level)) == input)
    }

    @Test func piecesOfAnySizeGiveTheSameContent() throws {
        let input = noise(100_000, seed: 3)
        var pieces: [[UInt8]] = []
        var start = 0
        for size in [0, 1, 2, 777, 40_000, 60_000] {
            let end = min(start + size, input.count)
            pieces.append(Array(input[start..<end]))
            start = end
        }
        #expect(start == input.count)
        #expect(try gunzip(compressed(pieces)) == input)
    }

    @Test func repeatedTextShrinks() throws {
        let input = [UInt8](String(repeating: "the same line\n", count: 10_000).utf8)
        #expect(try compressed([input]).count < input.count / 100)
    }

    @Test func theHeaderCarriesNoTimeAndNoSystem() throws {
        let member = try compressed([[1, 2, 3]])
        #expect(member.prefix(10) == [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255])
    }

    @Test func theSameInputGivesTheSameBytes() throws {
        let input = noise(50_000, seed: 11)
        #expect(try compressed([input]) == compressed([input]))
        #expect(try compressed([input]) != compressed([noise(50_000, seed: 12)]))
    }

    @Test func textIsWrittenAsUTF8() throws {
        var stream = try GzipStream()
        try stream.write(Array("Grüße, ".utf8))
        try stream.write(Array("世界\n".utf8))
        #expect(try gunzip(stream.finish()) == [UInt8]("Grüße, 世界\n".utf8))
    }

    @Test func outputIsBounded() throws {
        var stream = try GzipStream(maximumOutputBytes: 10_000)
        var failure: GzipError?
        do {
            try stream.write(noise(200_000, seed: 1))
        } catch {
            failure = error
        }
        #expect(failure == .outputTooLarge(limit: 10_000))
    }

    @Test func theBoundIncludesHeaderAndTrailer() throws {
        let input = noise(1_000, seed: 5)
        let size = try compressed([input]).count

        var exact = try GzipStream(maximumOutputBytes: size)
        try exact.write(input)
        #expect(try exact.finish().count == size)

        var tooSmall = try GzipStream(maximumOutputBytes: size - 1)
        try tooSmall.write(input)
        var failure: GzipError?
        do {
            _ = try tooSmall.finish()
        } catch {
            failure = error
        }
        #expect(failure == .outputTooLarge(limit: size - 1))
    }

    @Test func anImpossibleLevelIsAnError() {
        #expect(throws: GzipError.self) { _ = try GzipStream(level: 42) }
    }

    @Test func theReaderNoticesDamage() throws {
        var member = try compressed([noise(1_000, seed: 9)])
        member[member.count - 5] ^= 1
        #expect(throws: GunzipFailure.self) { try gunzip(member) }
    }
}
