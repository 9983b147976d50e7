#if PostgreSQL
import PostgreSQLClient
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore

/// Inserts links within a transaction, with the outcome as if one was inserted after the other.
///
/// All go at once under the first of their codes; those whose code is taken go together under their next one. So a
/// batch takes as many statements as one link. Rows are inserted in the order of their keys, so that two batches with the
/// same codes do not wait for each other.
struct LinkInsertion {
    private let session: PostgreSQLSession
    private let codeCase: CodeCase
    private let links: [NewLink]
    private var outcomes: [InsertOutcome?]
    /// Keys of codes that are somebody else's, as far as is known.
    private var taken: Set<ShortCode> = []

    init(_ links: [NewLink], _ session: PostgreSQLSession, codeCase: CodeCase) {
        self.session = session
        self.codeCase = codeCase
        self.links = links
        outcomes = Array(repeating: nil, count: links.count)
    }

    mutating func run() throws -> [InsertOutcome] {
        let reusing = links.indices.filter { links[$0].reuse && !links[$0].isAlias }
        let reusable = try ReusableLinks(of: reusing.map { links[$0] }, session)
        for (place, link) in zip(reusing, reusable.links) { outcomes[place] = link.map { .reused($0) } }
        var open = links.indices.filter { outcomes[$0] == nil }
        while !open.isEmpty {
            let leaders = leaders(of: open)
            try insert(open.filter { leaders[$0] == nil })
            open = open.filter { leaders[$0] != nil && !reuse($0, leaders[$0]) }
        }
        return outcomes.map { $0 ?? .taken }
    }

    /// The links that may be given another one of this batch in their place, and that one: an earlier one with equal
    /// settings.
    private func leaders(of open: [Int]) -> [Int: Int] {
        var first: [LinkSettings: Int] = [:]
        var leaders: [Int: Int] = [:]
        guard open.contains(where: { links[$0].reuse && !links[$0].isAlias }) else { return [:] }
        for place in open {
            let new = links[place]
            guard let leader = first[new.settings] else {
                first[new.settings] = place
                continue
            }
            if new.reuse, !new.isAlias, let code = links[leader].candidates.first,
                new.canReuse(link(under: code, leader))
            {
                leaders[place] = leader
            }
        }
        return leaders
    }

    private mutating func reuse(_ place: Int, _ leader: Int?) -> Bool {
        let link: Link? =
            switch leader.flatMap({ outcomes[$0] }) {
            case .created(let link, _), .reused(let link): link
            case .taken, nil: nil
            }
        guard let link, links[place].canReuse(link) else { return false }
        outcomes[place] = .reused(link)
        return true
    }

    /// Inserts the links at `places`, each under the first of its codes that is free.
    private mutating func insert(_ places: [Int]) throws {
        try findTaken(places)
        var next = Dictionary(uniqueKeysWithValues: places.map { ($0, 0) })
        var open = places
        var without: [Int] = []
        while !open.isEmpty {
            let rows = open.compactMap { place -> InsertedLink? in
                guard let row = claim(place, from: next[place] ?? 0) else {
                    without.append(place)
                    return nil
                }
                next[place] = row.candidate + 1
                return row
            }
            let inserted = try InsertedLink.insert(rows, session)
            for row in rows where inserted.contains(row.key) {
                outcomes[row.place] = .created(row.link, collisions: row.candidate)
            }
            open = rows.filter { !inserted.contains($0.key) }.map(\.place)
        }
        try reuseAliases(without)
    }

    /// The next code of a link that nobody is known to have; from now on it is known to be taken.
    private mutating func claim(_ place: Int, from first: Int) -> InsertedLink? {
        let candidates = links[place].candidates
        for candidate in first..<max(first, candidates.count) {
            let key = codeCase.key(candidates[candidate])
            guard taken.insert(key).inserted else { continue }
            return InsertedLink(
                place: place, candidate: candidate, key: key, link: link(under: candidates[candidate], place))
        }
        return nil
    }

    /// Where two links of the batch have a code in common, which of them gets it depends on which other codes are taken.
    private mutating func findTaken(_ places: [Int]) throws {
        guard places.count > 1 else { return }
        var keys: Set<ShortCode> = []
        var isShared = false
        for place in places {
            for code in links[place].candidates where !keys.insert(codeCase.key(code)).inserted { isShared = true }
        }
        if isShared { taken.formUnion(try InsertedLink.issued(Array(keys), session)) }
    }

    /// A link with a code of the client's own may be given in place of one that cannot have it, if it is equal.
    private mutating func reuseAliases(_ places: [Int]) throws {
        let aliases = places.filter { links[$0].reuse && links[$0].isAlias }
        if aliases.isEmpty { return }
        let live = try LinkRow.live(aliases.flatMap { links[$0].candidates.map(codeCase.key) }, session)
        let byKey = Dictionary(live.map { (codeCase.key($0.code), $0) }) { first, _ in first }
        for place in aliases {
            let own = links[place].candidates.compactMap { byKey[codeCase.key($0)] }
            if let link = own.first(where: links[place].canReuse) { outcomes[place] = .reused(link) }
        }
    }

    private func link(under code: ShortCode, _ place: Int) -> Link {
        let new = links[place]
        return Link(code: code, settings: new.settings, createdAt: new.createdAt, updatedAt: new.createdAt)
    }
}
#endif
