import ShrinkrBase

/// Hosts that no destination may have, from an operator's file.
///
/// A denied domain denies every domain under it. An address, or a network in CIDR notation, denies what lies in it, in every
/// spelling of the address: also as an IPv6 address that embeds it, or a name that spells it. A lookup takes one set lookup
/// per label of the name, over at most its last 253 bytes, and one per length of prefix on the list.
package struct DomainDenyList: Sendable, Equatable {
    /// The most entries a list may have, so that a wrong file cannot fill the memory.
    package static let maximumEntries = 1_000_000
    /// The longest domain name, in bytes without the trailing dot (RFC 1035 section 2.3.4).
    static let maximumNameLength = 253

    /// Names in lower-case ASCII, without trailing dots.
    private var names: Set<String> = []  // text: the host parser gives ASCII.
    private var networks: Set<IPNetwork> = []
    /// The lengths of prefix that occur among the networks.
    private var lengths: Set<Int> = []

    /// An empty list.
    package init() {}

    /// Reads one domain, address or network per line, in any spelling that a URL may have; IPv6 with brackets or without.
    /// `*.example.com` is `example.com`: an entry denies what is under it in any case. Blank lines and all from `#` to the
    /// end of a line are skipped.
    ///
    /// - Parameters:
    ///   - bytes: the file's content in UTF-8, with line ends of either kind.
    ///   - maximumEntries: the most different entries to accept.
    /// - Throws: the first line that cannot be read.
    package init(
        parsing bytes: some Sequence<UInt8>, maximumEntries: Int = Self.maximumEntries
    ) throws(DomainDenyListError) {
        if let error = add(parsing: bytes, maximumEntries: maximumEntries) { throw error }
    }

    /// Adds what a file like that of ``init(parsing:maximumEntries:)`` lists, whatever else stands in it.
    ///
    /// - Returns: the first line that cannot be read; those after it are on the list nevertheless, unless it was full.
    package mutating func add(
        parsing bytes: some Sequence<UInt8>, maximumEntries: Int = Self.maximumEntries
    ) -> DomainDenyListError? {
        var firstError: DomainDenyListError?
        let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
        var rest = Array(bytes)[...]
        if rest.starts(with: byteOrderMark) { rest = rest.dropFirst(byteOrderMark.count) }
        var lineNumber = 0
        while !rest.isEmpty {
            lineNumber += 1
            let line = rest.prefix { $0 != UInt8(ascii: "\n") }
            rest = rest[line.endIndex...].dropFirst()
            let content = Self.content(of: line)
            guard !content.isEmpty else { continue }
            if !insert(content) {
                firstError = firstError ?? DomainDenyListError(line: lineNumber, reason: .invalidDomain)
            }
            if count > maximumEntries {
                return firstError
                    ?? DomainDenyListError(line: lineNumber, reason: .tooManyEntries(limit: maximumEntries))
            }
        }
        return firstError
    }

    /// The number of different entries.
    package var count: Int { names.count + networks.count }

    /// Whether `host`, a domain above it, or an address that it leads to, is on the list.
    package func contains(_ host: DestinationHost) -> Bool {
        count > 0 && host.aliases.contains(where: isListed)
    }

    private func isListed(_ host: DestinationHost) -> Bool {
        if case .domain(let name) = host { return containsSuffix(of: name) }
        guard let address = host.address else { return false }
        return lengths.contains { networks.contains(IPNetwork(around: address, length: $0)) }
    }

    /// Looks up the whole name and then what follows each dot, as far as it is short enough to be a name; one byte
    /// more tells whether what is left begins a label.
    private func containsSuffix(of name: String) -> Bool {
        var rest = name.utf8.suffix(Self.maximumNameLength + 1)
        if rest.count <= Self.maximumNameLength, names.contains(name) { return true }
        while let dot = rest.firstIndex(of: UInt8(ascii: ".")) {
            rest = rest[dot...].dropFirst()
            if names.contains(String(Substring(rest))) { return true }
        }
        return false
    }

    /// The line without its comment and the white space around the rest.
    private static func content(of line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isBlank = { (byte: UInt8) in " \t\r".utf8.contains(byte) }
        var content = line.prefix { $0 != UInt8(ascii: "#") }.drop(while: isBlank)
        while let last = content.last, isBlank(last) { content = content.dropLast() }
        return content
    }

    /// Adds what a line says; false where it says nothing that could be meant.
    private mutating func insert(_ text: ArraySlice<UInt8>) -> Bool {
        let text = text.starts(with: "*.".utf8) ? text.dropFirst(2) : text
        if text.contains(UInt8(ascii: "/")) {
            guard let network = Self.network(text) else { return false }
            insert(network)
            return true
        }
        // An IPv6 address without its brackets.
        let isBare = text.contains(UInt8(ascii: ":")) && text.first != UInt8(ascii: "[")
        let written = isBare ? Array("[".utf8) + text + Array("]".utf8) : Array(text)
        guard let host = HostParser.parse(written[...])?.withoutTrailingDot else { return false }
        if let address = host.canonical.address, host.address != nil {
            insert(IPNetwork(around: address, length: 128))
            return true
        }
        guard case .domain(let name) = host, Self.isName(name) else { return false }
        names.insert(name)
        return true
    }

    private mutating func insert(_ network: IPNetwork) {
        networks.insert(network)
        lengths.insert(network.length)
    }

    private static func network(_ text: ArraySlice<UInt8>) -> IPNetwork? {
        let text = UntrustedText(bytes: text)
        guard text.bytes.first == UInt8(ascii: "[") else { return text.ascii.flatMap { IPNetwork($0) } }
        let (address, length) = UntrustedText(bytes: text.bytes.dropFirst()).cut(at: "]")
        guard let length, address.contains(byte: ":") else { return nil }
        return UntrustedText(bytes: address.bytes + length.bytes).ascii.flatMap { IPNetwork($0) }
    }

    /// Stricter than the host parser: a pattern, or a name with an empty label, would never match anything.
    private static func isName(_ name: String) -> Bool {
        name.utf8.count <= maximumNameLength
            && name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
                !label.isEmpty
                    && label.allSatisfy { $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
            }
    }
}
