package import ShrinkrBase
package import ShrinkrCore

/// Where links live. Every method is one transaction; every method may throw ``StoreError``.
package protocol LinkStore: Sendable {
    /// Which codes are one code. It is the same for the whole life of a database, and every method follows it.
    nonisolated var codeCase: CodeCase { get }

    /// Inserts links in order, each failing alone, all in one transaction.
    ///
    /// - Parameter completion: saved in the same transaction, so that a replayed request finds the answer exactly when
    ///   the links are there.
    func insert(_ links: [NewLink], completing completion: IdempotentCompletion<[InsertOutcome]>?) async throws
        -> [InsertOutcome]

    /// The link, nil where the code was never issued or the link was deleted. It has its own code, which may differ by case from
    /// the one asked for.
    func link(_ code: ShortCode) async throws -> Link?

    /// The same link with its clicks, both as they are at one moment.
    func countedLink(_ code: ShortCode) async throws -> CountedLink?

    /// The code as it was issued, nil where it never was. It may have clicks, also where the link is deleted or erased.
    func issuedCode(_ code: ShortCode) async throws -> ShortCode?

    /// Changes a link's settings, if its version is one of `versions` or that is nil.
    ///
    /// - Parameter change: gets the present link and returns its new settings; what it throws is passed on and changes
    ///   nothing. Equal settings change neither version nor `updatedAt`.
    func update(
        _ code: ShortCode, ifVersion versions: [Int]?, at now: Timestamp,
        change: @escaping @Sendable (Link) throws -> LinkSettings
    ) async throws -> ChangeOutcome

    /// Deletes a link, if its version is one of `versions` or that is nil, so that nobody can follow it until it is
    /// restored. Its code is never issued again.
    func delete(_ code: ShortCode, ifVersion versions: [Int]?, at now: Timestamp) async throws -> ChangeOutcome

    /// Forgets what a link led to, its title and its tags for good, be it live or deleted. Its code is never issued
    /// again, and its clicks stay counted.
    func erase(_ code: ShortCode, ifVersion versions: [Int]?, at now: Timestamp) async throws -> ChangeOutcome

    /// Makes a deleted link live again, with all that it had.
    ///
    /// - Parameters:
    ///   - versions: the versions that it may have; nil for any.
    ///   - completion: saved in the same transaction.
    func restore(
        _ code: ShortCode, ifVersion versions: [Int]?, at now: Timestamp,
        completing completion: IdempotentCompletion<RestoreOutcome>?
    ) async throws -> RestoreOutcome

    /// Makes the visits of a link without a visit limit at least `count`: what was counted before there was a limit.
    func raiseVisits(_ code: ShortCode, to count: Int) async throws

    /// Takes one visit from a link that can be followed at `now` and has a visit limit: the check and the count are one.
    ///
    /// - Returns: whether the visit was there to take.
    func takeVisit(_ code: ShortCode, at now: Timestamp) async throws -> Bool

    /// Makes the texts that are searched for links that have none: those of releases before, and copied ones. Until it has,
    /// searches read all links.
    ///
    /// - Returns: how many it has made, at most `limit` in one transaction.
    func makeSearchTexts(limit: Int) async throws -> Int

    /// One page of links.
    func links(_ query: LinkQuery) async throws -> LinkPage

    /// One page of tags. One that only deleted links have is there too, with no links.
    func tags(_ query: TagQuery) async throws -> TagPage

    /// Puts a tag in the place of another, or none, for at most `limit` of the links that have it, deleted ones included.
    ///
    /// - Parameter other: is not `tag` itself.
    func replaceTag(_ tag: String, with other: String?, limit: Int, at now: Timestamp) async throws -> TagChange

    /// What changed after `position`, oldest first: how caches of other processes learn of it. A change that has no place
    /// in that order yet, since others are at work at the same time, is told at the end and once more in its place; none
    /// is passed over.
    ///
    /// - Parameter limit: Most changes returned; more where further ones have the position of the last.
    func changes(after position: Int64, limit: Int) async throws -> [LinkChange]

    /// A position after which all changes are that are not told up to it. It falls where the database was put back to an
    /// earlier state.
    func latestChange() async throws -> Int64

    /// Another number than before where the last call of ``latestChange()`` was answered by another database in the place
    /// of the former one, which may lack changes that were seen: a standby that was promoted, for one.
    var databaseLife: Int64 { get }

    /// Waits until other processes tell that they changed links, at most for `limit`; the feed has what they do not tell.
    ///
    /// - Returns: Codes of links that may have changed; none where nobody told of any.
    func changedLinks(within limit: Duration) async throws -> [ShortCode]
}

extension LinkStore {
    /// One life, in a store that is always the same.
    package var databaseLife: Int64 { 0 }

    /// Waits for as long as that, in a store whose changes nobody is told of.
    package func changedLinks(within limit: Duration) async throws -> [ShortCode] {
        try await Task.sleep(for: limit)
        return []
    }
}

/// A link to insert.
package struct NewLink: Hashable, Sendable {
    /// The codes to try, in order: one alias, or a bounded number of generated codes.
    package var candidates: [ShortCode]
    package var settings: LinkSettings
    /// Whether the one candidate is the client's own choice.
    package var isAlias: Bool
    /// Whether a live link with equal settings is to be returned instead, if there is one; with an alias only the link
    /// of that code.
    package var reuse: Bool
    package var createdAt: Timestamp
    /// When it was asked for: later than `createdAt` where the link was made elsewhere.
    package var requestedAt: Timestamp

    package init(
        candidates: [ShortCode], isAlias: Bool = false, settings: LinkSettings, reuse: Bool = false,
        createdAt: Timestamp, requestedAt: Timestamp? = nil
    ) {
        self.candidates = candidates
        self.isAlias = isAlias
        self.settings = settings
        self.reuse = reuse
        self.createdAt = createdAt
        self.requestedAt = requestedAt ?? createdAt
    }
}

extension NewLink {
    /// Whether `link` may be returned in place of this one.
    package func canReuse(_ link: Link) -> Bool {
        link.settings == settings && link.availability(at: requestedAt) == .live
            && (!isAlias || candidates.contains(link.code))
    }
}

/// What became of a link to insert.
package enum InsertOutcome: Hashable, Sendable {
    /// Inserted; `collisions` candidates before the one used were taken.
    case created(Link, collisions: Int)
    /// A live link with equal settings was there already (the oldest such link).
    case reused(Link)
    /// Every candidate is taken or has a tombstone.
    case taken
}

/// What became of a change to one link.
package enum ChangeOutcome: Hashable, Sendable {
    /// The link as it is after an update, or as it was before a deletion.
    case done(Link)
    case notFound
    /// The link has another version.
    case versionMismatch
}

/// What became of a deleted link that was to be restored.
package enum RestoreOutcome: Hashable, Sendable {
    /// The link as it is now.
    case done(Link)
    /// The code was never issued.
    case notFound
    /// The link is live.
    case notDeleted
    /// The link was erased: nobody knows any more where it led.
    case erased
    /// The deleted link has another version.
    case versionMismatch
}

/// One entry of the change feed.
package struct LinkChange: Hashable, Sendable {
    /// Grows with every change; not every number is used.
    package let position: Int64
    package let code: ShortCode

    package init(position: Int64, code: ShortCode) {
        self.position = position
        self.code = code
    }
}
