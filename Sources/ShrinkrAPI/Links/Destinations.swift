import ShrinkrCore
import Synchronization

/// Judges the URLs that links may lead to. The list of denied domains can be replaced while the server runs.
final class Destinations: Sendable {
    private let policy: Mutex<DestinationPolicy>

    init(policy: DestinationPolicy) {
        self.policy = Mutex(policy)
    }

    /// The destination in the form in which it is stored and sent.
    ///
    /// - Throws: ``DestinationError`` where the text is no acceptable destination.
    func accept(_ text: String) throws(DestinationError) -> String {
        let url = try DestinationURL.parse(text)
        try policy.withLock { policy throws(DestinationError) in try policy.check(url) }
        return url.string
    }

    /// Replaces the denied domains. Links that exist already are not affected.
    func deny(_ domains: DomainDenyList) {
        policy.withLock { $0.deniedDomains = domains }
    }
}
