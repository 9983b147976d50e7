import RedirectLane
import ShrinkrCore
import Synchronization

/// A link as ``LinkCache`` found it, with what was found out about it.
final class FoundLink: Sendable {
    let link: Link
    let verdict = DestinationVerdict()
    /// Whether nothing but the destination's verdict decides on a redirect: it depends neither on the time nor on who asks,
    /// and uses nothing up.
    let isPlain: Bool

    init(_ link: Link) {
        self.link = link
        let settings = link.settings
        isPlain =
            settings.enabled && settings.startsAt == nil && settings.expiresAt == nil && settings.maximumVisits == nil
            && link.deletedAt == nil && !ReservedWords.contains(link.code)
            && settings.url.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}

extension FoundLink: LaneLink {
    var laneCode: String { link.code.text }
    var laneLocation: String { link.settings.url }
    var laneStatus: Int { link.settings.redirectStatus.rawValue }
}

/// Whether the destination of a cached link is refused, by the rules of one generation: judging it takes a parse, and rules
/// change rarely.
final class DestinationVerdict: Sendable {
    /// The generation, and in the lowest bit the verdict; below 0 before the first.
    private let word = Atomic(-1)

    init() {}

    /// The verdict, if it is known by the rules of a generation.
    func known(in generation: Int) -> Bool? {
        let known = word.load(ordering: .relaxed)
        return known >> 1 == generation ? known & 1 == 1 : nil
    }

    /// The verdict by the rules of a generation.
    ///
    /// - Parameters:
    ///   - generation: not below 0; any other than last time makes the verdict new.
    ///   - judge: Whether those rules refuse the destination.
    func isRefused(in generation: Int, judge: () -> Bool) -> Bool {
        let known = word.load(ordering: .relaxed)
        if known >> 1 == generation { return known & 1 == 1 }
        let isRefused = judge()
        word.store(generation << 1 | (isRefused ? 1 : 0), ordering: .relaxed)
        return isRefused
    }
}
