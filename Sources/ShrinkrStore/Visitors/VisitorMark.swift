package import ShrinkrCore

/// What a sketch keeps of a visitor: 32 bits that follow from its hash and from whose visitors are counted.
///
/// The hash itself, which the day's key makes of an address, stays out of the database. Its mark is another one for every
/// link, and any two marks of different links fit some hash of 64 bits: so nobody learns from a database who of one
/// link's visitors has followed another.
package typealias VisitorMark = UInt32

/// Makes the marks of the visitors of one link, or of those of all links together. Every release makes the same ones.
package struct VisitorMarker: Sendable {
    private let place: UInt64

    /// - Parameter code: nil for all links together.
    package init(_ code: ShortCode?) {
        // FNV-1a of 64 bits (http://www.isthe.com/chongo/tech/comp/fnv/).
        let hash = (code?.text ?? "").utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        place = Self.mix(hash)
    }

    package func mark(_ visitor: VisitorHash) -> VisitorMark {
        VisitorMark(truncatingIfNeeded: Self.mix(visitor.bits ^ place) >> 32)
    }

    /// Lets every bit depend on all: the finaliser of SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number
    /// generators", OOPSLA 2014).
    private static func mix(_ bits: UInt64) -> UInt64 {
        var bits = bits
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }
}
