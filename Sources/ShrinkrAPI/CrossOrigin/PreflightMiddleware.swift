import Hummingbird

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
