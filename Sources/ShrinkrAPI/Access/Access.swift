import HTTPTypes
import Hummingbird
import ShrinkrBase

/// Everything that decides who may do what, and tells who did.
struct Access: Sendable {
    let clients: ClientResolver
    let authenticator: Authenticator
    let limiter: RateLimiter
    let audit: Audit
    let uses: KeyUses
    /// Nil where it is not wanted.
    let log: AccessLog?
    /// The hosts that management requests may ask for.
    let hosts: AllowedHosts

    /// Counts links that are about to be made, and returns the fields that tell what is left.
    ///
    /// - Throws: ``Problem`` (429).
    func takeCreates(_ count: Int, by caller: Caller) throws(Problem) -> HTTPFields {
        try limiter.creates.take(.init(name: caller.name), cost: count)
    }

    /// Takes back that links were made.
    func giveBackCreates(_ count: Int, by caller: Caller) {
        limiter.creates.giveBack(.init(name: caller.name), count: count)
    }

    /// Counts a code that no link has.
    ///
    /// - Throws: ``Problem`` (429).
    func takeUnknownCode(_ request: Request, _ context: APIContext) throws(Problem) {
        try limiter.unknownCodes.take(.init(clients.address(of: request, peer: context.peer)))
    }
}

extension Response {
    /// With the fields that tell what is left of a limit.
    func adding(_ fields: HTTPFields) -> Response {
        var response = self
        response.headers.append(contentsOf: fields)
        return response
    }
}
