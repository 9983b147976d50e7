package import ShrinkrBase

/// What a message of the click queue holds: one frame or several of one journal, each distinct value of their clicks once.
///
/// It counts the same whichever version of the wire format it came in.
package struct FrameMessage: Sendable {
    /// A frame's place in the message.
    package struct Frame: Hashable, Sendable {
        package let id: FrameID
        /// Which of ``FrameMessage/clicks`` are the frame's.
        package let clicks: Range<Int>
        /// See ``ClickFrame/isPartial``.
        package let isPartial: Bool
    }

    /// One click: numbers of values that the message has in its tables. 0 is what is not known, 1 the first of a table.
    package struct Row: Hashable, Sendable {
        /// Unix time in milliseconds, within ``ClickLimits/times``.
        package var time: Int64 = 0
        package var visitor: UInt64 = 0
        /// Bits that hint at what a client is, as the click brought them.
        package var hints: UInt32 = 0
        /// Never 0.
        package var code: UInt16 = 0
        package var userAgent: UInt16 = 0
        package var referrer: UInt16 = 0
        package var language: UInt16 = 0
        package var country: UInt16 = 0
        package var network: UInt16 = 0
        package var traits: Traits = []
    }

    /// What of a click is yes or no. The bits are those of the wire format.
    package struct Traits: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        package static let head = Traits(rawValue: 1)
        package static let prefetch = Traits(rawValue: 2)
        package static let confirmed = Traits(rawValue: 4)
        /// Whether ``Row/visitor`` is known.
        package static let visitor = Traits(rawValue: 128)
        /// Those that the wire format of version 2 has as a number.
        static let written: Traits = [.head, .prefetch, .confirmed]
    }

    /// In the order of their numbers; at least one.
    package var frames: [Frame] = []
    package var codes: [ShortCode] = []
    package var userAgents: [UntrustedText] = []
    package var referrers: [UntrustedText] = []
    package var languages: [UntrustedText] = []
    package var countries: [UntrustedText] = []
    package var networks: [Network] = []
    /// The clicks of all frames, in the order in which they were made.
    package var clicks: [Row] = []

    /// A truncated address: the first 24 bits of an IPv4 address; 2⁴⁸ and the first 48 bits of an IPv6 address.
    package struct Network: Hashable, Comparable, Sendable {
        package let number: UInt64

        /// Nil for what is no network.
        init?(number: UInt64) {
            guard number < 1 << 24 || (1 << 48..<1 << 49).contains(number) else { return nil }
            self.number = number
        }

        package init(of address: IPAddress) {
            let kept = address.bytes.prefix(address.isIPv4 ? 3 : 6)
            number = kept.reduce(address.isIPv4 ? 0 : 1) { $0 << 8 | UInt64($1) }
        }

        /// The address with zeros for what is cut off.
        package var address: IPAddress {
            if number < 1 << 24 { return IPAddress(ipv4: UInt32(number) << 8) }
            return IPAddress(ipv6: UInt128(number & (1 << 48 - 1)) << 80)
        }

        package static func < (left: Network, right: Network) -> Bool { left.number < right.number }
    }
}

extension FrameMessage {
    /// The click of a row.
    package func click(_ row: Row) -> Click {
        // The decoder has looked at every number.
        func text(_ table: [UntrustedText], _ number: UInt16) -> String? {
            number == 0 ? nil : table[Int(number) - 1].string
        }
        return Click(
            time: Timestamp(milliseconds: row.time), code: codes[Int(row.code) - 1],
            method: row.traits.contains(.head) ? .head : .get,
            address: row.network == 0 ? nil : networks[Int(row.network) - 1].address,
            visitor: row.traits.contains(.visitor) ? VisitorHash(bits: row.visitor) : nil,
            userAgent: text(userAgents, row.userAgent), referrer: text(referrers, row.referrer),
            language: text(languages, row.language), country: text(countries, row.country),
            isPrefetch: row.traits.contains(.prefetch), isConfirmed: row.traits.contains(.confirmed),
            hints: ClickHints(rawValue: row.hints))
    }
}
