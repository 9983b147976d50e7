/// A set of bytes that a part of a URL may not hold as they are. Control characters and all that is not ASCII belong
/// to every set.
struct URLByteSet: Sendable {
    /// The fragment percent-encode set, WHATWG URL Standard section 1.3.
    static let fragment = URLByteSet(" \"<>`")
    /// The special-query percent-encode set, section 1.3.
    static let specialQuery = URLByteSet(" \"#<>'")
    /// The path percent-encode set, section 1.3, with the `^` that it has held since March 2025.
    static let path = URLByteSet(" \"#<>?^`{}")
    /// The forbidden domain code points, section 3.1.
    static let forbiddenInDomain = URLByteSet(" #%/:<>?@[\\]^|")

    /// Bit n stands for the character n.
    private let firstHalf: UInt64
    /// Bit n stands for the character 64 + n.
    private let secondHalf: UInt64

    private init(_ characters: StaticString) {
        let controls: UInt128 = 0xFFFF_FFFF | 1 << 0x7F
        let bits = characters.withUTF8Buffer { $0.reduce(controls) { $0 | 1 << UInt128($1) } }
        firstHalf = UInt64(truncatingIfNeeded: bits)
        secondHalf = UInt64(truncatingIfNeeded: bits >> 64)
    }

    func contains(_ byte: UInt8) -> Bool {
        byte >= 0x80 || (byte < 64 ? firstHalf : secondHalf) >> UInt64(byte & 63) & 1 == 1
    }
}
