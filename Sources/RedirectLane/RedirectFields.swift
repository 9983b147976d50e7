/// The fields that every redirect carries, whichever way it is answered.
package enum RedirectFields {
    /// A redirect that was kept would hide later clicks and changes.
    package static let cacheControl = "private, no-store"
    package static let referrerPolicy = "strict-origin-when-cross-origin"
    /// Short links are no pages to be found.
    package static let robots = "noindex"
}
