import Hummingbird

/// Answers preflights, and marks all other answers, as ``CrossOriginPolicy`` has it. Stands outside of everything that
/// makes answers.
struct CrossOriginMiddleware: RouterMiddleware {
    typealias Context = APIContext

    let policy: CrossOriginPolicy

    @concurrent func handle(
        _ request: Request, context: APIContext, next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        if let fields = policy.preflight(request.head) {
            response = Response(status: .noContent, headers: fields)
        } else {
            response = try await next(request, context)
        }
        policy.mark(&response.headers, answering: request.head)
        return response
    }
}
