import ShrinkrCore

/// Whether frames may be sent in version 2, by what is known of the workers. Pure.
///
/// Version 2 is a matter of cost alone. A worker that does not read it takes the frames for beginnings without clicks, which
/// the ledger shows, and they are sent again in version 1: so nothing is lost where this rule is wrong, or learns too late
/// that an older worker came.
struct FrameVersionRule: Sendable {
    /// For how long everything must speak for version 2 before it is used: longer than the 30 s after which a worker of an
    /// older release shows, by what it counts, that it is there.
    static let quietTime = Duration.seconds(60)
    /// For how long version 2 is not used where workers are so far behind that frames had to be sent again.
    static let penalty = Duration.seconds(600)

    /// What was seen of the workers.
    struct Sight: Sendable {
        /// The newest version that each worker reads.
        var versions: [Int] = []
        /// Whether a worker has counted that does not say what it reads.
        var hasStrangers = false
        /// Whether frames in version 2 were not counted for too long.
        var isOverdue = false
    }

    /// Why frames go in the version in which they go.
    enum Reason: String, Sendable {
        case unknown = "the workers are not known yet"
        case noWorker = "no worker says what it reads"
        case olderWorker = "a worker says that it reads no newer one"
        case stranger = "a worker counts that does not say what it reads"
        case overdue = "the workers are behind"
        case quiet = "workers read a newer one; it will be used if that stays so"
        case allRead = "every worker reads it"
    }

    private(set) var reason = Reason.unknown
    private var goodSince: Duration?
    private var blockedUntil: Duration?

    /// The version to send.
    var version: Int { reason == .allRead ? ClickFrame.version : 1 }

    /// Whether what was sent in version 2 is to be sent again at once.
    var isWorkerOlder: Bool { reason == .olderWorker || reason == .stranger }

    /// - Parameters:
    ///   - sight: nil where the store cannot be asked.
    ///   - now: a monotonic time.
    mutating func observe(_ sight: Sight?, at now: Duration) {
        if sight?.isOverdue == true { blockedUntil = now + Self.penalty }
        reason = judge(sight, at: now)
        guard reason == .quiet else {
            goodSince = nil
            return
        }
        let since = goodSince ?? now
        goodSince = since
        if now - since >= Self.quietTime { reason = .allRead }
    }

    private func judge(_ sight: Sight?, at now: Duration) -> Reason {
        guard let sight else { return .unknown }
        if sight.hasStrangers { return .stranger }
        guard let oldest = sight.versions.min() else { return .noWorker }
        if oldest < ClickFrame.version { return .olderWorker }
        if let blockedUntil, now < blockedUntil { return .overdue }
        return .quiet
    }
}
