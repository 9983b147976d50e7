import HTTPTypes
import Hummingbird
import ShrinkrBase

/// Tells requests that a browser sends for our own pages, or for those that a setting lets in, from those it sends for any
/// other page: some of these it sends without a preflight, and on this machine they need no key.
struct PageOrigins: Sendable {
    let policy: CrossOriginPolicy
    /// The public origin (RFC 6454), without a slash at its end.
    let own: String

    /// Whether the request would change something for a page that may not. Programs that are no browsers send neither
    /// `Origin` nor `Sec-Fetch-Site` (Fetch Metadata Request Headers, section 2.3), and are not meant.
    func refuse(_ request: Request) -> Bool {
        guard ![.get, .head, .options].contains(request.method) else { return false }
        let origin = request.headers.text(.origin)
        if let origin, policy.allows(origin) { return false }
        if let origin, !isOwn(origin, request) { return true }
        guard let site = request.headers.text(.secFetchSite) else { return false }
        // "none" is what the user did without any page.
        return !site.equals("same-origin") && !site.equals("none")
    }

    /// Whether an `Origin` is the public one, or that of the host which the request asks for.
    private func isOwn(_ origin: UntrustedText, _ request: Request) -> Bool {
        origin.equals(own) || request.isForHost(of: origin)
    }
}

extension Request {
    /// Whether the request asks for the very host that an `Origin` names.
    func isForHost(of origin: UntrustedText) -> Bool {
        let host = UntrustedText(head.authority ?? "")
        // What comes after "://", which "null" does not have.
        return !host.isEmpty && origin.cut(at: ":").after?.dropFirst(2) == host
    }
}
