import HTTPTypes
import Hummingbird
import ShrinkrCore
import ShrinkrStore

/// `GET` and `HEAD /{code}`: the redirect, and `/{code}+`: the preview page. Where a redirect keeps the method of the request
/// (307 and 308), other methods are redirected as well.
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
    let clock: WallClock

    func addRoutes(to router: Router<APIContext>) {
        router.resource(
            "/{code}",
            [.get: respond, .head: respond, .post: respond, .put: respond, .patch: respond, .delete: respond])
    }

    @Sendable private func respond(_ request: Request, context: APIContext) async throws -> Response {
        guard let followed = FollowedCode(segment: (context.parameters.get("code") ?? "").utf8) else {
            throw Self.noLink(for: request.method)
        }
        let response =
            followed.isPreview
            ? try await preview(followed.code, request) : try await follow(followed.code, request, context)
        return request.method == .head ? response.withoutBody() : response
    }

    private func follow(_ code: ShortCode, _ request: Request, _ context: APIContext) async throws -> Response {
        let found = try await find(code, for: request.method)
        var link = found.link
        let decision = RedirectRule.decide(link, request: request, at: clock.now())
        guard Self.always.contains(request.method) || link.settings.redirectStatus.keepsMethod else {
            throw Self.onlyGet
        }
        switch decision {
        case .notFound: throw Self.noLink(for: request.method)
        case .gone(let reason): throw Problem.gone(reason)
        default: guard !destinations.refuses(found) else { throw Problem.blocked }
        }
        switch decision {
        case .withhold:
            try await checkHasVisits(link)
            return PreviewPage.withheld(shortURL: presenter.shortURL(link.code))
        case .notAheadOfTime: throw Problem.unavailable("A link with a visit limit is not answered ahead of time.")
        case .takeVisit: link = try await takeVisit(link)
        case .redirect, .notFound, .gone: break
        }
        let response = Self.redirect(link, query: request.uri.query)
        // Taking a visit may have waited for the database; the click is of this moment. What is recorded is answered.
        recorder.record(request, peer: context.peer, code: link.code, at: clock.now())
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
        let present = try await find(link.code, for: .get)
        let availability = present.link.availability(at: now)
        guard availability == .live, present.link.settings.maximumVisits == nil else {
            throw Problem.gone(availability == .live ? .exhausted : availability)
        }
        guard !destinations.refuses(present) else { throw Problem.blocked }
        return present.link
    }

    private func preview(_ code: ShortCode, _ request: Request) async throws -> Response {
        guard Self.always.contains(request.method) else { throw Self.onlyGet }
        let found = try await find(code, for: request.method)
        let link = found.link
        let availability = link.availability(at: clock.now())
        switch availability {
        case .notStarted: throw Self.noLink(for: request.method)
        case .expired, .disabled: throw Problem.gone(availability)
        case .live, .exhausted:
            guard !destinations.refuses(found) else { throw Problem.blocked }
            // Whoever could read a limited link's destination here would need no visit.
            let shortURL = presenter.shortURL(link.code)
            return link.settings.maximumVisits == nil
                ? PreviewPage.full(link, shortURL: shortURL) : PreviewPage.withheld(shortURL: shortURL)
        }
    }

    private func find(_ code: ShortCode, for method: HTTPRequest.Method) async throws -> FoundLink {
        guard let found = try await cache.find(code) else { throw Self.noLink(for: method) }
        return found
    }

    /// A method that few links answer to does not tell which links there are.
    private static func noLink(for method: HTTPRequest.Method) -> Problem {
        always.contains(method) ? .notFound("There is no such link.") : onlyGet
    }

    private static var onlyGet: Problem { .methodNotAllowed(allow: always.map(\.rawValue).joined(separator: ", ")) }

    /// Says that a link is used up also to those who use no visit up. The cached link does not know.
    private func checkHasVisits(_ link: Link) async throws {
        guard let present = try await links.link(link.code) else { throw Self.noLink(for: .get) }
        guard present.visitsLeft != 0 else { throw Problem.gone(.exhausted) }
    }

    private static func redirect(_ link: Link, query: String?) -> Response {
        let settings = link.settings
        var location = settings.url
        if settings.forwardQuery, let query, !query.isEmpty, let url = try? DestinationURL.parse(location) {
            location = url.appendingQuery(query).string
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
