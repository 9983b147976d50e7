import Foundation
import Testing

@Suite("The page about the architecture", .timeLimit(.minutes(10))) struct ArchitecturePageTests {
    private static let path = ".github/ARCHITECTURE.md"

    /// Between these lines the page has the picture of the targets.
    private static let marks = (
        begin: "<!-- targets: `SHRINKR_UPDATE_PAGES=1 swift test --filter PackageShapeTests` writes this picture -->\n",
        end: "<!-- /targets -->\n"
    )

    @Test("shows the targets of the manifest")
    func targets() async throws {
        let picture = TargetGraph(try await PackageManifest.shared.value).mermaid
        let page = try Repository.text(Self.path)
        let begin = try #require(page.range(of: Self.marks.begin), "\(Self.path) lost the mark before the picture")
        let end = try #require(page.range(of: Self.marks.end), "\(Self.path) lost the mark behind the picture")
        if ProcessInfo.processInfo.environment["SHRINKR_UPDATE_PAGES"] != nil {
            let renewed = page[..<begin.upperBound] + picture + page[end.lowerBound...]
            try Data(renewed.utf8).write(to: Repository.root.appending(path: Self.path))
        } else {
            #expect(
                page[begin.upperBound..<end.lowerBound] == picture,
                "renew it: SHRINKR_UPDATE_PAGES=1 swift test --filter PackageShapeTests")
        }
    }

    @Test("tells what each target holds")
    func table() async throws {
        let page = try Repository.text(Self.path)
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }
        let named = rows.compactMap { $0.split(separator: "|").first }.flatMap { cell in
            cell.split(separator: "`").filter { !$0.contains(" ") && !$0.contains(",") }.map(String.init)
        }
        let targets = try await PackageManifest.shared.value.targets.filter(\.isOfSources)
        #expect(Set(named) == Set(targets.map(\.name)), "mend the table of targets in \(Self.path)")
        #expect(named.count == Set(named).count)
    }

    @Test("draws ways that the code goes")
    func ways() async throws {
        let diagrams = SequenceDiagram.all(in: try Repository.text(Self.path))
        #expect(diagrams.count == 4)
        let tree = try await SourceTree.shared.value
        let lies = diagrams.flatMap { $0.lies(tree) }
        #expect(lies == [], "name in \(Self.path) what the code has now: Type<br/>Target, and function(label:_:)")
    }

    @Test(
        "is found out where it is not true",
        arguments: [
            ("participant LinkCache as LinkCache<br/>ShrinkrCore", "ShrinkrCore declares no LinkCache"),
            ("participant LinkCash as LinkCash<br/>ShrinkrStore", "ShrinkrStore declares no LinkCash"),
            ("A->>B", "not understood: A->>B"),
            ("Client->>Somebody: hello", "no participant: Somebody"),
            ("ClickJournal->>ClickJournal: append(_:to:)", "ClickJournal declares no ClickJournal.append(_:to:)"),
            ("ClickJournal-->>ClickJournal: Nothing", "no target declares Nothing"),
        ])
    func lie(line: String, lie: String) async throws {
        let tree = try await SourceTree.shared.value
        let page = """
            ```mermaid
            sequenceDiagram
                actor Client
                participant ClickJournal as ClickJournal<br/>ClickJournal
                Client->>ClickJournal: hello
                ClickJournal->>ClickJournal: append(_:)
                ClickJournal-->>ClickJournal: AppendOutcome
                \(line)
            ```
            """
        let diagrams = SequenceDiagram.all(in: page)
        #expect(diagrams.map { $0.lies(tree) } == [[lie]])
    }
}
