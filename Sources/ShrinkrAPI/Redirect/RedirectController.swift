import HTTPTypes
import Hummingbird
import RedirectLane
import ShrinkrBase
import ShrinkrCore
import ShrinkrDestinations
import ShrinkrStore

/// `GET` and `HEAD /{code}`: the redirect, and `/{code}+`: the preview page, whose button sends `POST /{code}+`. Where a
/// redirect keeps the method of the request (307 and 308), other methods are redirected as well.
///
/// The order is the promise: find the link, take a visit where visits are limited, write the click to the journal, and
/// only then answer.
struct RedirectController: Sendable {
    /// The methods that every link answers to.
    private static let always: [HTTPRequest.Method] = [.get, .head]

    let cache: LinkCache
    let links: any LinkStore
    let destinations: Destinations
    let recorder: ClickRecorder
    let presenter: LinkPresenter
    let access: Access
    let clock: WallClock

    func addRoutes(to router: Router<APIContext>) {
        // With a slash after the code, what chats leave at the end of a link is a segment of its own.
        for path: RouterPath in ["/{code}", "/{code}/{end}"] {
            router.resource(
                path,
                [.get: respond, .head: respond, .post: respond, .put: respond, .patch: respond, .delete: respond],
                // What no link answers to is told of all that some links answer to.
                allowed: { context in
                    Self.followed(context)?.isPreview ?? false
                        ? Self.allowed(isPreview: true) : "DELETE, GET, HEAD, PATCH, POST, PUT"
                })
        }
    }

    private static func followed(_ context: APIContext) -> FollowedCode? {
        FollowedCode(
            segment: (context.parameters.get("code") ?? "").utf8, next: context.parameters.get("end").map { $0.utf8 })
    }

    @Sendable private func respond(_ request: Request, context: APIContext) async throws -> Response {
        if context.parameters.get("end") != nil, Self.followed(context) == nil {
            throw Problem.notFound("There is nothing at this path.")
        }
        // What cannot be a code is no guess at one: browsers ask every host for its /favicon.ico.
        guard let followed = Self.followed(context) else { throw Self.noLink(for: request.method) }
        let response =
            switch (followed.isPreview, request.method) {
            case (false, _): try await follow(followed.code, request, context)
            case (true, .post): try await proceed(followed.code, request, context)
            case (true, .get), (true, .head): try await preview(followed.code, request, context)
            case (true, _): throw Problem.methodNotAllowed(allow: Self.allowed(isPreview: true))
            }
        return request.method == .head ? response.withoutBody() : response
    }

    private func follow(_ code: ShortCode, _ request: Request, _ context: APIContext) async throws -> Response {
        let found = try await find(code, request, context)
        var link = found.link
        guard Self.always.contains(request.method) || link.settings.redirectStatus.keepsMethod else {
            throw Self.onlyGet
        }
        let decision = RedirectRule.decide(link, request: request, at: clock.now())
        switch decision {
        case .notFound: throw Self.noLink(for: request.method)
        case .gone(let reason): throw Problem.gone(reason)
        default: guard !destinations.refuses(found) else { throw Problem.blocked }
        }
        switch decision {
        case .withhold:
            try await requireVisitsLeft(link)
            return page(of: link, request)
        case .notAheadOfTime: throw Problem.unavailable("A link with a visit limit is not answered ahead of time.")
        case .takeVisit: link = try await takeVisit(link)
        case .redirect, .notFound, .gone: break
        }
        let response = Self.redirect(link, query: request.uri.query)
        // Taking a visit may have waited for the database; the click is of this moment. What is recorded is answered.
        await recorder.record(request, peer: context.peer, code: link.code, at: clock.now())
        return response
    }

    /// The button of the preview page was pressed: the redirect for a person whose user agent looks like a bot's.
    private func proceed(_ code: ShortCode, _ request: Request, _ context: APIContext) async throws -> Response {
        let sender = ContinueForm(request, origin: presenter.origin)
        guard sender != .otherSite, FetchPurpose(request) == .visit else {
            return try await preview(code, request, context)
        }
        let found = try await find(code, request, context, as: .get)
        try requireOpen(found)
        var link = found.link
        if link.settings.maximumVisits != nil { link = try await takeVisit(link) }
        var response = Self.redirect(link, query: request.uri.query)
        // Whatever the link's status is: the form's method must not be kept.
        response.status = .seeOther
        await recorder.record(
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
        guard let present = try await cache.find(link.code) else { throw Self.noLink(for: .get) }
        let availability = present.link.availability(at: now)
        guard availability == .live, present.link.settings.maximumVisits == nil else {
            throw Problem.gone(availability == .live ? .exhausted : availability)
        }
        guard !destinations.refuses(present) else { throw Problem.blocked }
        return present.link
    }

    private func preview(_ code: ShortCode, _ request: Request, _ context: APIContext) async throws -> Response {
        let found = try await find(code, request, context, as: .get)
        try requireOpen(found)
        // Without the store, the button tells.
        do { try await requireVisitsLeft(found.link) } catch is StoreError {}
        return page(of: found.link, request)
    }

    /// The preview page. Whoever could read a limited link's destination there would need no visit.
    private func page(of link: Link, _ request: Request) -> Response {
        let shortURL = presenter.shortURL(link.code)
        guard link.settings.maximumVisits != nil else { return PreviewPage.full(link, shortURL: shortURL) }
        return PreviewPage.withheld(link.code, shortURL: shortURL, query: request.uri.query)
    }

    /// - Throws: ``Problem`` where the link cannot be followed now, its count of visits aside.
    private func requireOpen(_ found: FoundLink) throws {
        switch found.link.availability(at: clock.now()) {
        case .notStarted: throw Self.noLink(for: .get)
        case .expired: throw Problem.gone(.expired)
        case .disabled: throw Problem.gone(.disabled)
        case .live, .exhausted: break
        }
        guard !destinations.refuses(found) else { throw Problem.blocked }
    }

    /// Says that a link is used up also to those who use no visit up. The cached link does not know.
    private func requireVisitsLeft(_ link: Link) async throws {
        guard link.settings.maximumVisits != nil else { return }
        guard let present = try await links.link(link.code) else { throw Self.noLink(for: .get) }
        guard present.visitsLeft != 0 else { throw Problem.gone(.exhausted) }
    }

    /// - Throws: ``Problem``: 404 where there is no such link, 429 where the client has asked for too many that there
    ///   are not.
    private func find(
        _ code: ShortCode, _ request: Request, _ context: APIContext, as method: HTTPRequest.Method? = nil
    ) async throws -> FoundLink {
        // A link that has not started is as good as none, also to whoever has asked for too many.
        guard let found = try await cache.find(code), found.link.availability(at: clock.now()) != .notStarted else {
            try access.takeUnknownCode(request, context)
            throw Self.noLink(for: method ?? request.method)
        }
        return found
    }

    /// A method that few links answer to does not tell which links there are.
    private static func noLink(for method: HTTPRequest.Method) -> Problem {
        always.contains(method) ? .notFound("There is no such link.") : onlyGet
    }

    private static var onlyGet: Problem { .methodNotAllowed(allow: allowed(isPreview: false)) }

    /// Only the preview page has a form.
    private static func allowed(isPreview: Bool) -> String { isPreview ? "GET, HEAD, POST" : "GET, HEAD" }

    private static func redirect(_ link: Link, query: String?) -> Response {
        let settings = link.settings
        var location = settings.url
        if settings.forwardQuery, let query, !query.isEmpty, let url = try? DestinationURL.parse(location) {
            location = url.appendingQuery(query).string
        }
        var headers: HTTPFields = [:]
        headers[.location] = location
        headers[.cacheControl] = RedirectFields.cacheControl
        headers[.referrerPolicy] = RedirectFields.referrerPolicy
        headers[.xRobotsTag] = RedirectFields.robots
        headers[.contentLength] = "0"
        return Response(status: .init(code: settings.redirectStatus.rawValue), headers: headers)
    }
}
