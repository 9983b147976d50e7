package import ShrinkrCore
import Synchronization

/// A link as ``LinkCache`` found it, with what was found out about its destination.
package struct FoundLink: Sendable {
    package let link: Link
    package let verdict: DestinationVerdict

    package init(_ link: Link, verdict: DestinationVerdict = DestinationVerdict()) {
        self.link = link
        self.verdict = verdict
    }
}

/// Whether the destination of a cached link is refused, by the rules of one generation: judging it takes a parse, and rules
/// change rarely.
package final class DestinationVerdict: Sendable {
    /// The generation, and in the lowest bit the verdict; below 0 before the first.
    private let word = Atomic(-1)

    package init() {}

    /// The verdict by the rules of a generation.
    ///
    /// - Parameters:
    ///   - generation: not below 0; any other than last time makes the verdict new.
    ///   - judge: Whether those rules refuse the destination.
    package func isRefused(in generation: Int, judge: () -> Bool) -> Bool {
        let known = word.load(ordering: .relaxed)
        if known >> 1 == generation { return known & 1 == 1 }
        let isRefused = judge()
        word.store(generation << 1 | (isRefused ? 1 : 0), ordering: .relaxed)
        return isRefused
    }
}
