import HTTPTypes
import Hummingbird
import ShrinkrBase
import ShrinkrCore
import ShrinkrWeb

/// The pages for people: `/`, `/docs`, and what is below `/admin`. None of these can be the code of a link
/// (``ReservedWords``).
struct WebController: Sendable {
    let door: WebDoor
    let api: InnerAPI
    /// The public origin, without a slash at its end.
    let origin: String
    /// Where visitors without access are sent who ask for `/`; nil shows them a page.
    let rootURL: String?
    let clock: WallClock

    func addRoutes(to router: Router<APIContext>) {
        router.resource("/", [.get: aside(root)])
        router.resource("/docs", [.get: docs])
        router.resource("/admin", [.get: { request, context in try await door.visit(request, context).seeOther("/") }])
        router.resource("/admin/sign-in", [.get: signInForm, .post: signIn])
        router.resource("/admin/sign-out", [.post: signOut])
        WebLinks(door: door, api: api, origin: origin, clock: clock).addRoutes(to: router)
        WebStats(door: door, api: api).addRoutes(to: router)
        WebKeys(door: door, api: api, clock: clock).addRoutes(to: router)
    }

    @Sendable private func root(_ request: Request, context: APIContext) async throws -> Response {
        let isOurs = door.isOurs(request, context)
        let isForPerson = Accept(request.headers).prefersHTML
        if isOurs, isForPerson {
            let visit = try await door.visit(request, context)
            if let viewer = visit.viewer {
                return try await WebLinks(door: door, api: api, origin: origin, clock: clock)
                    .list(viewer, visit, request, context)
            }
        }
        if let rootURL {
            return Response(
                status: .found, headers: [.location: rootURL, .cacheControl: "no-store", .contentLength: "0"])
        }
        // Programs are told what they are told of every path that is nothing to them.
        guard isForPerson else { throw Problem.notFound("There is nothing at this path.") }
        return HTMLPage.response(LandingPage(hasEntrance: isOurs).bytes, headers: [.cacheControl: "no-store"])
    }

    @Sendable private func docs(_ request: Request, context: APIContext) async throws -> Response {
        let visit = door.isOurs(request, context) ? try await door.visit(request, context) : nil
        return HTMLPage.response(
            DocsPage(viewer: visit?.viewer, origin: origin).bytes, hasScript: visit?.viewer != nil,
            headers: [.cacheControl: "private, no-cache", .vary: "Cookie"])
    }

    @Sendable private func signInForm(_ request: Request, context: APIContext) async throws -> Response {
        let visit = try await door.visit(request, context)
        if visit.key != nil { return visit.seeOther("/") }
        return visit.page(SignInPage(token: visit.cookie.token).bytes)
    }

    @Sendable private func signIn(_ request: Request, context: APIContext) async throws -> Response {
        let (visit, form) = try await door.form(request, context)
        do {
            let key = form.value("key")?.trimmed ?? UntrustedText("")
            return try await door.signIn(key, visit, request, context).seeOther("/")
        } catch let problem as Problem where problem.status.kind == .clientError {
            return visit.page(
                SignInPage(token: visit.cookie.token, complaint: problem.detail).bytes, status: problem.status)
        }
    }

    @Sendable private func signOut(_ request: Request, context: APIContext) async throws -> Response {
        let (visit, _) = try await door.form(request, context)
        return WebVisit(cookie: visit.cookie.anonymous, key: nil, caller: nil).seeOther("/")
    }
}

/// The files that pages load; also where there are no other pages, since those of dead links load them as well.
struct AssetController: Sendable {
    func addRoutes(to router: Router<APIContext>) {
        router.resource("/assets/{name}", [.get: asset])
    }

    @Sendable private func asset(_ request: Request, context: APIContext) async throws -> Response {
        let name = context.pathText("name")
        guard let asset = Asset.all.first(where: { name.equals($0.name) }) else {
            throw Problem.notFound("There is nothing at this path.")
        }
        return Response(
            status: .ok, type: asset.type, bytes: asset.bytes,
            headers: [
                .cacheControl: "public, max-age=31536000, immutable",
                // Opened by itself, an SVG document could run scripts; this one has none and may not.
                .contentSecurityPolicyField: "default-src 'none'",
            ])
    }
}
