/// An attempt of Git sync to bring a stack to what its branch holds.
package struct GitSyncAttempt: Sendable, Hashable, Decodable {
    /// A step of it, told for people.
    package struct Event: Sendable, Hashable, Decodable {
        package let event: String

        enum CodingKeys: String, CodingKey {
            case event = "Event"
        }

        /// Makes an event.
        package init(event: String) {
            self.event = event
        }
    }

    /// The commit that was to be reached.
    package struct Revision: Sendable, Hashable, Decodable {
        package let sha: String

        enum CodingKeys: String, CodingKey {
            case sha = "Sha"
        }

        /// Makes a revision.
        package init(sha: String) {
            self.sha = sha
        }
    }

    /// `INITIATED`, `IN_PROGRESS`, `SUCCEEDED` or `FAILED`.
    package let status: String
    /// Seconds since 1970.
    package let startedAt: Double?
    package let targetRevision: Revision?
    package let events: [Event]?

    enum CodingKeys: String, CodingKey {
        case status = "Status"
        case startedAt = "StartedAt"
        case targetRevision = "TargetRevision"
        case events = "Events"
    }

    /// Makes an attempt.
    package init(
        status: String, startedAt: Double? = nil, targetRevision: Revision? = nil, events: [Event]? = nil
    ) {
        self.status = status
        self.startedAt = startedAt
        self.targetRevision = targetRevision
        self.events = events
    }
}
