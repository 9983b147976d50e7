#if PostgreSQL
import Foundation
import Testing

@testable import ShrinkrStorePostgreSQL

@Suite("Files of migrations", .timeLimit(.minutes(10))) struct MigrationFileTests {
    @Test("say in their first lines what they are")
    func header() throws {
        let text = "-- Adds notes.\n--kind:  contract of 0003-old-notes \n-- transaction: no\n\nselect 1; select 2"
        let step = try Migration(file: "0012-new-notes.sql", bytes: Array(text.utf8))
        #expect(step.number == 12)
        #expect(step.name == "0012-new-notes")
        #expect(step.kind == .contract(of: "0003-old-notes"))
        #expect(!step.isTransactional)
        #expect(step.statements.map(\.text) == ["select 1", "select 2"])
        #expect(step.sql == text)
    }

    /// `printf 'foobar' | …`: the test vector of FNV-1a's authors is 85944171f73967e8.
    @Test("have a checksum of all their bytes")
    func checksum() throws {
        let (one, other) = (try Migration.made(1, "select 1"), try Migration.made(1, "select  1"))
        #expect(one.checksum != other.checksum)
        #expect(one.checksum.utf8.count == 16)
        #expect(Migration.checksum(of: Array("foobar".utf8)) == "85944171f73967e8")
        #expect(Migration.checksum(of: []) == "cbf29ce484222325")
    }

    @Test(
        "are refused where they are not of the form",
        arguments: [
            ("1-a.sql", "-- kind: expand\nselect 1", "its name is not"),
            ("0001-A.sql", "-- kind: expand\nselect 1", "its name is not"),
            ("0001-a.txt", "-- kind: expand\nselect 1", "its name is not"),
            ("0001-.sql", "-- kind: expand\nselect 1", "its name is not"),
            ("0001-a.sql", "select 1", "begins with neither"),
            ("0001-a.sql", "\n-- kind: expand\nselect 1", "begins with neither"),
            ("0001-a.sql", "-- kind: shrink\nselect 1", "'shrink' is no kind of step"),
            ("0001-a.sql", "-- kind: contract of \nselect 1", "is no kind of step"),
            ("0001-a.sql", "-- kind: expand\n-- transaction: yes\nselect 1", "'transaction:' can only be 'no'"),
            ("0001-a.sql", "-- kind: expand\n", "holds no statement"),
            ("0001-a.sql", "-- kind: expand\nselect 'x", "line 2: a string does not end"),
        ])
    func refused(file: String, text: String, problem: String) throws {
        let error = #expect(throws: MigrationFileError.self) { try Migration(file: file, bytes: Array(text.utf8)) }
        #expect(error?.description.contains(problem) == true)
        #expect(error?.description.contains(file) == true)
    }

    @Test("are UTF-8")
    func encoding() {
        #expect(throws: MigrationFileError.self) {
            try Migration(file: "0001-a.sql", bytes: Array("-- kind: expand\nselect '".utf8) + [0xFF, 0x27])
        }
    }

    @Test("of ours are all embedded, as they are")
    func embedded() throws {
        let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let folder = root.appending(path: "Sources/ShrinkrStorePostgreSQL/Migrations")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".sql") }
        let steps = try Migration.all()
        #expect(names.sorted() == steps.map { "\($0.name).sql" })
        for step in steps {
            #expect(try Data(contentsOf: folder.appending(path: "\(step.name).sql")) == Data(step.sql.utf8))
        }
    }
}
#endif
