import HTTPTypes
import Hummingbird
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import Synchronization

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
    let work: BoundedWork
    let clock: WallClock

    /// What one item asks for, or why it cannot be had.
    private typealias Item = Result<LinkRequest, Problem>

    /// What the work on one batch has found so far.
    private struct Progress {
        var items: [Item] = []
        /// The fields that tell what is left of the caller's limit.
        var left: HTTPFields
    }

    func addRoutes(to router: Router<APIContext>) {
        router.resource("/api/v1/links/batch", [.post: aside(create)])
    }

    /// A batch is made whole or not at all: past its time, or once its client has left, everything is rolled back and its
    /// idempotency key is free again.
    @Sendable private func create(_ request: Request, context: APIContext) async throws -> Response {
        let caller = try await access.authenticator.authorize(request, context, scope: .linksWrite)
        let body = try await request.jsonObject(limit: limits.batchBodyBytes)
        let key = try IdempotencyKey(request, caller: caller, body: body.bytes)
        let values = try values(body.members)
        let progress = Mutex(Progress(left: try access.takeCreates(0, by: caller)))
        let answer = { @Sendable [presenter] (outcomes: [InsertOutcome]) in
            Self.answer(progress.withLock(\.items), outcomes: outcomes) { presenter.json($0, for: caller) }
        }
        let response = try await idempotency.run(key) { (outcomes: [InsertOutcome]) -> SavedAnswer? in
            // An answer that tells of mistakes alone can be given again at any time, and need not be kept.
            outcomes.contains(where: \.isChange) ? answer(outcomes) : nil
        } effect: { completion in
            // Here, since a replay makes no links.
            try await work.batches.run(for: context.channel) {
                let now = clock.now()
                let items = try values.map { value in
                    try Task.checkCancellation()
                    return item(value, at: now, by: caller)
                }
                let valid = items.compactMap { try? $0.get() }
                let left = try access.takeCreates(valid.count, by: caller)
                progress.withLock { $0 = Progress(items: items, left: left) }
                do {
                    return try await creation.create(valid, completing: completion)
                } catch {
                    // All of it is rolled back.
                    access.giveBackCreates(valid.count, by: caller)
                    throw error
                }
            }
        } otherwise: { outcomes in
            answer(outcomes).response(isReplay: false)
        }
        return response.adding(progress.withLock(\.left))
    }

    private func values(_ members: [JSONValue.Member]) throws -> [JSONValue] {
        var reader = ObjectReader(members)
        let values = reader.array("links", of: "links", count: 1...LinkLimits.batchItems)
        reader.require("links")
        reader.finish()
        guard let values, reader.errors.isEmpty else { throw Problem.validation(reader.errors) }
        return values
    }

    private func item(_ value: JSONValue, at now: Timestamp, by caller: Caller) -> Item {
        guard case .object(let members) = value else {
            return .failure(
                .validation(FieldErrors(FieldError(location: .pointer(""), problem: .wrongType("an object")))))
        }
        do {
            return .success(try LinkRequest(members, by: caller, destinations: destinations, at: now))
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
