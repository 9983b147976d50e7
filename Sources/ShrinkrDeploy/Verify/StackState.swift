/// What a stack's status means for a deployment.
enum StackState: Sendable, Hashable {
    /// The latest operation succeeded.
    case complete
    /// An operation is under way and has not failed.
    case moving
    /// The latest operation failed, and everything was put back as it was before.
    case rolledBack
    /// The latest operation failed; it is being put back, or that failed too.
    case failed
    /// The stack is being deleted, or was never made.
    case absent

    /// Reads a status (AWS CloudFormation user guide, "Stack status codes").
    init(_ status: String) {
        switch status {
        case "CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE": self = .complete
        case "CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "IMPORT_IN_PROGRESS":
            self = .moving
        case "UPDATE_ROLLBACK_COMPLETE", "IMPORT_ROLLBACK_COMPLETE": self = .rolledBack
        case "REVIEW_IN_PROGRESS": self = .absent
        default: self = status.hasPrefix("DELETE_") ? .absent : .failed
        }
    }
}
