/// What this installation refuses as a destination, beyond what is not a valid one: loops, hosts outside the public
/// Internet, and denied domains.
///
/// Only the URL is looked at: nothing is resolved or fetched.
package struct DestinationPolicy: Sendable {
    /// Whether private and loopback hosts are fine, as they are on a company's own network.
    package var allowPrivate: Bool
    /// The domains nobody may link to.
    package var deniedDomains: DomainDenyList

    /// The ports of our own base URLs, by host in its `machine` form.
    private let ownPorts: [DestinationHost: Set<UInt16>]

    /// - Parameter baseURLs: the URLs under which this service answers.
    package init(baseURLs: [DestinationURL], allowPrivate: Bool = false, deniedDomains: DomainDenyList = .init()) {
        self.allowPrivate = allowPrivate
        self.deniedDomains = deniedDomains
        ownPorts = baseURLs.reduce(into: [:]) { $0[$1.host.machine, default: []].insert($1.effectivePort) }
    }

    /// Throws the first reason for which `url` is refused: `ownHost`, `privateAddress` or `deniedDomain`.
    package func check(_ url: DestinationURL) throws(DestinationError) {
        if isOwn(url) { throw .ownHost }
        if !allowPrivate, url.host.isPrivate { throw .privateAddress }
        if deniedDomains.contains(url.host) { throw .deniedDomain }
    }

    /// A public host is ours on every port, since a proxy may forward any of them to us. A private one often serves
    /// several things, each on its port.
    private func isOwn(_ url: DestinationURL) -> Bool {
        guard let ports = ownPorts[url.host.machine] else { return false }
        return !url.host.isPrivate || ports.contains(url.effectivePort)
    }
}
