import HTTPTypes
import Hummingbird
import ShrinkrCore
import ShrinkrStore

/// `GET` and `HEAD /{code}`: the redirect, and `/{code}+`: the preview page, whose button sends `POST /{code}+`.
///
/// The order is the promise: find the link, take a visit where visits are limited, write the click to the journal, and
/// only then answer.
struct RedirectController: Sendable {
    let cache: LinkCache
    let links: any LinkStore
    let recorder: ClickRecorder
    let presenter: LinkPresenter
    let clock: WallClock

    func addRoutes(to router: Router<APIContext>) {
        router.resource("/{code}", [.get: respond, .head: respond, .post: proceed], allowed: Self.allowed)
    }

    /// Only the preview page has a form.
    @Sendable private static func allowed(_ context: APIContext) -> String {
        UntrustedText(context.pathParameter("code")).ends(with: "+") ? "GET, HEAD, POST" : "GET, HEAD"
    }

    @Sendable private func respond(_ request: Request, context: APIContext) async throws -> Response {
        let text = context.pathParameter("code")
        let response =
            UntrustedText(text).ends(with: "+")
            ? try await preview(text.dropLast(), request) : try await follow(text, request, context)
        return request.method == .head ? response.withoutBody() : response
    }

    private func follow(_ text: String, _ request: Request, _ context: APIContext) async throws -> Response {
        let link = try await find(text)
        // Rendered before a visit is taken and the click recorded: what is recorded must be answered.
        var response = try Self.redirect(link, query: request.uri.query)
        switch RedirectRule.decide(link, request: request, at: clock.now()) {
        case .notFound: throw Problem.notFound("There is no such link.")
        case .gone(let reason): throw Problem.gone(reason)
        case .withhold: return page(of: link, request)
        case .notAheadOfTime: throw Problem.unavailable("A link with a visit limit is not answered ahead of time.")
        case .takeVisit:
            let present = try await takeVisit(link)
            if present != link { response = try Self.redirect(present, query: request.uri.query) }
        case .redirect: break
        }
        // Taking a visit may have waited for the database; the click is of this moment.
        recorder.record(request, peer: context.peer, code: link.code, at: clock.now())
        return response
    }

    /// The button of the preview page was pressed: the redirect for a person whose user agent looks like a bot's.
    @Sendable private func proceed(_ request: Request, context: APIContext) async throws -> Response {
        let text = context.pathParameter("code")
        guard UntrustedText(text).ends(with: "+") else {
            throw Problem.methodNotAllowed(allow: Self.allowed(context))
        }
        let link = try await find(text.dropLast())
        let sender = ContinueForm(request, origin: presenter.origin)
        guard sender != .otherSite, FetchPurpose(request) == .visit else {
            return try await preview(text.dropLast(), request)
        }
        var response = try Self.redirect(link, query: request.uri.query)
        try Self.requireOpen(link, at: clock.now())
        if link.settings.maximumVisits != nil {
            let present = try await takeVisit(link)
            if present != link { response = try Self.redirect(present, query: request.uri.query) }
        }
        // Whatever the link's status is: the form's method must not be kept.
        response.status = .seeOther
        recorder.record(
            request, peer: context.peer, code: link.code, isConfirmed: sender == .ownPage, at: clock.now())
        return response
    }

    /// Takes a visit, and returns the link to redirect to: another than the cached one where its owner has lifted the
    /// limit since.
    ///
    /// - Throws: ``Problem`` (410) where there was no visit to take.
    private func takeVisit(_ link: Link) async throws -> Link {
        let now = clock.now()
        if try await links.takeVisit(link.code, at: now) { return link }
        cache.invalidate(link.code)
        guard let present = try await cache.link(link.code) else { throw Problem.notFound("There is no such link.") }
        let availability = present.availability(at: now)
        guard availability == .live, present.settings.maximumVisits == nil else {
            throw Problem.gone(availability == .live ? .exhausted : availability)
        }
        return present
    }

    private func preview(_ text: some StringProtocol, _ request: Request) async throws -> Response {
        let link = try await find(text)
        try Self.requireOpen(link, at: clock.now())
        // A cached link's count of visits is old. Without the store, the button tells.
        if link.settings.maximumVisits != nil, let present = try? await links.link(link.code),
            present.availability(at: clock.now()) == .exhausted
        {
            throw Problem.gone(.exhausted)
        }
        return page(of: link, request)
    }

    /// - Throws: ``Problem`` where the link cannot be followed now, its count of visits aside.
    private static func requireOpen(_ link: Link, at now: Timestamp) throws {
        switch link.availability(at: now) {
        case .notStarted: throw Problem.notFound("There is no such link.")
        case .expired: throw Problem.gone(.expired)
        case .disabled: throw Problem.gone(.disabled)
        case .live, .exhausted: return
        }
    }

    /// The preview page. Whoever could read a limited link's destination there would need no visit.
    private func page(of link: Link, _ request: Request) -> Response {
        let shortURL = presenter.shortURL(link.code)
        guard link.settings.maximumVisits != nil else { return PreviewPage.full(link, shortURL: shortURL) }
        return PreviewPage.withheld(link.code, shortURL: shortURL, query: request.uri.query)
    }

    private func find(_ text: some StringProtocol) async throws -> Link {
        guard let code = ShortCode(text), let link = try await cache.link(code) else {
            throw Problem.notFound("There is no such link.")
        }
        return link
    }

    private static func redirect(_ link: Link, query: String?) throws -> Response {
        let settings = link.settings
        var location = settings.url
        if settings.forwardQuery, let query, !query.isEmpty {
            guard let url = try? DestinationURL.parse(location), let forwarded = url.appendingQuery(query)
            else { throw Problem.malformedRequest("The query is too long to be forwarded.") }
            location = forwarded.string
        }
        var headers: HTTPFields = [:]
        headers[.location] = location
        headers[.cacheControl] = "private, no-store"
        headers[.referrerPolicy] = "strict-origin-when-cross-origin"
        headers[.xRobotsTag] = "noindex"
        headers[.contentLength] = "0"
        return Response(status: .init(code: settings.redirectStatus.rawValue), headers: headers)
    }
}
