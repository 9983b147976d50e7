/// Why the worker cannot start or write a report. What fails while it runs is retried, and counted in its metrics.
package enum WorkerError: Error, Hashable, CustomStringConvertible {
    /// A setting has a value that cannot work.
    case invalidConfiguration(reason: String)
    /// A report could not be written to its directory.
    case reportNotWritten(path: String, reason: String)
    /// A report took longer than its claim lasts.
    case reportTimedOut

    package var description: String {
        switch self {
        case .invalidConfiguration(let reason): "the worker's configuration cannot work: \(reason)"
        case .reportNotWritten(let path, let reason): "the report \(path) could not be written: \(reason)"
        case .reportTimedOut: "writing the report took too long"
        }
    }
}
