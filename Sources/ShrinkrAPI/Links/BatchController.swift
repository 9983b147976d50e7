import HTTPTypes
import Hummingbird
import ShrinkrCore
import ShrinkrStore

/// `POST /api/v1/links/batch`: up to 1,000 links in one transaction, a result per item in order.
struct BatchController: Sendable {
    /// Most errors that the answer names for all items together, beside the first of each: a batch of mistakes must not
    /// be answered with many times its size.
    static let maximumErrors = 1_000

    let creation: LinkCreation
    let destinations: Destinations
    let presenter: LinkPresenter
    let access: Access
    let idempotency: IdempotentRequests
    let limits: HTTPLimits
    let clock: WallClock

    /// What one item asks for, or why it cannot be had.
    private typealias Item = Result<LinkRequest, Problem>

    func addRoutes(to router: Router<APIContext>) {
        router.resource("/api/v1/links/batch", [.post: create])
    }

    @Sendable private func create(_ request: Request, context: APIContext) async throws -> Response {
        let caller = try await access.authenticator.authorize(request, context, scope: .linksWrite)
        let body = try await request.jsonObject(limit: limits.batchBodyBytes)
        let key = try IdempotencyKey(request, caller: caller, body: body.bytes)
        let items = try items(body.members, at: clock.now())
        let valid = items.compactMap { try? $0.get() }
        var left = try access.takeCreates(0, by: caller)
        return try await idempotency.run(key) { [presenter] (outcomes: [InsertOutcome]) -> SavedAnswer? in
            // An answer that tells of mistakes alone can be given again at any time, and need not be kept.
            outcomes.contains(where: \.isChange)
                ? Self.answer(items, outcomes: outcomes) { presenter.json($0, for: caller) } : nil
        } effect: { completion in
            // Here, since a replay makes no links.
            left = try access.takeCreates(valid.count, by: caller)
            return try await creation.create(valid, completing: completion)
        } otherwise: { [presenter] outcomes in
            Self.answer(items, outcomes: outcomes) { presenter.json($0, for: caller) }.response(isReplay: false)
        }.adding(left)
    }

    private func items(_ members: [JSONValue.Member], at now: Timestamp) throws -> [Item] {
        var reader = ObjectReader(members)
        let values = reader.array("links", of: "links", count: 1...LinkLimits.batchItems)
        reader.require("links")
        reader.finish()
        guard let values, reader.errors.isEmpty else { throw Problem.validation(reader.errors) }
        return values.map { item($0, at: now) }
    }

    private func item(_ value: JSONValue, at now: Timestamp) -> Item {
        guard case .object(let members) = value else {
            return .failure(
                .validation(FieldErrors(FieldError(location: .pointer(""), problem: .wrongType("an object")))))
        }
        do {
            return .success(try LinkRequest(members, destinations: destinations, at: now))
        } catch {
            return .failure(Problem(from: error))
        }
    }

    private static func answer(
        _ items: [Item], outcomes: [InsertOutcome], present: (Link) -> JSONValue
    ) -> SavedAnswer {
        var outcomes = outcomes[...]
        var room = maximumErrors
        let results: [JSONValue] = items.map { item in
            switch item {
            case .failure(var problem):
                problem.errors.name(atMost: max(1, room))
                room -= problem.errors.named.count
                problem.detail = problem.errors.isEmpty ? problem.detail : problem.errors.sentence
                return result(problem)
            case .success(let request):
                return result(outcomes.popFirst() ?? .taken, to: request, present: present)
            }
        }
        return SavedAnswer(status: .ok, json: ["results": .array(results)])
    }

    private static func result(
        _ outcome: InsertOutcome, to request: LinkRequest, present: (Link) -> JSONValue
    ) -> JSONValue {
        switch outcome {
        case .created(let link, _): ["status": 201, "link": present(link)]
        case .reused(let link): ["status": 200, "link": present(link)]
        case .taken: result(.taken(request))
        }
    }

    private static func result(_ problem: Problem) -> JSONValue {
        ["status": .integer(problem.status.code), "problem": problem.document(requestID: nil)]
    }
}

extension InsertOutcome {
    /// Whether a client that asks again must hear the same.
    fileprivate var isChange: Bool {
        switch self {
        case .created, .reused: true
        case .taken: false
        }
    }
}
