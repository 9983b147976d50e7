/// Bounds of a link's members. The destination's own bounds are in ``DestinationURL``.
package enum LinkLimits {
    /// Most characters (Unicode scalars) of a title.
    package static let titleLength = 300
    /// Most tags of one link.
    package static let tags = 20
    /// Most characters (Unicode scalars) of a tag.
    package static let tagLength = 50
    /// Largest visit limit: the largest integer that JSON readers agree on (RFC 8259, section 6).
    package static let maximumVisits = 9_007_199_254_740_991
    /// Most items of one batch.
    package static let batchItems = 1_000
}
