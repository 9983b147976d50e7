/// What can go wrong while compressing.
package enum GzipError: Error, Equatable, CustomStringConvertible {
    /// The compressed output would exceed the stream's `maximumOutputBytes`.
    case outputTooLarge(limit: Int)
    /// zlib refused an operation; `code` is its return value (zlib.h, "Return codes").
    case zlib(operation: String, code: Int32)

    /// One sentence for a log or a terminal.
    package var description: String {
        switch self {
        case .outputTooLarge(let limit):
            "The compressed output is larger than the limit of \(limit) bytes."
        case .zlib(let operation, let code):
            "zlib's \(operation) failed with code \(code)."
        }
    }
}
