import HTTPTypes
import Hummingbird
import ShrinkrBase
import ShrinkrCore
import ShrinkrWeb

/// The pages of links: the list at `/` with the form that makes one, each link below `/admin/links`, and the list as CSV.
struct WebLinks: Sendable {
    /// Links on one page of the list.
    private static let pageLimit = 25
    /// Most links of one CSV file: a hundred lists of the API's longest. The page says so.
    private static let maximumRows = 10_000
    /// Bytes of a file at which it ends, too: about a hundred lists of longest links.
    private static let maximumBytes = 32 << 20
    /// Most lists of the API's longest that are looked through for one deleted link.
    private static let maximumPages = 10

    /// What has been done, as the address after a form tells it to the page.
    private enum Done: String, CaseIterable {
        case saved, disabled, enabled, deleted, restored, stale

        var words: String {
            switch self {
            case .saved: "Saved."
            case .disabled: "The link is disabled: who follows it is told so."
            case .enabled: "The link is enabled again."
            case .deleted: "The link is deleted. It can be restored."
            case .restored: "The link is restored."
            case .stale: "Somebody has changed this link meanwhile, so nothing was done. Look again, and repeat it."
            }
        }
    }

    let door: WebDoor
    let api: InnerAPI
    let origin: String
    let clock: WallClock

    func addRoutes(to router: Router<APIContext>) {
        router.resource("/admin/links", [.get: aside(toList), .post: aside(create)])
        router.resource("/admin/links.csv", [.get: aside(csv)])
        router.resource("/admin/links/{code}", [.get: aside(show), .post: aside(change)])
        router.resource("/admin/links/{code}/live", [.get: live])
        router.resource("/admin/links/{code}/qr.svg", [.get: { try await qr("svg", $0, $1) }])
        router.resource("/admin/links/{code}/qr.png", [.get: { try await qr("png", $0, $1) }])
        router.resource("/admin/links/{code}/disable", [.post: { try await enable(false, $0, $1) }])
        router.resource("/admin/links/{code}/enable", [.post: { try await enable(true, $0, $1) }])
        router.resource("/admin/links/{code}/delete", [.post: delete])
        router.resource("/admin/links/{code}/restore", [.post: restore])
    }

    @Sendable private func toList(_ request: Request, context: APIContext) async throws -> Response {
        try await door.visit(request, context).seeOther("/")
    }

    // MARK: - The list

    /// The page at `/` of somebody with access.
    func list(_ viewer: Viewer, _ visit: WebVisit, _ request: Request, _ context: APIContext) async throws -> Response {
        try await list(viewer, visit, form: LinkForm(), status: .ok, request, context)
    }

    private func list(
        _ viewer: Viewer, _ visit: WebVisit, form: LinkForm, status: HTTPResponse.Status, _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        var reader = QueryReader(request)
        let filter = Self.filter(&reader)
        let cursor = reader.identifier("cursor", length: 1...100, else: FieldProblem("invalid", "")) ?? ""
        let made = reader.identifier("made", length: 1...ShortCode.maximumLength, else: FieldProblem("invalid", ""))
        var (links, next): ([LinkContent], String?) = ([], nil)
        if viewer.mayReadLinks {
            let page = try await page(filter, limit: Self.pageLimit, after: cursor, visit, request, context)
            links = page[member: "data"].items.map { LinkContent($0) }
            next = page[member: "next_cursor"].text
        }
        let page = LinksPage(
            viewer: viewer, links: links, filter: filter, form: form,
            next: next.map { String(Query.text(Self.parameters(filter) + [("cursor", $0)]).dropFirst()) },
            csv: Query.text(Self.parameters(filter)),
            made: made.flatMap { ShortCode($0) }.map {
                LinkContent(["code": .string($0.text), "short_url": .string("\(origin)/\($0)")])
            }, notice: nil, now: clock.now())
        return visit.page(page.bytes, status: status)
    }

    private static func filter(_ reader: inout QueryReader) -> LinksPage.Filter {
        var filter = LinksPage.Filter()
        // The form sends the field also where nothing is in it.
        filter.search = reader.string("q", length: 1...200) ?? ""
        filter.tag = reader.string("tag", length: 1...LinkLimits.tagLength) ?? ""
        filter.order = reader.choice("order") ?? .newest
        filter.isOfDeleted = reader.bool("deleted") ?? false
        return filter
    }

    private static func parameters(_ filter: LinksPage.Filter) -> [(name: StaticString, value: String)] {
        [
            ("q", filter.search), ("tag", filter.tag), ("order", filter.order == .newest ? "" : filter.order.rawValue),
            ("deleted", filter.isOfDeleted ? "true" : ""),
        ]
    }

    private func page(
        _ filter: LinksPage.Filter, limit: Int, after cursor: String, _ visit: WebVisit, _ request: Request,
        _ context: APIContext
    ) async throws -> JSONValue {
        let query = Query.text(Self.parameters(filter) + [("limit", String(limit)), ("cursor", cursor)])
        return try await api.call(.get, "/api/v1/links\(query)", key: visit.key, for: request, context).json
    }

    @Sendable private func csv(_ request: Request, context: APIContext) async throws -> Response {
        try await door.file(request, context) { visit in try await csv(visit, request, context) }
    }

    private func csv(_ visit: WebVisit, _ request: Request, _ context: APIContext) async throws -> Response {
        var reader = QueryReader(request)
        let filter = Self.filter(&reader)
        var table = CSV([
            "code", "short_url", "url", "title", "tags", "enabled", "created_at", "expires_at", "max_visits", "people",
            "bots", "last_clicked_at",
        ])
        var cursor: String? = ""
        while let place = cursor, table.rows < Self.maximumRows, table.bytes.count < Self.maximumBytes {
            let page = try await page(filter, limit: LinkListing.maximumLimit, after: place, visit, request, context)
            for link in page[member: "data"].items.map({ LinkContent($0) }) {
                table.append([
                    link.code, link.shortURL, link.url, link.title ?? "", link.tags.joined(separator: ", "),
                    link.isEnabled ? "true" : "false", link.createdAt, link.expiresAt ?? "",
                    link.maximumVisits.map(String.init) ?? "", String(link.people), String(link.bots),
                    link.lastClickedAt ?? "",
                ])
            }
            cursor = page[member: "next_cursor"].text
        }
        return visit.file(table.bytes, type: CSV.type)
    }

    @Sendable private func create(_ request: Request, context: APIContext) async throws -> Response {
        let (visit, sent) = try await door.form(request, context)
        guard let viewer = visit.viewer else { return visit.seeOther("/admin/sign-in") }
        var form = LinkForm(sent)
        var body = form.members
        if !form.code.isEmpty { body.append(.init("code", .string(form.code))) }
        do {
            let answer = try await api.call(
                .post, "/api/v1/links", json: .object(body), key: visit.key, for: request, context)
            return visit.seeOther("/?made=\(Query.encoded(answer.json[member: "code"].text ?? ""))")
        } catch let problem as Problem where problem.status.kind == .clientError {
            form.complain(of: problem)
            return try await list(viewer, visit, form: form, status: problem.status, request, context)
        }
    }

    // MARK: - One link

    private static func path(_ context: APIContext) throws -> (page: String, api: String) {
        let code = try context.shortCode()
        return ("/admin/links/\(code)", "/api/v1/links/\(code)")
    }

    @Sendable private func show(_ request: Request, context: APIContext) async throws -> Response {
        let visit = try await door.visit(request, context)
        guard let viewer = visit.viewer else { return visit.seeOther("/admin/sign-in") }
        return try await show(viewer, visit, form: nil, status: .ok, request, context)
    }

    private func show(
        _ viewer: Viewer, _ visit: WebVisit, form: LinkForm?, status: HTTPResponse.Status, _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        let (pagePath, path) = try Self.path(context)
        let (link, version) = try await link(path, visit, request, context)
        var reader = QueryReader(request)
        let done: Done? = reader.choice("done")
        let choice = WebStats.choice(&reader)
        let stats =
            viewer.mayReadStats
            ? try await WebStats(door: door, api: api).view(
                choice, path: "\(path)/stats", page: pagePath, visit, request, context) : nil
        let page = LinkPage(
            viewer: viewer, link: link, version: version, form: form ?? LinkForm(link), stats: stats,
            notice: done?.words, now: clock.now())
        return visit.page(page.bytes, status: status)
    }

    /// The link, also a deleted one, and its entity tag.
    private func link(
        _ path: String, _ visit: WebVisit, _ request: Request, _ context: APIContext
    ) async throws -> (LinkContent, version: String) {
        do {
            let answer = try await api.call(.get, path, key: visit.key, for: request, context)
            return (LinkContent(answer.json), answer.headers.text(.eTag)?.string ?? "")
        } catch let problem as Problem where problem.status == .notFound {
            guard let link = try await deletedLink(visit, request, context) else { throw problem }
            return (link, "")
        }
    }

    /// The deleted link of the path's code, which the API shows in lists alone.
    private func deletedLink(
        _ visit: WebVisit, _ request: Request, _ context: APIContext
    ) async throws -> LinkContent? {
        let code = try context.shortCode()
        var (cursor, similar): (String?, LinkContent?) = ("", nil)
        for _ in 0..<Self.maximumPages {
            guard let place = cursor else { break }
            let query = Query.text([
                ("deleted", "true"), ("q", code.text), ("limit", String(LinkListing.maximumLimit)), ("cursor", place),
            ])
            let page = try await api.call(.get, "/api/v1/links\(query)", key: visit.key, for: request, context).json
            let links = page[member: "data"].items.map { LinkContent($0) }
            if let link = links.first(where: { UntrustedText($0.code).equals(code.text) }) { return link }
            similar = similar ?? links.first { UntrustedText($0.code).lowercasedASCII.equals(code.lowercased.text) }
            cursor = page[member: "next_cursor"].text
        }
        return similar
    }

    @Sendable private func live(_ request: Request, context: APIContext) async throws -> Response {
        let visit = try await door.visit(request, context)
        // Of a link that is deleted meanwhile there is no count: the page stops asking.
        let link = LinkContent(
            try await api.call(.get, try Self.path(context).api, key: visit.key, for: request, context).json)
        return visit.file(
            JSONValue.object([.init("people", .integer(link.people)), .init("bots", .integer(link.bots))]).bytes,
            type: "application/json")
    }

    private func qr(_ format: StaticString, _ request: Request, _ context: APIContext) async throws -> Response {
        let visit = try await door.visit(request, context)
        let (_, path) = try Self.path(context)
        let answer = try await api.call(
            .get, "\(path)/qr?format=\(format)&size=1024", key: visit.key, for: request, context)
        return visit.file(answer.bytes, type: answer.headers.text(.contentType)?.string ?? "")
    }

    @Sendable private func change(_ request: Request, context: APIContext) async throws -> Response {
        let (visit, sent) = try await door.form(request, context)
        guard let viewer = visit.viewer else { return visit.seeOther("/admin/sign-in") }
        var form = LinkForm(sent)
        do {
            return try await patch(.object(form.members), done: .saved, visit, sent, request, context)
        } catch let problem as Problem where problem.status == .unprocessableContent {
            form.complain(of: problem)
            return try await show(viewer, visit, form: form, status: problem.status, request, context)
        }
    }

    private func enable(_ isEnabled: Bool, _ request: Request, _ context: APIContext) async throws -> Response {
        let (visit, sent) = try await door.form(request, context)
        return try await patch(
            ["enabled": .bool(isEnabled)], done: isEnabled ? .enabled : .disabled, visit, sent, request, context)
    }

    private func patch(
        _ json: JSONValue, done: Done, _ visit: WebVisit, _ sent: WebForm, _ request: Request, _ context: APIContext
    ) async throws -> Response {
        try await act(done, visit, context) { path in
            _ = try await api.call(
                .patch, path, json: json, key: visit.key, version: Self.version(sent), for: request, context)
        }
    }

    @Sendable private func delete(_ request: Request, context: APIContext) async throws -> Response {
        let (visit, sent) = try await door.form(request, context)
        return try await act(.deleted, visit, context) { path in
            _ = try await api.call(
                .delete, path, key: visit.key, version: Self.version(sent), for: request, context)
        }
    }

    @Sendable private func restore(_ request: Request, context: APIContext) async throws -> Response {
        let (visit, sent) = try await door.form(request, context)
        return try await act(.restored, visit, context) { path in
            _ = try await api.call(
                .post, "\(path)/restore", key: visit.key, version: Self.version(sent), for: request, context)
        }
    }

    /// The entity tag that the form was made for; a deleted link has none.
    private static func version(_ sent: WebForm) -> String? {
        let version = sent.text("version")
        return version.isEmpty ? nil : version
    }

    /// Does what a form asks for, and shows the link afterwards with a word about it.
    private func act(
        _ done: Done, _ visit: WebVisit, _ context: APIContext, _ change: (String) async throws -> Void
    ) async throws -> Response {
        let (page, path) = try Self.path(context)
        guard visit.caller != nil else { return visit.seeOther("/admin/sign-in") }
        do {
            try await change(path)
            return visit.seeOther("\(page)?done=\(done.rawValue)")
        } catch let problem as Problem where problem.status == .preconditionFailed {
            return visit.seeOther("\(page)?done=\(Done.stale.rawValue)")
        }
    }
}
