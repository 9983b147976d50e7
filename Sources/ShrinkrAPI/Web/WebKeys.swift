import HTTPTypes
import Hummingbird
import ShrinkrBase
import ShrinkrStore
import ShrinkrWeb

/// The page of API keys at `/admin/keys`.
struct WebKeys: Sendable {
    let door: WebDoor
    let api: InnerAPI
    let clock: WallClock

    func addRoutes(to router: Router<APIContext>) {
        router.resource("/admin/keys", [.get: list, .post: create])
        router.resource("/admin/keys/{id}/revoke", [.post: revoke])
    }

    @Sendable private func list(_ request: Request, context: APIContext) async throws -> Response {
        let visit = try await door.visit(request, context)
        return try await show(KeysPage.Form(), made: nil, status: .ok, visit, request, context)
    }

    private func show(
        _ form: KeysPage.Form, made: String?, status: HTTPResponse.Status, _ visit: WebVisit, _ request: Request,
        _ context: APIContext
    ) async throws -> Response {
        guard let viewer = visit.viewer else { return visit.seeOther("/admin/sign-in") }
        var reader = QueryReader(request)
        let cursor = reader.identifier("cursor", length: 1...200, else: FieldProblem("invalid", "")) ?? ""
        let answer = try await api.call(
            .get, "/api/v1/keys\(Query.text([("cursor", cursor)]))", key: visit.key, for: request, context)
        let page = KeysPage(
            viewer: viewer, keys: answer.json[member: "data"].items.map { KeyContent($0) }, form: form, made: made,
            next: answer.json[member: "next_cursor"].text.map { String(Query.text([("cursor", $0)]).dropFirst()) },
            now: clock.now())
        return visit.page(page.bytes, status: status)
    }

    @Sendable private func create(_ request: Request, context: APIContext) async throws -> Response {
        let (visit, sent) = try await door.form(request, context)
        var form = KeysPage.Form()
        form.name = sent.text("name")
        form.scopes = sent.values("scope").prefix(APIScope.allCases.count).map(\.string)
        if visit.key == nil, !form.scopes.contains(where: { UntrustedText($0).equals(APIScope.admin.rawValue) }) {
            form.complaints = ["The first key must open everything: from now on nobody gets in without one."]
            return try await show(form, made: nil, status: .unprocessableContent, visit, request, context)
        }
        do {
            let answer = try await api.call(
                .post, "/api/v1/keys",
                json: ["name": .string(form.name), "scopes": .array(form.scopes.map { .string($0) })], key: visit.key,
                for: request, context)
            let key = answer.json[member: "key"].text ?? ""
            return try await show(
                KeysPage.Form(), made: key, status: .created,
                try await afterFirstKey(UntrustedText(key), visit, request, context), request, context)
        } catch let problem as Problem where problem.status == .unprocessableContent {
            form.complaints = problem.errors.named.map { error in
                if case .pointer(let pointer) = error.location, UntrustedText(pointer).begins(with: "/scopes") {
                    return "Tick what the key may do."
                }
                return "Name: \(error.problem.detail)"
            }
            return try await show(form, made: nil, status: problem.status, visit, request, context)
        }
    }

    /// From the first key on everybody needs one. Who makes it on this machine is signed in with it.
    private func afterFirstKey(
        _ key: UntrustedText, _ visit: WebVisit, _ request: Request, _ context: APIContext
    ) async throws -> WebVisit {
        guard visit.key == nil else { return visit }
        return try await door.signIn(key, visit, request, context)
    }

    @Sendable private func revoke(_ request: Request, context: APIContext) async throws -> Response {
        let (visit, _) = try await door.form(request, context)
        guard visit.caller != nil else { return visit.seeOther("/admin/sign-in") }
        let id = Query.encoded(context.pathParameter("id"))
        _ = try await api.call(.delete, "/api/v1/keys/\(id)", key: visit.key, for: request, context)
        return visit.seeOther("/admin/keys")
    }
}
