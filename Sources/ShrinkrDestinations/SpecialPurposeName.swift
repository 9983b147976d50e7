/// Domain names that mean the machine that asks, or its own network, whoever asks.
enum SpecialPurposeName {
    /// The machine itself: RFC 6761, section 6.3, and what systems write into their `hosts` files.
    static let loopback = [
        "localhost", "localhost.localdomain", "localhost4", "localhost4.localdomain4", "localhost6",
        "localhost6.localdomain6", "ip6-localhost", "ip6-loopback",
    ]

    /// Public names that are known to lead to the machine itself, with all names under them: development tools use them.
    static let publicLoopback = [
        "ddev.site", "docksal.site", "fuf.me", "lacolhost.com", "lndo.site", "local.gd", "localho.st", "localtest.me",
        "lvh.me", "smackaho.st", "ulh.us", "vcap.me",
    ]

    /// Names that the public DNS does not have: RFC 6761 (`invalid`, `test`), 6762 (`local`, and appendix G), 8375
    /// (`home.arpa`), 8880, 9462, 9476 (`alt`) and 9665, the ICANN board's resolutions of 4 February 2018 (`corp`, `home`,
    /// `mail`) and 29 July 2024 (`internal`), and what systems call networks by default: routers and clouds (`dhcp`,
    /// `openstacklocal`, `workgroup`), and services that find each other (`consul`, `svc`, `docker`). Names of addresses
    /// (`in-addr.arpa`, `ip6.arpa`; RFC 1035, section 3.5, and RFC 3596) lead nowhere that a person would go.
    ///
    /// Not here: `example`, which leads nowhere, and `onion` (RFC 7686), which leads to what is public.
    static let reserved = [
        "alt", "consul", "corp", "dhcp", "docker", "home", "home.arpa", "in-addr.arpa", "internal", "intranet",
        "invalid", "ip6.arpa", "ipv4only.arpa", "lan", "local", "localdomain", "localdomain4", "localdomain6", "mail",
        "openstacklocal", "private", "resolver.arpa", "service.arpa", "svc", "test", "workgroup",
    ]

    /// Whether `name` is one of `domains` or lies under one.
    static func isDomain(_ name: String, in domains: [String]) -> Bool {
        domains.contains { domain in
            let rest = name.utf8.count - domain.utf8.count
            guard rest >= 0, name.utf8.suffix(domain.utf8.count).elementsEqual(domain.utf8) else { return false }
            return rest == 0 || name.utf8.dropLast(domain.utf8.count).last == UInt8(ascii: ".")
        }
    }

    /// Whether `name`, without a trailing dot, leads into a network of its own. A name of one label is completed by the
    /// search list of the machine that asks (RFC 1535).
    static func isPrivate(_ name: String) -> Bool {
        !name.utf8.contains(UInt8(ascii: ".")) || isDomain(name, in: reserved) || isLoopback(name)
    }

    /// Whether `name` leads to the machine that asks. These are more names than ``HostName/isLoopback(_:)`` takes for this
    /// machine: here what might lead there is refused, there what surely does is trusted.
    static func isLoopback(_ name: String) -> Bool {
        isDomain(name, in: loopback) || isDomain(name, in: publicLoopback)
    }
}
