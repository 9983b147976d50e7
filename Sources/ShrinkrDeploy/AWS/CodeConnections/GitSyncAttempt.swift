/// An attempt of Git sync to bring a stack to what its branch holds.
struct GitSyncAttempt: Sendable, Hashable, Decodable {
    /// A step of it, told for people.
    struct Event: Sendable, Hashable, Decodable {
        let event: String

        enum CodingKeys: String, CodingKey {
            case event = "Event"
        }

        init(event: String) {
            self.event = event
        }
    }

    /// The commit that was to be reached.
    struct Revision: Sendable, Hashable, Decodable {
        let sha: String

        enum CodingKeys: String, CodingKey {
            case sha = "Sha"
        }

        init(sha: String) {
            self.sha = sha
        }
    }

    /// `INITIATED`, `IN_PROGRESS`, `SUCCEEDED` or `FAILED`.
    let status: String
    /// Seconds since 1970.
    let startedAt: Double?
    let targetRevision: Revision?
    let events: [Event]?

    enum CodingKeys: String, CodingKey {
        case status = "Status"
        case startedAt = "StartedAt"
        case targetRevision = "TargetRevision"
        case events = "Events"
    }

    init(
        status: String, startedAt: Double? = nil, targetRevision: Revision? = nil, events: [Event]? = nil
    ) {
        self.status = status
        self.startedAt = startedAt
        self.targetRevision = targetRevision
        self.events = events
    }
}
