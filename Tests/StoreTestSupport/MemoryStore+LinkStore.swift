package import ShrinkrBase
package import ShrinkrCore
package import ShrinkrStore

extension MemoryStore: LinkStore {
    package func insert(
        _ links: [NewLink], completing completion: IdempotentCompletion<[InsertOutcome]>?
    ) throws -> [InsertOutcome] {
        try requireReservation(of: completion)
        let outcomes = links.map(insert)
        save(outcomes, completing: completion)
        return outcomes
    }

    package func link(_ code: ShortCode) -> Link? {
        index(of: code).flatMap { links[$0].link }
    }

    package func countedLink(_ code: ShortCode) -> CountedLink? { link(code).map(counted) }

    package func issuedCode(_ code: ShortCode) -> ShortCode? { index(of: code).map { links[$0].code } }

    package func update(
        _ code: ShortCode, ifVersion versions: [Int]?, at now: Timestamp,
        change: @escaping @Sendable (Link) throws -> LinkSettings
    ) throws -> ChangeOutcome {
        guard let index = index(of: code), var link = links[index].link else { return .notFound }
        guard versions?.contains(link.version) ?? true else { return .versionMismatch }
        let settings = try change(link)
        guard settings != link.settings else { return .done(link) }
        link.settings = settings
        link.version += 1
        link.updatedAt = now
        links[index].link = link
        links[index].position = nextPosition()
        return .done(link)
    }

    package func delete(_ code: ShortCode, ifVersion versions: [Int]?, at now: Timestamp) -> ChangeOutcome {
        guard let index = index(of: code), let link = links[index].link else { return .notFound }
        guard versions?.contains(link.version) ?? true else { return .versionMismatch }
        links[index].deleted = link
        links[index].deleted?.deletedAt = now
        links[index].link = nil
        links[index].position = nextPosition()
        return .done(link)
    }

    package func erase(_ code: ShortCode, ifVersion versions: [Int]?, at now: Timestamp) -> ChangeOutcome {
        guard let index = index(of: code), let link = links[index].link ?? links[index].deleted else {
            return .notFound
        }
        guard versions?.contains(link.version) ?? true else { return .versionMismatch }
        (links[index].link, links[index].deleted) = (nil, nil)
        links[index].position = nextPosition()
        return .done(link)
    }

    package func restore(
        _ code: ShortCode, ifVersion versions: [Int]?, at now: Timestamp,
        completing completion: IdempotentCompletion<RestoreOutcome>?
    ) throws -> RestoreOutcome {
        try requireReservation(of: completion)
        let outcome = restore(code, ifVersion: versions, at: now)
        save(outcome, completing: completion)
        return outcome
    }

    package func raiseVisits(_ code: ShortCode, to count: Int) {
        guard let index = index(of: code), let link = links[index].link, link.settings.maximumVisits == nil else {
            return
        }
        links[index].link?.visitsUsed = max(link.visitsUsed, count)
    }

    package func takeVisit(_ code: ShortCode, at now: Timestamp) -> Bool {
        guard let index = index(of: code), let link = links[index].link, link.settings.maximumVisits != nil,
            link.availability(at: now) == .live
        else { return false }
        links[index].link?.visitsUsed += 1
        return true
    }

    package func links(_ query: LinkQuery) -> LinkPage {
        let ordered = links.enumerated().compactMap { index, stored in
            (query.deleted ? stored.deleted : stored.link).map { (Int64(index + 1), $0) }
        }
        let found = ordered.filter { query.matches($1) }.map { id, link in (id: id, entry: counted(link)) }
        let places = found.map { $0.entry.place(in: query.order, id: $0.id) }
        let rest = zip(places, found).filter { place, _ in
            query.after.map { query.order.puts($0, before: place) } ?? true
        }
        .sorted { query.order.puts($0.0, before: $1.0) }
        return LinkPage(rest.map(\.1), of: query)
    }

    private func counted(_ link: Link) -> CountedLink {
        let buckets = counts[link.code]?.buckets.filter { $0.value.clicks > 0 } ?? [:]
        return CountedLink(
            link: link, clicks: LinkClicks(tally: buckets.values.reduce(Tally(), +), last: buckets.keys.max()))
    }

    package func makeSearchTexts(limit: Int) -> Int { 0 }

    package func changes(after position: Int64, limit: Int) -> [LinkChange] {
        let changed = links.filter { $0.position > position }.sorted { $0.position < $1.position }
        return changed.prefix(max(0, limit)).map { LinkChange(position: $0.position, code: $0.code) }
    }

    package func latestChange() -> Int64 { latestPosition }

    package func tags(_ query: TagQuery) -> TagPage {
        var counts: [UntrustedText: Int] = [:]
        for stored in links {
            for tag in stored.link?.settings.tags ?? [] { counts[UntrustedText(tag), default: 0] += 1 }
            for tag in stored.deleted?.settings.tags ?? [] { counts[UntrustedText(tag), default: 0] += 0 }
        }
        let after = UntrustedText(query.after ?? "")
        let names = counts.keys.filter { UntrustedText.precedes(after, $0) }.sorted(by: UntrustedText.precedes)
        let limit = query.limit == .max ? .max : query.limit + 1
        return TagPage(
            names.prefix(query.limit > 0 ? limit : 0).map { name in
                CountedTag(name: name.string, links: min(counts[name] ?? 0, TagQuery.countedLinks))
            }, of: query)
    }

    package func replaceTag(_ tag: String, with other: String?, limit: Int, at now: Timestamp) -> TagChange {
        let found = links.indices.filter { index in
            let settings = (links[index].link ?? links[index].deleted)?.settings
            return settings?.tags.contains { UntrustedText($0).equals(tag) } ?? false
        }.prefix(limit)
        for index in found {
            links[index].link = links[index].link.map { replaced(tag, with: other, of: $0, at: now) }
            links[index].deleted = links[index].deleted.map { replaced(tag, with: other, of: $0, at: now) }
            links[index].position = nextPosition()
        }
        return TagChange(codes: found.map { links[$0].code }, isComplete: found.count < limit)
    }

    private func replaced(_ tag: String, with other: String?, of link: Link, at now: Timestamp) -> Link {
        var link = link
        link.settings = link.settings.replacing(tag: tag, with: other)
        link.version += 1
        link.updatedAt = now
        return link
    }

    private func insert(_ new: NewLink) -> InsertOutcome {
        if new.reuse, let link = links.lazy.compactMap(\.link).first(where: new.canReuse) {
            return .reused(link)
        }
        for (collisions, code) in new.candidates.enumerated() where !isTaken(code) {
            let link = Link(code: code, settings: new.settings, createdAt: new.createdAt, updatedAt: new.createdAt)
            links.append(StoredLink(link: link, code: code, position: nextPosition()))
            return .created(link, collisions: collisions)
        }
        return .taken
    }

    private func restore(_ code: ShortCode, ifVersion versions: [Int]?, at now: Timestamp) -> RestoreOutcome {
        guard let index = index(of: code) else { return .notFound }
        guard links[index].link == nil else { return .notDeleted }
        guard var link = links[index].deleted else { return .erased }
        guard versions?.contains(link.version) ?? true else { return .versionMismatch }
        link.restore(at: now)
        (links[index].link, links[index].deleted) = (link, nil)
        links[index].position = nextPosition()
        return .done(link)
    }

    private func isTaken(_ code: ShortCode) -> Bool {
        index(of: code) != nil
    }

    private func index(of code: ShortCode) -> Int? {
        links.firstIndex { codeCase.key($0.code) == codeCase.key(code) }
    }

    private func nextPosition() -> Int64 {
        latestPosition += 1
        return latestPosition
    }
}

extension LinkQuery.Order {
    fileprivate func puts(_ one: LinkQuery.Place, before other: LinkQuery.Place) -> Bool {
        self == .oldest ? one.id < other.id : (other.rank, other.id) < (one.rank, one.id)
    }
}

extension LinkQuery {
    fileprivate func matches(_ link: Link) -> Bool {
        let hasTags = tags.allSatisfy { tag in link.settings.tags.contains { $0.utf8.elementsEqual(tag.utf8) } }
        guard hasTags, enabled.map({ $0 == link.settings.enabled }) ?? true,
            createdFrom.map({ $0 <= link.createdAt }) ?? true, createdBefore.map({ link.createdAt < $0 }) ?? true
        else { return false }
        guard let searched else { return true }
        return SearchText.of(link.code, link.settings).holds(searched)
    }
}

extension String {
    /// Whether `other` occurs in this text, byte by byte.
    fileprivate func holds(_ other: String) -> Bool {
        let (text, other) = (Array(utf8), Array(other.utf8))
        guard other.count <= text.count else { return false }
        return (0...(text.count - other.count)).contains { text[$0...].starts(with: other) }
    }
}
