import Hummingbird
import ShrinkrCore

/// The pages that say what is behind a short link.
enum PreviewPage {
    /// Where the link goes and since when; what `/{code}+` shows.
    static func full(_ link: Link, shortURL: String) -> Response {
        var paragraphs: [HTMLPage.Paragraph] = [
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
