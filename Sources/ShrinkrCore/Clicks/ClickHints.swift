import Glibc

/// What a request says of its client beyond the user agent, as far as it is not what browsers say anyway: for the rule
/// to judge beside the user agent (``UserAgentRule``).
package struct ClickHints: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// `Sec-CH-UA` (User-Agent Client Hints, WICG) names a browser without a window.
    package static let headless = ClickHints(rawValue: 1)
    /// `Sec-CH-UA` names Brave, whose user agent is Chrome's.
    package static let brave = ClickHints(rawValue: 1 << 1)
    /// `Sec-CH-UA-Platform` names Android, and the user agent a desktop: somebody asks for the desktop's pages.
    package static let androidAsDesktop = ClickHints(rawValue: 1 << 2)
    /// `Sec-CH-UA` or `Sec-CH-UA-Platform` are there, and no browser sends them beside such a user agent: only Chromium
    /// sends them, and it knows its system.
    package static let otherBrowser = ClickHints(rawValue: 1 << 3)
    /// What the client itself says of what it is.
    package static let said: ClickHints = [.headless, .brave, .androidAsDesktop]
    /// The client uses HTTPS and sends no `Accept-Language`.
    package static let noLanguage = ClickHints(rawValue: 1 << 4)
    /// The client uses HTTPS and sends no `Sec-Fetch-Mode` (Fetch Metadata, W3C), which browsers send over HTTPS alone.
    package static let noFetchMode = ClickHints(rawValue: 1 << 5)
}

/// The fields of a request that ``ClickHints`` are read from. Both ways to answer one fill it in.
package struct HintFields {
    /// `User-Agent`; empty where the client sends none, as the other texts.
    package var userAgent = UnsafeRawBufferPointer(start: nil, count: 0)
    /// `Sec-CH-UA`.
    package var brands = UnsafeRawBufferPointer(start: nil, count: 0)
    /// `Sec-CH-UA-Platform`.
    package var platform = UnsafeRawBufferPointer(start: nil, count: 0)
    /// `X-Forwarded-Proto`. Anybody is believed, for who lies harms nobody else.
    package var forwardedProtocol = UnsafeRawBufferPointer(start: nil, count: 0)
    package var hasAccept = false
    package var hasLanguage = false
    package var hasFetchMode = false
    package var hasVia = false

    package init() {}

    package var hints: ClickHints {
        var hints: ClickHints = []
        // A proxy such as CloudFront passes on no more than it is told to, and takes `Accept` away first.
        if isSecure, hasAccept || !hasVia {
            if !hasLanguage { hints.insert(.noLanguage) }
            if !hasFetchMode { hints.insert(.noFetchMode) }
        }
        guard brands.count > 0 || platform.count > 0 else { return hints }
        if brands.names("Headless", isQuoted: true) { hints.insert(.headless) }
        if brands.names("Brave\"", isQuoted: true) { hints.insert(.brave) }
        if let claimed = ClaimedSystem(userAgent) {
            let isAndroid = platform.begins("\"Android")
            if isAndroid { hints.insert(.androidAsDesktop) }
            if claimed.isContradicted(by: platform) || !isAndroid && brands.count > 0 && !userAgent.names("Chrom") {
                hints.insert(.otherBrowser)
            }
        }
        return hints
    }

    /// Whether the client talks to the first proxy over TLS; the list's first item is the client's.
    private var isSecure: Bool {
        guard forwardedProtocol.count >= 5 else { return false }
        for (index, byte) in "https".utf8.enumerated() where forwardedProtocol[index] | 0x20 != byte { return false }
        return forwardedProtocol.count == 5 || forwardedProtocol[5] == 0x2C || forwardedProtocol[5] == 0x20
    }

    /// The system that a browser's user agent begins with, where it is no phone's: phones have too many browsers that
    /// say whatever they like.
    private enum ClaimedSystem {
        case windows, macintosh, x11

        init?(_ userAgent: UnsafeRawBufferPointer) {
            guard userAgent.begins("Mozilla/5.0 (") else { return nil }
            let system = UnsafeRawBufferPointer(rebasing: userAgent[13...])
            if system.begins("Windows NT ") {
                self = .windows
            } else if system.begins("Macintosh;") {
                self = .macintosh
            } else if system.begins("X11;") {
                self = .x11
            } else {
                return nil
            }
        }

        func isContradicted(by platform: UnsafeRawBufferPointer) -> Bool {
            switch self {
            case .windows: platform.begins("\"Linux\"") || platform.begins("\"macOS\"")
            case .macintosh: platform.begins("\"Linux\"") || platform.begins("\"Windows\"")
            case .x11: platform.begins("\"Windows\"") || platform.begins("\"macOS\"")
            }
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Most bytes of a field that are searched.
    private static let seenBytes = 512

    fileprivate func begins(_ prefix: StaticString) -> Bool {
        guard let start = baseAddress, count >= prefix.utf8CodeUnitCount else { return false }
        return memcmp(start, prefix.utf8Start, prefix.utf8CodeUnitCount) == 0
    }

    /// Whether `text` is in the bytes that are searched, behind a quotation mark where `isQuoted`. Looks for its first
    /// letter, which should be a rare one: this runs for every redirect.
    fileprivate func names(_ text: StaticString, isQuoted: Bool = false) -> Bool {
        guard let base = baseAddress else { return false }
        // Where the last occurrence may begin ends here.
        let end = Swift.min(count, Self.seenBytes) - text.utf8CodeUnitCount + 1
        var start = 0
        while start < end, let found = memchr(base + start, Int32(text.utf8Start.pointee), end - start) {
            let place = UnsafeRawPointer(found) - base
            if memcmp(found, text.utf8Start, text.utf8CodeUnitCount) == 0,
                !isQuoted || place > 0 && self[place - 1] == UInt8(ascii: "\"")
            {
                return true
            }
            start = place + 1
        }
        return false
    }
}
