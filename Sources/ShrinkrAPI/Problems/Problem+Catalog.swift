import HTTPTypes
import ShrinkrBase
import ShrinkrCore

/// Every problem that the API answers with; `openapi.yaml` lists the same.
extension Problem {
    static func malformedRequest(_ detail: String) -> Problem {
        Problem("malformed-request", title: "Malformed request", status: .badRequest, detail: detail)
    }

    static func unauthorized(_ detail: String) -> Problem {
        Problem(
            "unauthorized", title: "No valid key", status: .unauthorized, detail: detail,
            headers: [.wwwAuthenticate: #"Bearer realm="shrinkr""#])
    }

    static func missingScope(_ scope: String) -> Problem {
        Problem(
            "forbidden", title: "Scope missing", status: .forbidden, detail: "The key lacks the scope '\(scope)'.",
            headers: [.wwwAuthenticate: #"Bearer realm="shrinkr", error="insufficient_scope", scope="\#(scope)""#])
    }

    /// No key is configured, and the request is not one of the server's own machine and user.
    static func loopbackOnly(_ origin: ForeignOrigin) -> Problem {
        let sentence =
            switch origin {
            case .otherMachine: "The request came from another machine"
            case .proxy: "The request came through a proxy"
            case .noHost: "The request names no host in its field Host"
            case .otherPage: "The request came from a web page of another origin"
            case .otherUser: "The request came through a proxy, or from another user of this machine"
            }
        return Problem(
            "loopback-only", title: "Loopback only", status: .forbidden,
            detail:
                "\(sentence), and no API key is configured yet: run 'shrinkr keys create --name admin --scope admin' "
                + "with the server's --data-dir, and send the key as 'Authorization: Bearer KEY'"
                + (origin == .otherPage ? ", or name the page's origin in SHRINKR_CORS_ORIGINS." : "."))
    }

    /// RFC 9110, section 15.5.20.
    static var misdirectedRequest: Problem {
        Problem(
            "misdirected-request", title: "Misdirected request", status: .misdirectedRequest,
            detail: "The API answers to the host of SHRINKR_BASE_URL, to names of its own machine, and to those that "
                + "SHRINKR_API_HOSTS lists.")
    }

    /// RFC 6585, section 4.
    static func rateLimited(_ what: String, policy: String, seconds: Int, fields: HTTPFields) -> Problem {
        var headers = fields
        headers[.retryAfter] = String(max(1, seconds))
        return Problem(
            "rate-limited", title: "Too many requests", status: .tooManyRequests,
            detail: "Too many \(what); try again in \(max(1, seconds)) s.",
            members: [.init("policy", .string(policy))], headers: headers)
    }

    static func notFound(_ detail: String) -> Problem {
        Problem("not-found", title: "Not found", status: .notFound, detail: detail)
    }

    static func methodNotAllowed(allow: String) -> Problem {
        Problem(
            "method-not-allowed", title: "Method not allowed", status: .methodNotAllowed,
            detail: "This path answers to \(allow).", headers: [.allow: allow])
    }

    static var requestTimeout: Problem {
        Problem(
            "request-timeout", title: "Request too slow", status: .requestTimeout,
            detail: "The request did not arrive in time.", headers: [.connection: "close"])
    }

    /// Nobody reads it but a client that closed its side of the connection and waits all the same.
    static var clientHasLeft: Problem {
        Problem(
            "request-timeout", title: "Client has left", status: .requestTimeout,
            detail: "The client closed its side of the connection before the answer was found.",
            headers: [.connection: "close"])
    }

    static func aliasTaken(_ code: String) -> Problem {
        Problem(
            "alias-taken", title: "Alias taken", status: .conflict,
            detail: "The alias '\(code)' is taken, was used before, or differs from a taken one by case only.")
    }

    static func notDeleted(_ code: String) -> Problem {
        Problem(
            "not-deleted", title: "Link not deleted", status: .conflict,
            detail: "The link '\(code)' is not deleted, so there is nothing to restore.")
    }

    static var requestInFlight: Problem {
        Problem(
            "request-in-flight", title: "Request in flight", status: .conflict,
            detail: "A request with this Idempotency-Key is still being worked on.", headers: [.retryAfter: "1"])
    }

    static func gone(_ reason: LinkAvailability) -> Problem {
        switch reason {
        case .expired: gone("expired", "The link has expired.")
        case .exhausted: gone("exhausted", "The link has been followed as often as it may be.")
        default: gone("disabled", "The link has been disabled.")
        }
    }

    /// The link leads where no link may lead any more; where that is, and why not, is nothing for its visitors.
    static var blocked: Problem {
        gone("blocked", "This service does not redirect to the link's destination any more.")
    }

    private static func gone(_ reason: String, _ sentence: String) -> Problem {
        Problem(
            "link-gone", title: "Link gone", status: .gone, detail: sentence,
            members: [.init("reason", .string(reason))])
    }

    static var preconditionFailed: Problem {
        Problem(
            "precondition-failed", title: "Precondition failed", status: .preconditionFailed,
            detail:
                "The link's entity tag is not in If-Match: it has changed, or the field is not written like \"3\", with quotes."
        )
    }

    static func payloadTooLarge(limit: Int) -> Problem {
        Problem(
            "payload-too-large", title: "Payload too large", status: .contentTooLarge,
            detail: "The body must not have more than \(limit) bytes.", headers: [.connection: "close"])
    }

    static func unsupportedMediaType(_ supported: String) -> Problem {
        Problem(
            "unsupported-media-type", title: "Unsupported media type", status: .unsupportedMediaType,
            detail: "The body must be of the type \(supported), and its text in UTF-8.")
    }

    /// RFC 9110, section 15.5.16 has `Accept-Encoding` in the answer say what is supported.
    static var unsupportedContentEncoding: Problem {
        Problem(
            "unsupported-media-type", title: "Unsupported content encoding", status: .unsupportedMediaType,
            detail: "The body must be sent as it is, without a Content-Encoding such as gzip.",
            headers: [.acceptEncoding: "identity"])
    }

    static func validation(_ errors: FieldErrors) -> Problem {
        Problem(
            "validation", title: "Invalid values", status: .unprocessableContent, detail: errors.sentence,
            errors: errors)
    }

    static var idempotencyKeyReused: Problem {
        Problem(
            "idempotency-key-reused", title: "Idempotency key reused", status: .unprocessableContent,
            detail: "This Idempotency-Key was used with another body.")
    }

    static func headersTooLarge(limit: Int) -> Problem {
        Problem(
            "headers-too-large", title: "Header too large", status: .requestHeaderFieldsTooLarge,
            detail: "The request line and header must not have more than \(limit) bytes.",
            headers: [.connection: "close"])
    }

    static func notImplemented(_ detail: String) -> Problem {
        Problem(
            "not-implemented", title: "Not implemented", status: .notImplemented, detail: detail,
            headers: [.connection: "close"])
    }

    static var versionNotSupported: Problem {
        Problem(
            "http-version-not-supported", title: "HTTP version not supported", status: .httpVersionNotSupported,
            detail: "The request line does not end in HTTP/1.1 and CR LF.", headers: [.connection: "close"])
    }

    static var internalError: Problem {
        Problem(
            "internal", title: "Internal error", status: .internalServerError,
            detail: "Something went wrong on the server; the log names the request by its id.")
    }

    static func unavailable(_ detail: String) -> Problem {
        Problem(
            "unavailable", title: "Temporarily unavailable", status: .serviceUnavailable, detail: detail,
            headers: [.retryAfter: "2"])
    }
}

/// Why a request without a key is not one of this machine's own user.
enum ForeignOrigin {
    case otherMachine
    /// A proxy, or a browser that was made to believe that another name is ours.
    case proxy
    /// An empty `Host`, or HTTP/1.0, which has none: nothing says whom the client means.
    case noHost
    /// A web page that is not ours, in a browser of this machine.
    case otherPage
    /// Another user's program, most likely a proxy that says nothing of itself.
    case otherUser
}
