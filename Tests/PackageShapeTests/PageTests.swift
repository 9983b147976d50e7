import Foundation
import Testing

/// Keeps what the pages name to what there is: files, headings, settings, metrics, and what `make` makes.
@Suite("Pages", .timeLimit(.minutes(10))) struct PageTests {
    private static let pages: [String] = {
        let folder = Repository.root.appending(path: ".github").path
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return ["README.md"] + files.filter { $0.hasSuffix(".md") }.sorted().map { ".github/\($0)" }
    }()

    /// Whole words of a page that begin with `prefix`.
    private func words(_ page: String, beginning prefix: String, _ isWord: (Character) -> Bool) throws -> Set<String> {
        Set(
            try Repository.text(page).split { !isWord($0) }.map(String.init)
                .filter { $0.hasPrefix(prefix) && $0 != prefix && !$0.hasSuffix("_") })
    }

    /// Everything in Swift that is between quotes, of all targets.
    private static let literals = Task {
        var literals: Set<String> = []
        for path in try Repository.swiftFiles(under: "Sources") {
            let text = String(decoding: try Repository.bytes("Sources/\(path)"), as: UTF8.self)
            literals.formUnion(text.split(separator: "\"").map(String.init))
        }
        return literals
    }

    @Test("lead to files and headings that are there", arguments: pages)
    func links(page: String) throws {
        let folder = page.hasPrefix(".github/") ? ".github/" : ""
        for link in try Repository.text(page).split(separator: "](").dropFirst() {
            let target = link.prefix { $0 != ")" }
            guard !target.contains("://"), !target.hasPrefix("../../") else { continue }
            let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let file = parts[0].isEmpty ? page : folder + parts[0]
            #expect(Repository.exists(file), "\(page) links to \(target)")
            guard parts.count == 2 else { continue }
            let headings = try Repository.text(file).split(separator: "\n").filter { $0.hasPrefix("#") }.map(
                Self.anchor)
            #expect(headings.contains(parts[1]), "\(page) links to \(target)")
        }
    }

    /// As GitHub makes it of a heading.
    private static func anchor(_ heading: Substring) -> String {
        String(
            heading.drop { $0 == "#" || $0 == " " }.lowercased()
                .compactMap { $0 == " " ? "-" : $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" ? $0 : nil })
    }

    @Test("begin with one that is read in two minutes")
    func length() throws {
        #expect(try Repository.text("README.md").split(separator: "\n", omittingEmptySubsequences: false).count <= 100)
    }

    @Test("are reached from the README, all of them")
    func reached() throws {
        let readme = try Repository.text("README.md")
        for page in Self.pages.dropFirst() where !page.hasSuffix("pull_request_template.md") {
            #expect(readme.contains("(\(page)"), "README.md does not link \(page)")
        }
    }

    @Test("name metrics that there are", arguments: pages)
    func metrics(page: String) async throws {
        let literals = try await Self.literals.value
        let named = try words(page, beginning: "shrinkr_") { $0.isLetter || $0.isNumber || $0 == "_" }
        // The worker's begin with one constant.
        let worker = "shrinkr_worker_"
        #expect(named.filter { !literals.contains($0) && !literals.contains(String($0.trimmingPrefix(worker))) } == [])
    }

    @Test("name settings that there are", arguments: pages)
    func settings(page: String) async throws {
        // What the build, the tests and the client read. The changelog tells of settings that are gone, too.
        let others = [
            "Makefile", "Package.swift", "Tests/PackageShapeTests/ArchitecturePageTests.swift", ".github/CHANGELOG.md",
            "Sources/ShrinkrClient/Connection/ClientEnvironment.swift",
        ]
        let elsewhere = try others.map(Repository.text)
        // The cases of the enumeration of settings, without regard to case: httpPort is SHRINKR_HTTP_PORT.
        let files = try await SourceTree.shared.value.files["ShrinkrLaunch", default: []]
        let declaration = try #require(files.first { $0.path == "Settings/Setting.swift" })
        let settings = Set(declaration.words.map { $0.lowercased() })
        for variable in try words(page, beginning: "SHRINKR_", { $0.isLetter || $0.isNumber || $0 == "_" }) {
            let setting = variable.dropFirst("SHRINKR_".count).lowercased().filter { $0 != "_" }
            #expect(
                settings.contains(setting) || elsewhere.contains { $0.contains(variable) },
                "\(page) names \(variable)")
        }
    }

    @Test("name folders and files of code that there are", arguments: pages)
    func files(page: String) throws {
        for piece in try Repository.text(page).split(separator: "`", omittingEmptySubsequences: false) {
            guard ["Sources/", "Tests/"].contains(where: { piece.hasPrefix($0) }) else { continue }
            guard !piece.contains("*") else { continue }
            #expect(Repository.exists(String(piece)), "\(page) names \(piece)")
        }
    }

    @Test("name what there is to make", arguments: pages)
    func make(page: String) throws {
        let targets = Set(
            try Repository.text("Makefile").split(separator: "\n").compactMap { line in
                line.firstIndex(of: ":").map { String(line[..<$0]) }
            })
        // In code only: prose says "make it".
        let code = try Repository.text(page).split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map(\.element)
        for piece in code {
            for line in piece.split(separator: "\n") {
                let words = line.split(separator: " ")
                guard let make = words.firstIndex(of: "make"), make + 1 < words.count else { continue }
                #expect(targets.contains(String(words[make + 1])), "\(page) says: \(line)")
            }
        }
    }
}
