import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import ShrinkrStore

/// The one place where errors become answers, and where every answer gets its request id.
struct ProblemMiddleware: RouterMiddleware {
    typealias Context = APIContext

    let metrics: APIMetrics

    @concurrent func handle(
        _ request: Request, context: APIContext, next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.requestID = RequestIdentity.id(in: request.headers)
        var response: Response
        do {
            // The router would read over them, and whoever guards a path in front of us would not.
            guard !request.hasEmptySegments else { throw Problem.notFound("There is nothing at this path.") }
            response = try await next(request, context)
        } catch let error as HTTPParserError {
            throw error
        } catch {
            response = answer(to: error, request: request, context: context)
        }
        response.headers[.xRequestID] = context.requestID
        metrics.count(method: request.method, route: context.endpointPath, status: response.status)
        return response
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
        let response = problem.response(for: request, requestID: context.requestID)
        return request.method == .head ? response.withoutBody() : response
    }
}

extension Request {
    /// Whether two slashes follow each other in the path.
    fileprivate var hasEmptySegments: Bool {
        var last: UInt8 = 0
        for byte in uri.path.utf8 {
            if byte == UInt8(ascii: "/"), last == byte { return true }
            last = byte
        }
        return false
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
