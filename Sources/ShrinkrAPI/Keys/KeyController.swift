import HTTPTypes
import Hummingbird
import ShrinkrBase
import ShrinkrStore

/// `/api/v1/keys`: create, list and revoke API keys.
struct KeyController: Sendable {
    let keys: any APIKeyStore
    let access: Access
    let idempotency: IdempotentRequests
    let limits: HTTPLimits
    let work: BoundedWork
    let clock: WallClock

    func addRoutes(to router: Router<APIContext>) {
        router.resource("/api/v1/keys", [.get: list, .post: create])
        router.resource("/api/v1/keys/{id}", [.delete: revoke])
    }

    @Sendable private func create(_ request: Request, context: APIContext) async throws -> Response {
        let caller = try await access.authenticator.authorize(request, context, scope: .admin)
        let body = try await request.jsonObject(limit: limits.bodyBytes)
        let idempotencyKey = try IdempotencyKey(request, caller: caller, body: body.bytes)
        let key = APIKey()
        let record = try Self.record(of: key, members: body.members, by: caller, at: clock.now())
        return try await idempotency.run(idempotencyKey) { (_: Void) in
            SavedAnswer(status: .created, headers: [.cacheControl: "no-store"], json: Self.json(record, key: key))
        } effect: { completion in
            try await keys.insert(record, completing: completion)
            access.authenticator.prove(key)
            access.audit.record(.keyMade, key: record.id, by: caller, context)
        } otherwise: { _ in
            throw Problem.internalError
        }
    }

    @Sendable private func list(_ request: Request, context: APIContext) async throws -> Response {
        _ = try await access.authenticator.authorize(request, context, scope: .admin)
        let listing = try KeyListing(request, at: clock.now())
        let page = try await work.lists.run(for: context.channel) { [keys] in try await keys.apiKeys(listing.query) }
        return Response(
            status: .ok,
            json: [
                "data": .array(page.keys.map { Self.json($0, key: nil) }),
                "next_cursor": .optional(page.next.map(listing.cursor)),
            ], headers: [.cacheControl: "no-store"])
    }

    @Sendable private func revoke(_ request: Request, context: APIContext) async throws -> Response {
        let caller = try await access.authenticator.authorize(request, context, scope: .admin)
        let id = context.pathParameter("id")
        guard try await keys.revokeAPIKey(id, at: clock.now()) else {
            throw Problem.notFound("There is no such key.")
        }
        access.audit.record(.keyRevoked, key: id, by: caller, context)
        return Response(status: .noContent)
    }

    private static func record(
        of key: APIKey, members: [JSONValue.Member], by caller: Caller, at now: Timestamp
    ) throws -> APIKeyRecord {
        var reader = ObjectReader(members)
        let name = reader.string("name", length: 1...100)
        let expiresAt = reader.time("expires_at")
        let texts = reader.strings("scopes", count: 1...APIScope.allCases.count, length: 1...20)
        reader.require("name")
        reader.require("scopes")
        let scopes = (texts ?? []).compactMap { text in
            APIScope.allCases.first { UntrustedText(text).equals($0.rawValue) }
        }
        if scopes.count < texts?.count ?? 0 { reader.report("scopes", .oneOf(APIScope.allCases.map(\.rawValue))) }
        if let expiresAt, expiresAt <= now {
            reader.report("expires_at", FieldProblem("invalid", "The key would have expired already."))
        }
        reader.finish()
        guard let name, reader.errors.isEmpty else { throw Problem.validation(reader.errors) }
        return APIKeyRecord(
            id: key.id, name: name, scopes: Set(scopes), secretHash: key.secretHash, createdAt: now,
            expiresAt: expiresAt, createdBy: caller.name)
    }

    private static func json(_ record: APIKeyRecord, key: APIKey?) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("id", .string(record.id)),
            .init("name", .string(record.name)),
            // text: the scopes are values of an enumeration.
            .init("scopes", .array(record.scopes.sorted().map { .string($0.rawValue) })),
            .init("created_at", .string(record.createdAt.rfc3339)),
            .init("expires_at", .optional(record.expiresAt?.rfc3339)),
            .init("revoked_at", .optional(record.revokedAt?.rfc3339)),
            .init("created_by", .optional(record.createdBy)),
            .init("last_used_at", .optional(record.lastUsedAt?.rfc3339)),
        ]
        if let key { members.append(.init("key", .string(key.text))) }
        return .object(members)
    }
}
