import Testing

@Suite("Folders", .timeLimit(.minutes(10))) struct FolderCycleTests {
    @Test("do not need each other")
    func sources() async throws {
        let tree = try await SourceTree.shared.value
        for target in try await PackageManifest.shared.value.targets.filter(\.isOfSources).map(\.name) {
            let cycles = FolderCycles(tree.files[target, default: []])
            let evidence = cycles.all.sorted().map(cycles.evidence)
            #expect(evidence == [], "\(target): move what both folders need into one of them, or into a third")
        }
    }

    private func cycles(_ files: [String: String]) -> Set<String> {
        FolderCycles(files.map { SourceFile(path: $0, bytes: Array($1.utf8)) }).all
    }

    @Test("are found where they need each other")
    func pair() {
        #expect(
            cycles(["A/X.swift": "struct X { let y: Y }", "B/Y.swift": "struct Y { func x() -> X? { nil } }"])
                == ["A ⇄ B"])
        #expect(cycles(["A/X.swift": "struct X { let y: Y }", "B/Y.swift": "struct Y {}"]) == [])
    }

    @Test("are found where they need each other in a circle")
    func circle() {
        #expect(
            cycles([
                "A/X.swift": "struct X { let y: Y }", "B/Y.swift": "enum Y { case z(Z) }",
                "C/Z.swift": "func z() { _ = [X]() }\nfinal class Z {}",
            ]) == ["A → B → C → A"])
    }

    @Test(
        "are not blamed for comments, texts, private and nested names",
        arguments: [
            "// X\nstruct Y {}", #"let text = "X"; struct Y {}"#, "/* X /* X */ X */ struct Y {}",
            "let text = \"\"\"\n  X \"X\" \\n\n  \"\"\"\nstruct Y {}", ##"let text = #"X \(X)"#; struct Y {}"##,
        ])
    func harmless(file: String) {
        #expect(cycles(["A/X.swift": "struct X { let y: Y }", "B/Y.swift": file]) == [])
        let hidden = "private struct X { struct Z { let y: Y } }"
        #expect(cycles(["A/X.swift": hidden, "B/Y.swift": "struct Y { let z: (X, Z) }"]) == [])
    }

    @Test("are found by what stands in a text's interpolation")
    func interpolation() {
        #expect(
            cycles(["A/X.swift": "struct X { let y: Y }", "B/Y.swift": #"struct Y { let a = "(\(X("a"))) b" }"#])
                == ["A ⇄ B"])
    }
}
