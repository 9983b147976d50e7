/// When an object may be written (Amazon S3 user guide, "Conditional writes").
package enum S3WriteCondition: Sendable, Hashable {
    /// Always; an object of that key is replaced.
    case always
    /// Only when there is no object of that key. Makes a retried write of a deterministic key harmless.
    case ifAbsent
    /// Only when the object of that key still has this ETag, quotes included.
    case ifMatch(etag: String)
}

/// What became of a write.
package enum S3PutOutcome: Sendable, Hashable {
    /// The object was written and has this ETag.
    case written(etag: String)
    /// The condition did not hold; nothing was written by the last attempt. After a lost answer, an earlier attempt of
    /// the same call may have written it.
    case preconditionFailed
}

/// An object's content.
package struct S3Object: Sendable, Hashable {
    package let body: [UInt8]
    /// The ETag, quotes included.
    package let etag: String
    package let contentType: String?
    package let contentEncoding: String?
}
