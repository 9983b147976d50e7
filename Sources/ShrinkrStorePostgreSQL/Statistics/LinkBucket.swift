#if PostgreSQL
import ShrinkrCore
import ShrinkrStore

/// A link in one bucket of time: a row of `clicks_by_bucket`, in whose order rows are locked.
struct LinkBucket: Hashable, Comparable, Sendable {
    let bucket: TimeBucket
    let code: ShortCode

    static func < (one: Self, other: Self) -> Bool {
        one.bucket == other.bucket ? one.code.text < other.code.text : one.bucket < other.bucket
    }
}
#endif
