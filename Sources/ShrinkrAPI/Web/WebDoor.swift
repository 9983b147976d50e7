import Crypto
import HTTPTypes
import Hummingbird
import ShrinkrBase

/// Tells who is at a page, and lets in who may use it.
struct WebDoor: Sendable {
    let access: Access
    let sessions: WebSessions
    /// Files are made one at a time, within the time of one request.
    let files: CostlyWork
    /// Cookies that opened something not long ago.
    private let proven = ProvenKeys()
    /// Whose pages may send forms: our own alone, whatever may use the API.
    private let origins: PageOrigins
    /// Whether the public origin has TLS.
    private let isPublic: Bool
    /// Most bytes of a form.
    private let formBytes: Int
    private let clock: WallClock

    /// - Parameter origin: The public origin, without a slash at its end.
    init(
        access: Access, sessions: WebSessions, files: CostlyWork, origin: String, formBytes: Int, clock: WallClock
    ) {
        self.access = access
        self.sessions = sessions
        self.files = files
        origins = PageOrigins(policy: CrossOriginPolicy(origins: .nobody), own: origin)
        isPublic = UntrustedText(origin).begins(with: "https:")
        self.formBytes = formBytes
        self.clock = clock
    }

    /// Whether links may be managed under the host that was asked for, as under `/api`.
    func isOurs(_ request: Request, _ context: APIContext) -> Bool {
        access.hosts.allows(request.head.authority ?? "", local: IPAddress(context.channel.localAddress))
    }

    /// Who is there. A session that is over, or whose key is, is as none.
    ///
    /// - Throws: ``Problem`` (421) under another host, and where the database cannot say.
    func visit(_ request: Request, _ context: APIContext) async throws -> WebVisit {
        guard isOurs(request, context) else { throw Problem.misdirectedRequest }
        let cookie = WebCookie(request, context, isPublic: isPublic)
        let key = try await key(in: cookie, request, context)
        let asked = InnerAPI.request(request.method, request.uri.path, key: key, for: request)
        do {
            let caller = try await access.authenticator.identify(asked, context)
            return WebVisit(cookie: cookie, key: key, caller: caller)
        } catch let problem as Problem where [.unauthorized, .forbidden].contains(problem.status) {
            return WebVisit(cookie: key == nil ? cookie : cookie.anonymous, key: nil, caller: nil)
        }
    }

    /// The key that a cookie holds. A cookie that is forged costs its sender as much as a wrong key, and no look at the
    /// database once there were too many.
    private func key(in cookie: WebCookie, _ request: Request, _ context: APIContext) async throws -> UntrustedText? {
        guard cookie.value.begins(with: WebSessions.prefix) else { return nil }
        let digest = SHA256.hash(data: Array(cookie.value.bytes))
        let isProven = proven.contains(digest)
        let client = TokenBuckets.Client(access.clients.address(of: request, peer: context.peer))
        if !isProven {
            do { try access.limiter.wrongKeys.take(client) } catch { return nil }
        }
        let key: UntrustedText?
        do {
            key = try await sessions.open(cookie.value, at: clock.now())
        } catch {
            if !isProven { access.limiter.wrongKeys.giveBack(client) }
            throw error
        }
        if key != nil, !isProven {
            proven.insert(digest)
            access.limiter.wrongKeys.giveBack(client)
        }
        return key
    }

    /// Makes a file for somebody who asks for it from a page of ours, or without any. What another site embeds is refused:
    /// who needs no key would make files for every page that he looks at.
    ///
    /// - Throws: ``Problem`` (401, 403, 503).
    func file(
        _ request: Request, _ context: APIContext, _ make: @escaping @Sendable (WebVisit) async throws -> Response
    ) async throws -> Response {
        if let site = request.headers.text(.secFetchSite), !site.equals("same-origin"), !site.equals("none") {
            throw Problem.foreignForm
        }
        let visit = try await visit(request, context)
        guard visit.viewer != nil else { throw Problem.unauthorized(PresentedKey.advice) }
        return try await files.run(for: context.channel) { try await make(visit) }
    }

    /// Who has sent a form, and what.
    ///
    /// - Throws: ``Problem`` (403) where the form is not one of a page of ours.
    func form(_ request: Request, _ context: APIContext) async throws -> (WebVisit, WebForm) {
        guard isOurs(request, context) else { throw Problem.misdirectedRequest }
        guard !origins.refuse(request) else { throw Problem.foreignForm }
        let form = try await WebForm(request, limit: formBytes)
        let visit = try await visit(request, context)
        guard visit.cookie.accepts(form.value("token")) else { throw Problem.foreignForm }
        return (visit, form)
    }

    /// Signs somebody in who presents a key, which costs as much as a wrong key anywhere.
    ///
    /// - Throws: ``Problem`` (401, 429) where it opens nothing.
    func signIn(_ key: UntrustedText, _ visit: WebVisit, _ request: Request, _ context: APIContext) async throws
        -> WebVisit
    {
        // What cannot stand in a field of a header is no key.
        guard (1...WebSessions.maximumKeyLength).contains(key.count),
            key.bytes.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw Problem.unauthorized("That is not an API key.") }
        let asked = InnerAPI.request(.get, request.uri.path, key: key, for: request)
        let caller = try await access.authenticator.identify(asked, context)
        return WebVisit(
            cookie: visit.cookie.with(try sessions.seal(key, at: clock.now())), key: key, caller: caller)
    }
}

extension Problem {
    /// A form that another site has sent, or that was filled in under another session.
    static var foreignForm: Problem {
        Problem(
            "foreign-form", title: "This form cannot be taken", status: .forbidden,
            detail: "It was sent from another site, or you have signed in or out since it was opened, or your browser "
                + "keeps no cookie of this server: over plain HTTP it does so on the server's own machine alone. "
                + "Load the page anew, and try again.")
    }
}
