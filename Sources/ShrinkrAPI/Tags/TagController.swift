import HTTPTypes
import Hummingbird
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore

/// `/api/v1/tags`: list tags, rename and delete them.
struct TagController: Sendable {
    /// Links of one transaction: others must not wait long for their turn to write.
    private static let batch = 200
    /// Links that one request changes at most; the same request again goes on with the rest.
    static let maximumLinks = 2_000
    /// Tags on a page where the client names no number, and at most.
    private static let (defaultLimit, maximumLimit) = (20, 100)

    let links: any LinkStore
    let cache: LinkCache
    let access: Access
    let limits: HTTPLimits
    let work: BoundedWork
    let clock: WallClock

    func addRoutes(to router: Router<APIContext>) {
        router.resource("/api/v1/tags", [.get: aside(list)])
        router.resource("/api/v1/tags/{tag}", [.patch: aside(rename), .delete: aside(delete)])
    }

    @Sendable private func list(_ request: Request, context: APIContext) async throws -> Response {
        _ = try await access.authenticator.authorize(request, context, scope: .linksRead)
        let query = try Self.query(request)
        let page = try await work.searches.run(for: context.channel) { [links] in try await links.tags(query) }
        let tags: [JSONValue] = page.tags.map { tag in
            [
                "name": .string(tag.name), "links": .integer(tag.links),
                "links_exact": .bool(tag.links < TagQuery.countedLinks),
            ]
        }
        return Response(
            status: .ok, json: ["data": .array(tags), "next_cursor": .optional(page.next.map(Cursor.text))],
            headers: [.cacheControl: "no-store"])
    }

    @Sendable private func rename(_ request: Request, context: APIContext) async throws -> Response {
        let caller = try await authorize(request, context)
        let body = try await request.jsonObject(
            limit: limits.bodyBytes, types: ["application/merge-patch+json", "application/json"])
        let tag = try context.tag()
        var reader = ObjectReader(body.members)
        let name = reader.string("name", length: 1...LinkLimits.tagLength)
        reader.require("name")
        reader.finish()
        guard let name, reader.errors.isEmpty else { throw Problem.validation(reader.errors) }
        // A tag that is its own new name is replaced by nothing else, and would be for ever.
        let change = UntrustedText(name).equals(tag) ? nil : try await replace(tag, with: name, context)
        if let change { record(.tagRenamed, tag, change, newName: name, by: caller, context) }
        return Self.answer(change, ["name": .string(name)])
    }

    @Sendable private func delete(_ request: Request, context: APIContext) async throws -> Response {
        let caller = try await authorize(request, context)
        let tag = try context.tag()
        let change = try await replace(tag, with: nil, context)
        record(.tagDeleted, tag, change, by: caller, context)
        return Self.answer(change, [:])
    }

    /// Whoever changes a tag of all links learns how many have it.
    private func authorize(_ request: Request, _ context: APIContext) async throws -> Caller {
        _ = try await access.authenticator.authorize(request, context, scope: .linksRead)
        return try await access.authenticator.authorize(request, context, scope: .linksWrite)
    }

    /// Changes links, batch by batch, each in a transaction of its own.
    ///
    /// - Throws: ``Problem``: 404 where no link has the tag; whatever keeps the first batch from being changed. A later
    ///   one that fails is left for the request that goes on.
    private func replace(_ tag: String, with other: String?, _ context: APIContext) async throws -> TagChange {
        var all = TagChange(codes: [], isComplete: false)
        while !all.isComplete, all.codes.count < Self.maximumLinks {
            let most = min(Self.batch, Self.maximumLinks - all.codes.count)
            do {
                let change = try await work.batches.run(for: context.channel) { [links, clock] in
                    try await links.replaceTag(tag, with: other, limit: most, at: clock.now())
                }
                change.codes.forEach(cache.invalidate)
                all.codes += change.codes
                // Where nothing can be changed, nothing will be.
                all.isComplete = change.isComplete || change.codes.isEmpty
            } catch  where !all.codes.isEmpty {
                break
            }
        }
        guard !all.codes.isEmpty else { throw Problem.notFound("No link has this tag.") }
        return all
    }

    private func record(
        _ event: Audit.Event, _ tag: String, _ change: TagChange, newName: String? = nil, by caller: Caller,
        _ context: APIContext
    ) {
        access.audit.record(event, tag: tag, newName: newName, links: change.codes.count, by: caller, context)
    }

    private static func answer(_ change: TagChange?, _ members: JSONValue) -> Response {
        var answer: [JSONValue.Member] = if case .object(let members) = members { members } else { [] }
        answer.append(.init("changed", .integer(change?.codes.count ?? 0)))
        answer.append(.init("complete", .bool(change?.isComplete ?? true)))
        return Response(status: .ok, json: .object(answer))
    }

    /// - Throws: ``Problem/validation(_:)`` with everything that is wrong.
    private static func query(_ request: Request) throws -> TagQuery {
        var reader = QueryReader(request)
        var query = TagQuery(limit: reader.integer("limit", in: 1...maximumLimit) ?? defaultLimit)
        // Base64 of a tag's characters, of which each has four bytes at most.
        let noCursor = FieldProblem("invalid", "This is no cursor of a list of tags.")
        if let cursor = reader.identifier("cursor", length: 1...300, else: noCursor) {
            let tag = Cursor.content(of: UntrustedText(cursor)).flatMap { text in
                try? FreeText.read(text, length: 1...LinkLimits.tagLength).get()
            }
            if tag == nil { reader.report("cursor", noCursor) }
            query.after = tag
        }
        try reader.finish()
        return query
    }
}

extension APIContext {
    /// The tag in the path, in the form in which tags are stored.
    ///
    /// - Throws: ``Problem`` (404) where no link can have such a tag.
    fileprivate func tag() throws -> String {
        guard let tag = try? FreeText.read(pathText("tag"), length: 1...LinkLimits.tagLength).get() else {
            throw Problem.notFound("No link has this tag.")
        }
        return tag
    }
}
