import Hummingbird

/// Marks all answers as ``CrossOriginPolicy`` has it. Stands outside of everything that makes answers.
struct CrossOriginMiddleware: RouterMiddleware {
    typealias Context = APIContext

    let policy: CrossOriginPolicy

    @concurrent func handle(
        _ request: Request, context: APIContext, next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        policy.mark(&response.headers, answering: request.head)
        return response
    }
}

/// Answers preflights as ``CrossOriginPolicy`` has it. Stands inside of what names, counts and logs every answer.
struct PreflightMiddleware: RouterMiddleware {
    typealias Context = APIContext

    let policy: CrossOriginPolicy

    @concurrent func handle(
        _ request: Request, context: APIContext, next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        if let fields = policy.preflight(request.head) { return Response(status: .noContent, headers: fields) }
        return try await next(request, context)
    }
}
