import ShrinkrCore
import ShrinkrDestinations
import ShrinkrStore
import Synchronization

/// Judges the URLs that links may lead to. The list of denied domains can be replaced while the server runs.
final class Destinations: Sendable {
    private let policy: Mutex<DestinationPolicy>
    /// Goes up with every change of the policy, after it.
    private let generation = Atomic(0)

    init(policy: DestinationPolicy) {
        self.policy = Mutex(policy)
    }

    /// The destination in the form in which it is stored and sent.
    ///
    /// - Throws: ``DestinationError`` where the text is no acceptable destination.
    func accept(_ text: String) throws(DestinationError) -> String {
        let url = try DestinationURL.parse(text)
        try policy.withLock { $0 }.check(url)
        return url.string
    }

    /// Whether the link may not be followed, because what it leads to would be refused today. As long as nothing changes, a
    /// cached link costs the comparison of two numbers.
    func refuses(_ found: FoundLink) -> Bool {
        found.verdict.isRefused(in: generation.load(ordering: .acquiring)) {
            guard let url = try? DestinationURL.parse(found.link.settings.url) else { return false }
            do throws(DestinationError) {
                try policy.withLock { $0 }.checkReach(of: url)
                return false
            } catch {
                return true
            }
        }
    }

    /// Whether it is known, without another look, that the link may be followed.
    func isKnownToAllow(_ found: FoundLink) -> Bool {
        found.verdict.known(in: generation.load(ordering: .acquiring)) == false
    }

    /// The denied domains that are in force.
    var deniedDomains: DomainDenyList { policy.withLock(\.deniedDomains) }

    /// Replaces the denied domains, also for links that exist already.
    func deny(_ domains: DomainDenyList) {
        policy.withLock { $0.deniedDomains = domains }
        generation.wrappingAdd(1, ordering: .releasing)
    }
}
