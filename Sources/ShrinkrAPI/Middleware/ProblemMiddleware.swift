import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore

/// The one place where errors become answers, and where every answer gets its request id.
struct ProblemMiddleware: RouterMiddleware {
    typealias Context = APIContext

    let metrics: APIMetrics
    let access: Access
    /// Where browsers are sent that follow a link which is not there, or no more; nil shows them a page.
    let notFoundURL: String?

    @concurrent func handle(
        _ request: Request, context: APIContext, next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.requestID = RequestIdentity.id(in: request.headers)
        let start = access.log.map { _ in ContinuousClock.now }
        if start != nil { context.trail = RequestTrail() }
        var response: Response
        do {
            // The router would read over them, and whoever guards a path in front of us would not. A short link that was put
            // together with one slash too many is no path that anybody guards.
            guard !request.hasEmptySegments || request.isForShortLink else {
                throw Problem.notFound("There is nothing at this path.")
            }
            if request.isForAPI { try checkHost(request, context) }
            response = try await next(request, context)
        } catch let error as HTTPParserError {
            throw error
        } catch {
            response = answer(to: error, request: request, context: context)
        }
        response.headers[.xRequestID] = context.requestID
        metrics.count(method: request.method, route: context.endpointPath, status: response.status)
        if let log = access.log, let start {
            log.record(
                request, peer: context.peer, response, requestID: context.requestID, caller: context.trail?.caller,
                duration: ContinuousClock.now - start)
        }
        return response
    }

    /// Links are managed under names that mean this service; everything else has its links followed under any name.
    private func checkHost(_ request: Request, _ context: APIContext) throws(Problem) {
        let local = IPAddress(context.channel.localAddress)
        guard access.hosts.allows(request.head.authority ?? "", local: local) else { throw .misdirectedRequest }
    }

    private func answer(to error: any Error, request: Request, context: APIContext) -> Response {
        let problem = Problem(from: error)
        if problem.status.kind == .serverError {
            // Who is told to come back later is no failure, and there may be many of them.
            let isExpected = error is Problem && problem.status == .serviceUnavailable
            context.logger.log(
                level: isExpected ? .debug : .error, "Request failed",
                metadata: [
                    "request.id": "\(context.requestID)", "http.method": "\(request.method)",
                    "http.route": "\(context.endpointPath ?? "none")", "error": "\(error)",
                ])
        }
        let response = elsewhere(problem, request) ?? problem.response(for: request, requestID: context.requestID)
        return request.method == .head ? response.withoutBody() : response
    }
}

extension ProblemMiddleware {
    /// The redirect that a browser gets in place of the page about a link that is not there, or no more; nil for everything
    /// else. Programs are told as always.
    private func elsewhere(_ problem: Problem, _ request: Request) -> Response? {
        guard let notFoundURL, [.notFound, .gone].contains(problem.status), [.get, .head].contains(request.method),
            request.isForShortLink, Accept(request.headers).prefersHTML
        else { return nil }
        return Response(
            status: .found, headers: [.location: notFoundURL, .cacheControl: "no-store", .contentLength: "0"])
    }
}

extension Request {
    /// Whether the path is `/api` or below.
    fileprivate var isForAPI: Bool {
        let path = uri.path.utf8
        return path.starts(with: "/api".utf8) && (path.count == 4 || path.dropFirst(4).first == UInt8(ascii: "/"))
    }

    /// Whether two slashes follow each other in the path.
    fileprivate var hasEmptySegments: Bool {
        var last: UInt8 = 0
        for byte in uri.path.utf8 {
            if byte == UInt8(ascii: "/"), last == byte { return true }
            last = byte
        }
        return false
    }

    /// Whether the path, without the slashes around it, is one segment that may be the code of a link.
    fileprivate var isForShortLink: Bool {
        let isSlash = { (byte: UInt8) in byte == UInt8(ascii: "/") }
        let path = uri.path.utf8.drop(while: isSlash)
        let segment = path.prefix { !isSlash($0) }
        guard path.dropFirst(segment.count).allSatisfy(isSlash) else { return false }
        return FollowedCode(segment: segment).map { !ReservedWords.contains($0.code) } ?? false
    }
}

extension Problem {
    /// Any error of any module as the problem that a client may see.
    init(from error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case StoreError.reservationLost: self = .requestInFlight
        case StoreError.unavailable: self = .unavailable("The database does not answer; try again.")
        case let error as HTTPError where error.status == .notFound: self = .notFound("There is nothing at this path.")
        case let error as HTTPError where error.status.kind == .clientError:
            self = .malformedRequest("The request cannot be understood.")
        default: self = .internalError
        }
    }
}
