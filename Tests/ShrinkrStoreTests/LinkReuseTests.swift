import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import Testing

@Suite struct LinkReuseTests {
    @Test(arguments: StoreKind.allCases)
    func equalLiveLinkIsReused(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            let tagged: (inout LinkSettings) -> Void = { $0.tags = ["a", "b"] }
            let first = try await store.insert(NewLink("first", change: tagged)).createdLink
            try await store.insert(NewLink("second", change: tagged))
            let outcome = try await store.insert(NewLink("third", reuse: true, change: tagged))
            #expect(outcome.reusedLink != nil)
            #expect(outcome.reusedLink == first)
            #expect(try await store.link(try code("third")) == nil)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func withoutReuseAnEqualLinkIsAnother(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("first")
            #expect(try await store.insert(NewLink("second")).createdLink?.code.text == "second")
        }
    }

    /// Every member counts: a link that differs in one of them is not equal.
    @Test(arguments: StoreKind.allCases)
    func linkThatDiffersInOneMemberIsNotReused(_ kind: StoreKind) async throws {
        let changes: [@Sendable (inout LinkSettings) -> Void] = [
            { $0.url = "https://example.com/other" }, { $0.title = "" }, { $0.tags = ["a"] },
            { $0.redirectStatus = .temporaryRedirect }, { $0.forwardQuery = true }, { $0.startsAt = midnight },
            { $0.expiresAt = midnight.advanced(by: .seconds(1)) }, { $0.maximumVisits = 5 },
        ]
        try await kind.withStore { store in
            try await store.insertLinks("first")
            for (number, change) in changes.enumerated() {
                let outcome = try await store.insert(NewLink("new\(number)", reuse: true, change: change))
                #expect(outcome.createdLink?.code.text == "new\(number)")
            }
        }
    }

    @Test(arguments: StoreKind.allCases)
    func linkThatCannotBeFollowedIsNotReused(_ kind: StoreKind) async throws {
        let end = midnight.advanced(by: .seconds(60))
        let changes: [(inout LinkSettings) -> Void] = [
            { $0.enabled = false }, { $0.startsAt = end.advanced(by: .milliseconds(1)) }, { $0.expiresAt = end },
        ]
        try await kind.withStore { store in
            for (number, change) in changes.enumerated() {
                try await store.insert(NewLink("old\(number)", change: change))
                let outcome = try await store.insert(NewLink("new\(number)", reuse: true, at: end, change: change))
                #expect(outcome.createdLink?.code.text == "new\(number)")
            }
        }
    }

    @Test(arguments: StoreKind.allCases)
    func exhaustedLinkIsPassedOverForTheNextLiveOne(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            for text in ["first", "second", "third"] {
                try await store.insert(NewLink(text) { $0.maximumVisits = 1 })
            }
            #expect(try await store.takeVisit(try code("first"), at: midnight))
            let outcome = try await store.insert(NewLink("fourth", reuse: true) { $0.maximumVisits = 1 })
            #expect(outcome.reusedLink?.code.text == "second")
        }
    }

    @Test(arguments: StoreKind.allCases)
    func changedAndDeletedLinksAreFoundByWhatTheyAreNow(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("changed", "deleted")
            _ = try await store.delete(try code("deleted"), ifVersion: nil, at: midnight)
            _ = try await store.update(try code("changed"), ifVersion: nil, at: midnight) { _ in
                LinkSettings(url: "https://example.com/new")
            }
            #expect(try await store.insert(NewLink("fresh", reuse: true)).createdLink?.code.text == "fresh")
            let outcome = try await store.insert(NewLink("x", url: "https://example.com/new", reuse: true))
            #expect(outcome.reusedLink?.code.text == "changed")
        }
    }

    /// With a code of the client's own, only the link of that code is looked at.
    @Test(arguments: StoreKind.allCases)
    func aliasReusesItsOwnLinkOnly(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.insertLinks("first", "second")
            func alias(_ text: String, _ change: (inout LinkSettings) -> Void = { _ in }) throws -> NewLink {
                var link = try NewLink(text, reuse: true, change: change)
                link.isAlias = true
                return link
            }
            #expect(try await store.insert(alias("second")).reusedLink?.code.text == "second")
            #expect(try await store.insert(alias("third")).createdLink?.code.text == "third")
            #expect(try await store.insert(alias("first") { $0.title = "t" }) == .taken)
            #expect(try await store.insert(alias("FIRST")) == .taken)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func laterLinkOfABatchReusesAnEarlierOne(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            let outcomes = try await store.insert(
                [NewLink("a", reuse: true), NewLink("b", reuse: true)], completing: nil)
            #expect(outcomes.first?.createdLink != nil)
            #expect(outcomes.last?.reusedLink?.code.text == "a")
        }
    }
}
