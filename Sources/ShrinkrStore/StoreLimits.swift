/// Bounds of what a store keeps.
package enum StoreLimits {
    /// Most distinct values of one dimension that a link has in one bucket; further ones are counted as ``otherValue``.
    /// A referrer can be invented, so without it a client could fill the database.
    package static let valuesPerBucket = 100
    /// Stands for all values past the limit.
    package static let otherValue = "(other)"
    /// Most bytes of a dimension's value.
    package static let valueBytes = 253
}
