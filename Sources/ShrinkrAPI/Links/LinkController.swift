import HTTPTypes
import Hummingbird
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import Synchronization

/// `/api/v1/links`: create, list, read, change and delete.
struct LinkController: Sendable {
    let links: any LinkStore
    let stats: any StatsStore
    let cache: LinkCache
    let creation: LinkCreation
    let destinations: Destinations
    let presenter: LinkPresenter
    let access: Access
    let idempotency: IdempotentRequests
    let limits: HTTPLimits
    let work: BoundedWork
    let clock: WallClock

    func addRoutes(to router: Router<APIContext>) {
        router.resource("/api/v1/links", [.get: aside(list), .post: create])
        router.resource("/api/v1/links/{code}", [.get: read, .patch: change, .delete: delete])
        router.resource("/api/v1/links/{code}/restore", [.post: restore])
    }

    @Sendable private func create(_ request: Request, context: APIContext) async throws -> Response {
        let caller = try await access.authenticator.authorize(request, context, scope: .linksWrite)
        let body = try await request.jsonObject(limit: limits.bodyBytes)
        let key = try IdempotencyKey(request, caller: caller, body: body.bytes)
        // Judged once it is known that this is no replay: a time that was still to come may be past by now.
        let link = Result { try LinkRequest(body.members, by: caller, destinations: destinations, at: clock.now()) }
        var left = try access.takeCreates(0, by: caller)
        return try await idempotency.run(key) { [presenter] (outcomes: [InsertOutcome]) -> SavedAnswer? in
            outcomes.first.flatMap { presenter.answer($0, of: caller) }
        } effect: { completion in
            let link = try link.get()
            // Here, since a replay makes no link.
            left = try access.takeCreates(1, by: caller)
            return try await creation.create([link], completing: completion)
        } otherwise: { _ in
            throw Problem.taken(try link.get())
        }.adding(left)
    }

    @Sendable private func list(_ request: Request, context: APIContext) async throws -> Response {
        _ = try await access.authenticator.authorize(request, context, scope: .linksRead)
        let listing = try LinkListing(request)
        let page = try await (listing.isSearch ? work.searches : work.lists).run(for: context.channel) { [links] in
            try await links.links(listing.query)
        }
        return Response(
            status: .ok,
            json: [
                "data": .array(page.entries.map(presenter.json)),
                "next_cursor": .optional(page.next.map(listing.cursor)),
            ], headers: [.cacheControl: "no-store"])
    }

    @Sendable private func read(_ request: Request, context: APIContext) async throws -> Response {
        _ = try await access.authenticator.authorize(request, context, scope: .linksRead)
        let code = try context.shortCode()
        guard let counted = try await links.countedLink(code) else { throw Problem.noLink(code.text) }
        let tag = EntityTag(counted.link)
        // The tag does not speak of visits and clicks, so a link that has a limit or any is always sent whole.
        if counted.link.settings.maximumVisits == nil, counted.clicks == LinkClicks(), tag.isKnown(to: request) {
            return Response(status: .notModified, headers: [.eTag: tag.text, .cacheControl: "no-store"])
        }
        return Response(
            status: .ok, json: presenter.json(counted), headers: [.eTag: tag.text, .cacheControl: "no-store"])
    }

    @Sendable private func change(_ request: Request, context: APIContext) async throws -> Response {
        let caller = try await access.authenticator.authorize(request, context, scope: .linksWrite)
        let body = try await request.jsonObject(
            limit: limits.bodyBytes, types: ["application/merge-patch+json", "application/json"])
        let code = try context.shortCode()
        let versions = try EntityTag.requiredVersions(request)
        let reader = LinkSettingsReader(destinations: destinations, now: clock.now())
        // Counting costs much, so it waits until it is known that the change can be made and sets a limit.
        if body.members.contains(where: { $0.name.equals("max_visits") }), let link = try await links.link(code),
            versions?.contains(link.version) ?? true, link.settings.maximumVisits == nil,
            try reader.patch(link.settings, with: body.members).maximumVisits != nil
        {
            try await countEarlierVisits(link.code, context)
        }
        let earlier = Mutex<Int?>(nil)
        let link = try await changed(code) { [links, clock] in
            try await links.update(code, ifVersion: versions, at: clock.now()) { link in
                earlier.withLock { $0 = link.version }
                return try reader.patch(link.settings, with: body.members)
            }
        }
        if earlier.withLock({ $0 }) != link.version {
            access.audit.record(.linkChanged, link: link.code, by: caller, context)
        }
        return presenter.answer(link, status: .ok, to: caller).response(isReplay: false)
    }

    @Sendable private func delete(_ request: Request, context: APIContext) async throws -> Response {
        let caller = try await access.authenticator.authorize(request, context, scope: .linksWrite)
        var reader = QueryReader(request)
        let forGood = reader.bool("purge") ?? false
        try reader.finish()
        let code = try context.shortCode()
        let versions = try EntityTag.requiredVersions(request)
        let link = try await changed(code) { [links, clock] in
            forGood
                ? try await links.erase(code, ifVersion: versions, at: clock.now())
                : try await links.delete(code, ifVersion: versions, at: clock.now())
        }
        access.audit.record(forGood ? .linkErased : .linkDeleted, link: link.code, by: caller, context)
        return Response(status: .noContent)
    }

    @Sendable private func restore(_ request: Request, context: APIContext) async throws -> Response {
        let caller = try await access.authenticator.authorize(request, context, scope: .linksWrite)
        let code = try context.shortCode()
        let versions = try EntityTag.requiredVersions(request)
        // In every spelling of the code it is the same request.
        let path = "/api/v1/links/\(links.codeCase.key(code))/restore"
        let key = try IdempotencyKey(request, path: path, caller: caller, body: [])
        defer { cache.invalidate(code) }
        return try await idempotency.run(key) { [presenter] (outcome: RestoreOutcome) -> SavedAnswer? in
            guard case .done(let link) = outcome else { return nil }
            return presenter.answer(link, status: .ok, to: caller)
        } effect: { completion in
            let outcome = try await links.restore(code, ifVersion: versions, at: clock.now(), completing: completion)
            if case .done(let link) = outcome {
                access.audit.record(.linkRestored, link: link.code, by: caller, context)
            }
            return outcome
        } otherwise: { outcome in
            throw Problem.notRestored(outcome, code.text)
        }
    }

    /// A limit counts the visits that were made while there was none, as far as they are counted.
    private func countEarlierVisits(_ code: ShortCode, _ context: APIContext) async throws {
        let times = ClickLimits.times
        let allTime = TimeBucket(containing: times.lowerBound)..<TimeBucket(containing: times.upperBound)
        let buckets = try await work.lists.run(for: context.channel) { [stats] in
            try await stats.buckets(StatsRange(code: code, buckets: allTime))
        }
        try await links.raiseVisits(code, to: buckets.reduce(0) { $0 + $1.tally.people })
    }

    /// Makes a change, and returns the link that it was made to.
    private func changed(_ code: ShortCode, by change: () async throws -> ChangeOutcome) async throws -> Link {
        // Afterwards even where it throws: the change may have been made and its answer lost.
        defer { cache.invalidate(code) }
        switch try await change() {
        case .done(let link): return link
        case .notFound: throw Problem.noLink(code.text)
        case .versionMismatch: throw Problem.preconditionFailed
        }
    }
}

extension LinkSettingsReader {
    /// The settings after a merge patch.
    ///
    /// - Throws: ``Problem/validation(_:)`` with everything that is wrong.
    func patch(_ settings: LinkSettings, with members: [JSONValue.Member]) throws -> LinkSettings {
        var reader = ObjectReader(members)
        let patched = read(&reader, base: settings)
        reader.finish()
        guard let patched, reader.errors.isEmpty else { throw Problem.validation(reader.errors) }
        return patched
    }
}

extension LinkPresenter {
    /// The answer to a create request; nil where the link could not be inserted.
    func answer(_ outcome: InsertOutcome, of caller: Caller) -> SavedAnswer? {
        switch outcome {
        case .created(let link, _): answer(link, status: .created, to: caller)
        case .reused(let link): answer(link, status: .ok, to: caller)
        case .taken: nil
        }
    }
}

extension Problem {
    /// Why a link could not be inserted.
    static func taken(_ request: LinkRequest) -> Problem {
        request.code.map { .aliasTaken($0.text) } ?? .unavailable("No free code was found; try again.")
    }

    /// Why a link could not be restored.
    static func notRestored(_ outcome: RestoreOutcome, _ code: String) -> Problem {
        switch outcome {
        case .done: .internalError
        case .notFound: .noLink(code)
        case .notDeleted: .notDeleted(code)
        case .erased: .notFound("The link '\(code)' was removed for good.")
        case .versionMismatch: .preconditionFailed
        }
    }

    static func noLink(_ code: String) -> Problem { .notFound("There is no link '\(code)'.") }
}

extension APIContext {
    /// The code in the path.
    ///
    /// - Throws: ``Problem`` (404) where no link can have such a code.
    func shortCode() throws -> ShortCode {
        guard let code = ShortCode(pathParameter("code")) else { throw Problem.notFound("There is no such link.") }
        return code
    }
}
