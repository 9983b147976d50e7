import HTTPTypes
import Hummingbird
import ShrinkrCore

/// Who sent the form of a preview page.
enum ContinueForm: Hashable {
    /// A browser says that it was our page: somebody pressed the button.
    case ownPage
    /// Nothing says where it came from: a text browser, or a program.
    case unknown
    /// Another site's page, where nobody meant to use a visit up.
    case otherSite

    /// - Parameter origin: the public origin (RFC 6454), without a slash at its end.
    init(_ request: Request, origin: String) {
        if let site = request.headers.text(.secFetchSite) {
            self = site.equals("same-origin") ? .ownPage : .otherSite
        } else if let sender = request.headers.text(.origin) {
            // Over plain HTTP browsers do not send the field above.
            let isPublicOrigin = sender.equals(origin)
            let host = UntrustedText(request.head.authority ?? "")
            let isSameHost = !host.isEmpty && Self.host(of: sender) == host
            self = isPublicOrigin || isSameHost ? .ownPage : .otherSite
        } else {
            self = .unknown
        }
    }

    /// What comes after `://`, which `null` does not have.
    private static func host(of origin: UntrustedText) -> UntrustedText? {
        origin.cut(at: ":").after?.dropFirst(2)
    }
}
