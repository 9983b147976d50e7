import ShrinkrBase
package import ShrinkrCore

/// Which tags a page lists, in the order of their bytes.
package struct TagQuery: Hashable, Sendable {
    /// Links that are counted of one tag at most: a page must not become slow for a tag that a million links have.
    package static let countedLinks = 10_000

    /// Most tags on the page.
    package var limit: Int
    /// The last tag of the page before this one (``TagPage/next``).
    package var after: String?

    package init(limit: Int, after: String? = nil) {
        self.limit = limit
        self.after = after
    }
}

/// A tag, with how many links have it.
package struct CountedTag: Sendable {
    package let name: String
    /// Live links; no more than ``TagQuery/countedLinks`` are counted.
    package let links: Int

    package init(name: String, links: Int) {
        self.name = name
        self.links = links
    }
}

/// One page of tags.
package struct TagPage: Sendable {
    package let tags: [CountedTag]
    /// Where the next page begins; nil on the last page.
    package let next: String?

    /// - Parameter found: the tags of the page, and one more where there is another page.
    package init(_ found: [CountedTag], of query: TagQuery) {
        tags = Array(found.prefix(max(0, query.limit)))
        next = tags.count < found.count ? tags.last?.name : nil
    }
}

/// What became of a tag that was to be replaced.
package struct TagChange: Sendable {
    /// The links that were changed.
    package var codes: [ShortCode]
    /// Whether no link has the tag any more, as far as this transaction saw.
    package var isComplete: Bool

    package init(codes: [ShortCode], isComplete: Bool) {
        self.codes = codes
        self.isComplete = isComplete
    }
}

extension LinkSettings {
    /// The settings with another tag in the place of one, or without it; each tag once.
    package func replacing(tag: String, with other: String?) -> LinkSettings {
        let kept = tags.filter { !UntrustedText($0).equals(tag) }
        var settings = self
        settings.tags = LinkSettings(url: url, tags: kept + (other.map { [$0] } ?? [])).tags
        return settings
    }
}
