import Hummingbird
import ShrinkrBase
import ShrinkrCore
import ShrinkrWeb

/// The pages of statistics: those of all links at `/admin/stats`, and the numbers of each page as CSV.
struct WebStats: Sendable {
    let door: WebDoor
    let api: InnerAPI

    func addRoutes(to router: Router<APIContext>) {
        router.resource("/admin/stats", [.get: aside(all)])
        router.resource("/admin/stats.csv", [.get: aside { try await csv("/api/v1/stats", $0, $1) }])
        router.resource(
            "/admin/links/{code}/stats.csv",
            [.get: aside { try await csv("/api/v1/links/\($1.shortCode())/stats", $0, $1) }])
    }

    @Sendable private func all(_ request: Request, context: APIContext) async throws -> Response {
        let visit = try await door.visit(request, context)
        guard let viewer = visit.viewer else { return visit.seeOther("/admin/sign-in") }
        var reader = QueryReader(request)
        let view = try await view(
            Self.choice(&reader), path: "/api/v1/stats", page: "/admin/stats", visit, request, context)
        return visit.page(StatsPage(viewer: viewer, view: view).bytes)
    }

    static func choice(_ reader: inout QueryReader) -> StatsView.Choice {
        StatsView.Choice(range: reader.choice("range"), interval: reader.choice("interval"))
    }

    /// What the API has at `path`, with every breakdown, for the page at `page`.
    func view(
        _ choice: StatsView.Choice, path: String, page: String, _ visit: WebVisit, _ request: Request,
        _ context: APIContext
    ) async throws -> StatsView {
        var breakdowns: [Breakdown] = []
        var stats: StatsContent?
        // One after the other: a page takes no more of the API's places than any other client.
        for dimension in Breakdown.Dimension.allCases {
            let answer = try await api.call(
                .get, path + choice.query(by: dimension), key: visit.key, for: request, context)
            breakdowns.append(Breakdown(dimension, answer.json))
            stats = stats ?? StatsContent(answer.json)
        }
        guard let stats else { throw Problem.internalError }
        let query = Query.text([("range", choice.range.rawValue), ("interval", choice.interval.rawValue)])
        let csv = UntrustedText(page).equals("/admin/stats") ? "/admin/stats.csv" : "\(page)/stats.csv"
        return StatsView(choice: choice, stats: stats, breakdowns: breakdowns, path: page, csv: csv + query)
    }

    /// The series and the breakdowns, a line for each number that a page shows.
    private func csv(_ path: String, _ request: Request, _ context: APIContext) async throws -> Response {
        try await door.file(request, context) { visit in try await csv(path, visit, request, context) }
    }

    private func csv(
        _ path: String, _ visit: WebVisit, _ request: Request, _ context: APIContext
    ) async throws -> Response {
        var reader = QueryReader(request)
        let choice = Self.choice(&reader)
        var table = CSV(["kind", "value", "people", "bots"])
        for dimension in Breakdown.Dimension.allCases {
            let answer = try await api.call(
                .get, path + choice.query(by: dimension), key: visit.key, for: request, context)
            if table.rows == 0 {
                for point in StatsContent(answer.json).series {
                    table.append(row(choice.interval.rawValue, point.start, point.clicks))
                }
            }
            for (value, clicks) in Breakdown(dimension, answer.json).values {
                table.append(row(dimension.rawValue, value, clicks))
            }
        }
        return visit.file(table.bytes, type: CSV.type)
    }

    private func row(_ kind: String, _ value: String, _ clicks: Clicks) -> [String] {
        [kind, value, String(clicks.people), String(clicks.bots)]
    }
}
