import HTTPTypes
import Hummingbird
import NIOCore
import ShrinkrStore

@testable import ShrinkrAPI
@testable import ShrinkrBase
@testable import ShrinkrCore
@testable import ShrinkrDestinations

/// What is read from a request's path and header. Input, a line each: path with query, the peer's address, the authority,
/// then fields as `Name: value`.
enum RequestTarget {
    private static let now = Timestamp(seconds: 1_770_000_000)
    private static let clients = ClientResolver(
        trustedProxies: ["10.0.0.0/8", "fd00::/8", "127.0.0.1"].compactMap { IPNetwork($0) },
        countryHeader: "CloudFront-Viewer-Country")

    static func run(_ input: [UInt8]) {
        var lines = LineReader(input)
        let path = lines.text() ?? "/"
        let peer = lines.text().flatMap { IPAddress($0) }
        let authority = lines.text()
        var fields: HTTPFields = [:]
        while !lines.isAtEnd {
            let parts = (lines.text() ?? "").split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let name = HTTPField.Name(String(parts[0])) else { continue }
            fields.append(HTTPField(name: name, value: UntrustedText(String(parts[1])).trimmed.string))
        }
        let head = HTTPRequest(method: .get, scheme: "http", authority: authority, path: path, headerFields: fields)
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer()))
        checkClient(request, peer: peer)
        checkTexts(request)
        checkKeys(request)
        checkTags(request)
        checkQuery(request)
    }

    // MARK: Where it comes from

    private static func checkClient(_ request: Request, peer: IPAddress?) {
        let address = clients.address(of: request, peer: peer)
        let country = clients.country(of: request, peer: peer)
        let isTrusted = peer.map { trusted($0) } ?? false
        check(isTrusted || address == peer, "only a trusted proxy speaks for others")
        check(isTrusted || country == nil, "only a trusted proxy names a country")
        check(
            country.map { $0.utf8.count == 2 && $0.utf8.allSatisfy { (0x41...0x5A).contains($0) } } ?? true,
            "a country has two letters")
        check((address == nil) == (peer == nil), "an address is known where a peer is")
        guard clients.foreignOrigin(of: request, peer: peer) == nil else { return }
        check(peer?.isLoopback ?? false, "a local request comes from this machine")
        let named = request.headers.contains {
            ["x-forwarded-for", "forwarded", "via"].contains($0.name.canonicalName)
        }
        check(!named, "a local request comes through no proxy")
        // A browser that a web page made send it names the page's host, as the URL standard writes it.
        let authority = request.head.authority ?? ""
        let url = try? DestinationURL.parse("http://\(authority.replacing(/:[0-9]*$/, with: ""))/")
        // An address without brackets never gets this far, but would be understood.
        let isLoopback = url?.host.isLoopback ?? IPAddress(authority)?.isLoopback ?? false
        check(isLoopback, "'\(authority)' names this machine")
    }

    private static func trusted(_ address: IPAddress) -> Bool {
        address.bytes == [127, 0, 0, 1] || address.bytes.count == 4 && address.bytes[0] == 10
            || address.bytes.count == 16 && address.bytes[0] == 0xFD
    }

    // MARK: Texts that are kept or sent back

    private static func checkTexts(_ request: Request) {
        let fields = request.headers
        let id = RequestIdentity.id(in: fields)
        check(id.utf8.count <= RequestIdentity.maximumLength, "a request's id is short")
        check(RequestIdentity.id(in: [.xRequestID: id]) == id, "the id '\(id)' can be taken over")
        check(
            !Accept(fields).prefersHTML || fields.text(.accept)?.lowercasedASCII.holds("html") ?? false,
            "HTML was asked for")
        if let language = fields.text(.acceptLanguage).flatMap(Language.preferred) {
            check(Language.preferred(UntrustedText(language)) == language, "'\(language)' is a language")
            check(language.utf8.count <= ClickLimits.languageBytes, "'\(language)' is kept whole")
        }
        if let referrer = fields.text(.referer).flatMap(Referrer.withoutSecrets) { checkReferrer(referrer) }
        if let agent = fields[.userAgent] {
            let other = String(decoding: agent.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
            let profile = UserAgentRule.profile(userAgent: agent)
            check(profile == UserAgentRule.profile(userAgent: other), "'\(agent)' may have any case")
            check(profile.verdict == UserAgentRule.verdict(userAgent: agent), "'\(agent)' has one verdict")
        }
    }

    private static func checkReferrer(_ referrer: String) {
        check(
            Referrer.withoutSecrets(UntrustedText(referrer)).map { UntrustedText($0) } == UntrustedText(referrer),
            "nothing is left to take from '\(referrer)'")
        check(!referrer.utf8.contains { "?#".utf8.contains($0) }, "'\(referrer)' has no query and no fragment")
        let authority = referrer.split(separator: "/", omittingEmptySubsequences: false).dropFirst(2).first ?? ""
        check(!authority.isEmpty && !authority.utf8.contains(UInt8(ascii: "@")), "'\(referrer)' has a bare host")
    }

    // MARK: Keys and tags

    private static func checkKeys(_ request: Request) {
        let presented = PresentedKey(request)
        let isGiven = request.headers.contains { [.authorization, .xAPIKey].contains($0.name) }
        check((presented != .none) == isGiven, "nothing in a key's place counts as no key")
        if case .key(let key) = presented, let read = APIKey(key) {
            check(key.equals(read.text), "the key '\(key)' is itself")
            check(!"\(read)".contains(read.text.suffix(64)), "the secret of '\(key)' stays secret")
        }
        let caller = Caller(name: "fuzz")
        accept { _ = try IdempotencyKey(request, caller: caller, body: []) }
    }

    private static func checkTags(_ request: Request) {
        accept {
            for version in try EntityTag.requiredVersions(request) ?? [] {
                let isNamed = request.headers.text(.ifMatch)?.split(on: ",", atMost: 64)?.contains {
                    $0.string.unicodeScalars.drop { !("0"..."9").contains($0) }.starts(
                        with: "\(version)".unicodeScalars)
                }
                check(isNamed == true, "version \(version) was asked for")
            }
        }
        let link = Link(
            code: require(ShortCode("k3x9bqz"), "this is a code"), settings: LinkSettings(url: "https://example.com/"),
            createdAt: now, updatedAt: now, version: 3)
        let field = request.headers.text(.ifNoneMatch) ?? UntrustedText("")
        let isNamed = field.trimmed.equals("*") || field.holds("\"3")
        check(!EntityTag(link).isKnown(to: request) || isNamed, "version 3 is known")
    }

    // MARK: Query

    private static func checkQuery(_ request: Request) {
        accept {
            let listing = try LinkListing(request)
            check((1...LinkListing.maximumLimit).contains(listing.query.limit), "a page has a size")
            if let position = listing.query.after { checkCursor(listing.cursor(position), position, request) }
        }
        guard request.uri.path.hasSuffix("/stats") else { return }
        accept {
            let stats = try StatsRequest(request, at: now)
            check(!stats.buckets.isEmpty, "a range has buckets")
            let start = stats.calendar.start(of: stats.interval, containing: now)
            check(start <= now, "an interval begins before what it holds")
            check(stats.calendar.next(stats.interval, after: start) > now, "an interval ends after what it holds")
        }
    }

    /// A cursor that we make leads to where it was made.
    private static func checkCursor(_ cursor: String, _ position: LinkQuery.Place, _ request: Request) {
        let rest = (request.uri.query ?? "").split(separator: "&").filter { !$0.hasPrefix("cursor") }
        let path = "/?" + (rest + ["cursor=\(cursor)"]).joined(separator: "&")
        let head = HTTPRequest(method: .get, scheme: "http", authority: nil, path: path)
        let again = succeed("a cursor of ours is taken") {
            try LinkListing(Request(head: head, body: RequestBody(buffer: ByteBuffer())))
        }
        check(again.query.after == position, "the cursor '\(cursor)' leads to \(position.id)")
    }

    /// Reads something of a request; ends the process where that fails otherwise than with a problem of the client's.
    private static func accept(_ read: () throws -> Void) {
        do {
            try read()
        } catch {
            let problem = require(error as? Problem, "\(error) is a problem")
            check(problem.status.kind == .clientError, "\(problem) is the client's")
            check((try? JSONParser.parse(problem.document(requestID: nil).bytes)) != nil, "\(problem) can be sent")
        }
    }
}
