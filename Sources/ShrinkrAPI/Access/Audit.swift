import ClickQueue
import Logging
import ShrinkrBase
import ShrinkrCore
import ShrinkrObservability

/// Tells who did what that lasts: one line of the log and one count for every key made, revoked or used in vain, and for
/// every link changed, deleted, restored or erased, and for every tag renamed or deleted.
struct Audit: Sendable {
    enum Event: String, CaseIterable {
        case keyMade = "key_made"
        case keyRevoked = "key_revoked"
        /// A key was presented that opens nothing, or not this.
        case keyRefused = "key_refused"
        case linkChanged = "link_changed"
        case linkDeleted = "link_deleted"
        case linkRestored = "link_restored"
        /// Removed for good.
        case linkErased = "link_erased"
        /// Of links at once, each of which is changed.
        case tagRenamed = "tag_renamed"
        case tagDeleted = "tag_deleted"

        fileprivate var message: Logger.Message {
            switch self {
            case .keyMade: "API key made"
            case .keyRevoked: "API key revoked"
            case .keyRefused: "API key refused"
            case .linkChanged: "Link changed"
            case .linkDeleted: "Link deleted"
            case .linkRestored: "Link restored"
            case .linkErased: "Link erased"
            case .tagRenamed: "Tag renamed"
            case .tagDeleted: "Tag deleted"
            }
        }
    }

    /// Why a key was refused.
    enum Refusal: String {
        case unknown, expired, revoked
        case scope = "missing scope"
    }

    /// Lines about refused keys of one client; further ones are only counted.
    private static let refusalLines = 60

    private let logger: Logger
    private let counters: [Event: Counter]
    private let lines: TokenBuckets?
    private let time: MonotonicTime

    init(logger: Logger, registry: MetricsRegistry, time: MonotonicTime) throws {
        self.logger = logger
        self.time = time
        lines = RateLimit(count: Self.refusalLines, seconds: 60).map { TokenBuckets($0, sets: 512) }
        var counters: [Event: Counter] = [:]
        for event in Event.allCases {
            counters[event] = try registry.counter(
                "shrinkr_audit_events_total",
                help:
                    "Keys made, revoked and refused; links changed, deleted, restored and erased; tags renamed and deleted.",
                labels: ["event": event.rawValue])
        }
        self.counters = counters
    }

    /// A key was made or revoked.
    func record(_ event: Event, key id: String, by caller: Caller, _ context: APIContext) {
        record(event, ["key.id": "\(id)", "caller": "\(caller.name)", "request.id": "\(context.requestID)"])
    }

    /// A link was changed, deleted, restored or erased.
    func record(_ event: Event, link code: ShortCode, by caller: Caller, _ context: APIContext) {
        record(event, ["link.code": "\(code)", "caller": "\(caller.name)", "request.id": "\(context.requestID)"])
    }

    /// A tag was replaced or taken away.
    ///
    /// - Parameters:
    ///   - newName: What it was replaced with.
    ///   - links: How many links were changed.
    func record(
        _ event: Event, tag: String, newName: String?, links: Int, by caller: Caller, _ context: APIContext
    ) {
        var metadata: Logger.Metadata = [
            "tag.name": "\(tag)", "tag.links": "\(links)", "caller": "\(caller.name)",
            "request.id": "\(context.requestID)",
        ]
        if let newName { metadata["tag.new_name"] = "\(newName)" }
        record(event, metadata)
    }

    /// A key was used in vain.
    ///
    /// - Parameters:
    ///   - id: The key's identifier, if it is one of ours.
    ///   - address: Who used it; the log gets it cut as a click's is.
    func refused(_ refusal: Refusal, key id: String?, from address: IPAddress?, _ context: APIContext) {
        let (seconds, attoseconds) = time.now().components
        let now = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        guard lines?.take(TokenBuckets.Client(address), at: now).isAllowed ?? true else {
            counters[.keyRefused]?.increment()
            return
        }
        var metadata: Logger.Metadata = ["reason": "\(refusal.rawValue)", "request.id": "\(context.requestID)"]
        if let id { metadata["key.id"] = "\(id)" }
        if let address { metadata["client.address"] = "\(address.truncated)" }
        record(.keyRefused, metadata)
    }

    private func record(_ event: Event, _ metadata: Logger.Metadata) {
        counters[event]?.increment()
        logger.info(event.message, metadata: metadata)
    }
}
