import HTTPTypes
import Hummingbird
import ShrinkrBase
import ShrinkrCore
import ShrinkrWeb

/// The pages that say what is behind a short link.
enum PreviewPage {
    /// Where the link goes and since when; what `/{code}+` shows.
    static func full(_ link: Link, shortURL: String) -> Response {
        var paragraphs: [MessagePage.Part] = [
            .text("The short link \(shortURL) leads to:"),
            .link(link.settings.url),
        ]
        if let title = link.settings.title {
            paragraphs.append(.words("Its owner's title for it:", VisibleText.of(title)))
        }
        paragraphs.append(.text("It was created on \(link.createdAt.rfc3339.prefix(10))."))
        return HTMLPage(title: "Where this short link leads", paragraphs: paragraphs)
            .response(status: .ok, headers: [.cacheControl: "private, no-store"])
    }

    /// That there is a link, and a button by which a person follows it, and no more; what bots see of a link that may be
    /// followed only so many times. Bots send no forms, and a visit is used up only when the button is pressed.
    ///
    /// - Parameter query: of the request, for links that forward it.
    static func withheld(_ code: ShortCode, shortURL: String, query: String?) -> Response {
        let query = query.map { "?\($0)" } ?? ""
        return HTMLPage(
            title: "Short link",
            paragraphs: [
                .text("The short link \(shortURL) can be followed only a limited number of times."),
                // From the root, where all links stand: the page may have been asked for with a slash at the end.
                .button("Continue", path: "/\(code)+\(query)"),
            ]
        ).response(status: .ok, headers: [.cacheControl: "private, no-store"])
    }
}

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
            self = sender.equals(origin) || request.isForHost(of: sender) ? .ownPage : .otherSite
        } else {
            self = .unknown
        }
    }
}
