import FoundationEssentials
import TestSupport
import Testing

@testable import ClickJournal

/// What lies in the journal's directory and should not: it is put out of the way, and nothing else suffers.
@Suite(.ownThread) struct StrayTests {
    private let fixture = JournalFixture(frameRecords: 1)

    /// A directory with two frames, and the name of its segment.
    private func image() async throws -> (DirectoryImage, segment: String) {
        let journal = try await fixture.open()
        for text in ["a", "b"] { _ = journal.append(text) }
        let image = try DirectoryImage(of: fixture.path)
        return (image, image.segments[0])
    }

    private func makeFolder(_ name: String) throws {
        try FileManager.default.createDirectory(
            atPath: fixture.folder.path("stray/\(name)/inner"), withIntermediateDirectories: true)
    }

    private var setAside: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path("stray/damaged")).sorted()
        }
    }

    @Test(arguments: ["identity", "acknowledged", SegmentName(sequence: 9, firstFrame: 900).text])
    func foldersInThePlaceOfFilesAreSetAside(name: String) async throws {
        var (image, _) = try await image()
        image.files[name] = nil
        try image.write(to: fixture.folder.path("stray"))
        try makeFolder(name)
        let journal = try await fixture.open("stray")
        #expect(try await journal.frames() == [1: ["a"], 2: ["b"]])
        #expect(journal.status().damagedRegions == 1)
        #expect(try setAside == [name])
        // A second one gets another name.
        try await journal.close()
        try? FileManager.default.removeItem(atPath: fixture.folder.path("stray/\(name)"))
        try makeFolder(name)
        try await fixture.open("stray").close()
        #expect(try setAside == [name, "\(name).2"])
    }

    @Test func aFolderInThePlaceOfTheOnlySegmentIsSetAside() async throws {
        var (image, segment) = try await image()
        image.files[segment] = nil
        try image.write(to: fixture.folder.path("stray"))
        try makeFolder(segment)
        let journal = try await fixture.open("stray")
        _ = journal.append("c")
        journal.seal()
        #expect(try await journal.frames().values.map(\.self) == [["c"]])
        #expect(try setAside == [segment])
    }

    @Test func aFileInThePlaceOfTheFolderOfDamageIsRenamed() async throws {
        var (image, segment) = try await image()
        image.files["damaged"] = Array("what is this".utf8)
        image.files[segment]?[SegmentHeader.byteCount + 4] ^= 1
        let journal = try await fixture.open(image, as: "stray")
        #expect(try await journal.frames() == [2: ["b"]])
        #expect(try setAside.count == 1)
        #expect(FileManager.default.fileExists(atPath: fixture.folder.path("stray/damaged.file")))
    }

    @Test func inspectingTellsOfThemAndChangesNothing() async throws {
        let (image, _) = try await image()
        try image.write(to: fixture.folder.path("stray"))
        let name = SegmentName(sequence: 9, firstFrame: 900).text
        try makeFolder(name)
        let folder = try FolderInspection.read(directory: fixture.folder.path("stray"))
        let inspection = try #require(folder.journals.first)
        #expect(inspection.foreignSegments == [name])
        #expect(inspection.isDamaged)
        #expect(inspection.waitingRecords == 2)
        #expect(FileManager.default.fileExists(atPath: fixture.folder.path("stray/\(name)")))
    }
}
