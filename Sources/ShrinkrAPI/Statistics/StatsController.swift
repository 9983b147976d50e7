import ClickJournal
import Hummingbird
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore

/// `/api/v1/links/{code}/stats` and `/api/v1/stats`: totals, series and breakdowns, and how far they can be trusted.
struct StatsController: Sendable {
    /// Most values of a breakdown, and most links of the list of top links.
    static let (groupLimit, topLimit) = (100, 10)
    /// A journal that has announced nothing for so long, and whose frames are all counted, is taken to be gone with its
    /// process.
    static let silence = Duration.seconds(900)
    /// A journal that has announced nothing for so long is given up even with frames that were not counted: one whose
    /// process is gone together with its disk would otherwise hold `as_of` back for ever.
    static let abandonment = Duration.seconds(86_400)
    /// A journal that has announced nothing for so long, which is five times, may be spoken for by a process that holds all
    /// that it ever announced.
    static let replacement = Duration.seconds(10)
    /// An answer is complete even without the clicks that other processes answered in the last moments: they are always on
    /// their way, so a range that reaches up to now could otherwise never be. Longer than a click takes to be counted when
    /// all goes well. Of the clicks that this process answered none may be missing.
    static let lag = Duration.seconds(5)

    let links: any LinkStore
    let stats: any StatsStore
    let journal: ClickJournal
    let authenticator: Authenticator
    let work: BoundedWork
    let clock: WallClock

    func addRoutes(to router: Router<APIContext>) {
        router.resource("/api/v1/links/{code}/stats", [.get: aside(ofLink)])
        router.resource("/api/v1/stats", [.get: aside(ofAll)])
    }

    @Sendable private func ofLink(_ request: Request, context: APIContext) async throws -> Response {
        _ = try await authenticator.authorize(request, context, scope: .statsRead)
        let statsRequest = try StatsRequest(request, at: clock.now())
        let code = try context.shortCode()
        // Clicks are counted under the link's own code, and stay readable once it is deleted.
        guard let issued = try await links.issuedCode(code) else { throw Problem.noLink(code.text) }
        return try await work.searches.run(for: context.channel) { try await answer(statsRequest, code: issued) }
    }

    @Sendable private func ofAll(_ request: Request, context: APIContext) async throws -> Response {
        _ = try await authenticator.authorize(request, context, scope: .statsRead)
        let statsRequest = try StatsRequest(request, at: clock.now())
        return try await work.searches.run(for: context.channel) { try await answer(statsRequest, code: nil) }
    }

    private func answer(_ request: StatsRequest, code: ShortCode?) async throws -> Response {
        // Before the counts are read: what is counted now, they hold.
        let asOf = try await asOf(request.now)
        let isComplete = try await isComplete(request, asOf: asOf)
        let range = StatsRange(code: code, buckets: request.buckets)
        let buckets = try await stats.buckets(range).map {
            BucketTally(bucket: $0.bucket, tally: request.traffic.part(of: $0.tally))
        }
        let total = buckets.reduce(Tally()) { $0 + $1.tally }
        var members: [JSONValue.Member] = [
            .init("code", .optional(code?.text)),
            .init("from", .string(request.buckets.lowerBound.start.rfc3339)),
            .init("to", .string(request.buckets.upperBound.start.rfc3339)),
            .init("interval", .string(request.interval.rawValue)),
            .init("tz", .string(request.calendar.identifier)),
            .init("totals", Self.totals(total, visitors: try await visitors(range, request.traffic))),
            .init("series", .array(TimeSeries(buckets, request: request).points.map(Self.point))),
            .init("groups", .array(try await groups(range, request, total: total))),
        ]
        if code == nil { members.append(.init("top_links", .array(try await topLinks(range, request.traffic)))) }
        members.append(.init("as_of", .string(asOf.rfc3339)))
        members.append(.init("complete", .bool(isComplete)))
        return Response(status: .ok, json: .object(members), headers: [.cacheControl: "no-store"])
    }

    /// Up to which time everything is counted; `now` where no journal holds anything back.
    private func asOf(_ now: Timestamp) async throws -> Timestamp {
        try await stats.countedThrough(
            silentSince: now.advanced(by: .zero - Self.silence),
            abandonedSince: now.advanced(by: .zero - Self.abandonment),
            replacedSince: now.advanced(by: .zero - Self.replacement)) ?? now
    }

    /// Whether every click of the range is counted that this process has answered, or that another one has answered up to
    /// ``lag`` before the request came in.
    private func isComplete(_ request: StatsRequest, asOf: Timestamp) async throws -> Bool {
        guard Self.isComplete(request, asOf: asOf) else { return false }
        if request.buckets.upperBound.start <= request.now.advanced(by: .zero - Self.lag) { return true }
        return try await stats.hold(([journal.ownStatus()] + journal.earlierStatuses).map(\.extent))
    }

    /// Whether every click of the range that was answered up to ``lag`` before the request came in is counted. The
    /// numbers of a range that had ended by then do not change any more.
    static func isComplete(_ request: StatsRequest, asOf: Timestamp) -> Bool {
        asOf >= min(request.buckets.upperBound.start, request.now.advanced(by: .zero - lag))
    }

    private func visitors(_ range: StatsRange, _ traffic: Traffic) async throws -> VisitorCount {
        traffic == .bots ? .none : try await stats.visitors(range)
    }

    private func groups(_ range: StatsRange, _ request: StatsRequest, total: Tally) async throws -> [JSONValue] {
        guard let dimension = request.groupBy?.dimension else { return [] }
        let values = try await stats.values(
            range, dimension: dimension, traffic: request.traffic, limit: Self.groupLimit)
        return values.addingUp(to: total, limit: Self.groupLimit).map {
            ["value": .string($0.value), "people": .integer($0.tally.people), "bots": .integer($0.tally.bots)]
        }
    }

    private func topLinks(_ range: StatsRange, _ traffic: Traffic) async throws -> [JSONValue] {
        try await stats.topLinks(range, traffic: traffic, limit: Self.topLimit).map {
            ["code": .string($0.code.text), "people": .integer($0.tally.people), "bots": .integer($0.tally.bots)]
        }
    }

    private static func totals(_ tally: Tally, visitors: VisitorCount) -> JSONValue {
        [
            "clicks": .integer(tally.clicks), "people": .integer(tally.people), "bots": .integer(tally.bots),
            "visitors": .integer(visitors.number), "visitors_exact": .bool(visitors.isExact),
        ]
    }

    private static func point(_ point: TimeSeries.Point) -> JSONValue {
        [
            "t": .string(point.start.rfc3339), "people": .integer(point.tally.people),
            "bots": .integer(point.tally.bots),
        ]
    }
}
