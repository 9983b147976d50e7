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
