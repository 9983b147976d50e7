package import ShrinkrBase

/// What this installation refuses as a destination, beyond what is not a valid one: loops, hosts outside the public
/// Internet, and denied domains.
///
/// Only the URL is looked at: nothing is resolved or fetched.
package struct DestinationPolicy: Sendable {
    /// Whether private and loopback hosts are fine, as they are on a company's own network.
    package var allowPrivate: Bool
    /// The domains nobody may link to.
    package var deniedDomains: DomainDenyList

    /// The ports of our own base URLs, by host in its canonical form.
    private let ownPorts: [DestinationHost: Set<UInt16>]
    /// Further public hosts under which we answer.
    private let hosts: AllowedHosts

    /// - Parameters:
    ///   - baseURLs: The URLs under which this service answers.
    ///   - hosts: Further hosts under which it does, as the operator lists them. Those that are not public do not count.
    package init(
        baseURLs: [DestinationURL], hosts: AllowedHosts = .init(addresses: .own), allowPrivate: Bool = false,
        deniedDomains: DomainDenyList = .init()
    ) {
        self.hosts = hosts
        self.allowPrivate = allowPrivate
        self.deniedDomains = deniedDomains
        ownPorts = baseURLs.reduce(into: [:]) { $0[$1.host.canonical, default: []].insert($1.effectivePort) }
    }

    /// Throws the first reason for which no link to `url` may be made: `ownHost`, `deniedDomain` or `privateAddress`.
    package func check(_ url: DestinationURL) throws(DestinationError) {
        if isOwn(url) { throw .ownHost }
        try checkReach(of: url)
    }

    /// Throws the first reason for which no link may lead to `url` any more: `deniedDomain` or `privateAddress`.
    package func checkReach(of url: DestinationURL) throws(DestinationError) {
        if deniedDomains.contains(url.host) { throw .deniedDomain }
        if !allowPrivate, url.host.isPrivate { throw .privateAddress }
    }

    /// A public host is ours on every port, since a proxy may forward any of them to us. A private one often serves
    /// several things, each on its port.
    private func isOwn(_ url: DestinationURL) -> Bool {
        url.host.aliases.contains { host in
            guard let ports = ownPorts[host] else { return !host.isPrivate && hosts.lists(host.description) }
            return !host.isPrivate || ports.contains(url.effectivePort)
        }
    }
}
