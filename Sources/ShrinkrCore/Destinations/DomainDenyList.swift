/// Domains that no destination may have, from an operator's file.
///
/// A denied domain denies every domain under it. An IP address denies only itself. A lookup takes one set lookup per
/// label of the name, over at most its last 253 bytes.
package struct DomainDenyList: Sendable, Equatable {
    /// The most entries a list may have, so that a wrong file cannot fill the memory.
    package static let maximumEntries = 1_000_000
    /// The longest domain name, in bytes without the trailing dot (RFC 1035 section 2.3.4).
    static let maximumNameLength = 253

    /// Normalised hosts, without trailing dots.
    private var entries: Set<String> = []  // text: the host parser gives ASCII.

    /// An empty list.
    package init() {}

    /// Reads one domain per line. Blank lines and all from `#` to the end of a line are skipped.
    ///
    /// - Parameters:
    ///   - text: the file's content, with line ends of either kind.
    ///   - maximumEntries: the most different entries to accept.
    /// - Throws: the first line that cannot be read.
    package init(
        parsing text: String, maximumEntries: Int = Self.maximumEntries
    ) throws(DomainDenyListError) {
        let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
        var rest = Array(text.utf8)[...]
        if rest.starts(with: byteOrderMark) { rest = rest.dropFirst(byteOrderMark.count) }
        var lineNumber = 0
        while !rest.isEmpty {
            lineNumber += 1
            let line = rest.prefix { $0 != UInt8(ascii: "\n") }
            rest = rest[line.endIndex...].dropFirst()
            let content = Self.content(of: line)
            guard !content.isEmpty else { continue }
            guard let entry = Self.entry(content) else {
                throw DomainDenyListError(line: lineNumber, reason: .invalidDomain)
            }
            entries.insert(entry)
            guard entries.count <= maximumEntries else {
                throw DomainDenyListError(line: lineNumber, reason: .tooManyEntries(limit: maximumEntries))
            }
        }
    }

    /// The number of different entries.
    package var count: Int { entries.count }

    /// Whether `host`, or a domain above it, is on the list.
    package func contains(_ host: DestinationHost) -> Bool {
        guard !entries.isEmpty else { return false }
        let host = host.withoutTrailingDot
        guard case .domain(let name) = host else { return entries.contains(host.description) }
        return containsSuffix(of: name)
    }

    /// Looks up the whole name and then what follows each dot, as far as it is short enough to be a name; one byte
    /// more tells whether what is left begins a label.
    private func containsSuffix(of name: String) -> Bool {
        var rest = name.utf8.suffix(Self.maximumNameLength + 1)
        if rest.count <= Self.maximumNameLength, entries.contains(name) { return true }
        while let dot = rest.firstIndex(of: UInt8(ascii: ".")) {
            rest = rest[dot...].dropFirst()
            if entries.contains(String(Substring(rest))) { return true }
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

    /// Goes through the host parser, so that an entry equals the host of a destination whenever they mean the same.
    ///
    /// Stricter than that parser: a pattern, or a name with an empty label, would never match anything.
    private static func entry(_ text: ArraySlice<UInt8>) -> String? {
        guard let host = HostParser.parse(text)?.withoutTrailingDot else { return nil }
        guard case .domain(let name) = host else { return host.description }
        let isName =
            name.utf8.count <= maximumNameLength
            && name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
                !label.isEmpty
                    && label.allSatisfy { $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
            }
        return isName ? name : nil
    }
}
