import ShrinkrCore

/// A code as the cache of links knows it: bytes, so that a request's own can be looked up without a `String`.
///
/// The first 16 bytes lie in two numbers, filled up with zeros, which no code has; nearly all codes have no more.
struct CodeKey: Hashable, Sendable {
    private var first: UInt64 = 0
    private var second: UInt64 = 0
    /// What is behind them.
    private var rest: [UInt8]?

    /// - Parameter rule: where it is insensitive, two ways to write one code are equal.
    init(_ code: UnsafeRawBufferPointer, rule: CodeCase) {
        let fold = rule == .insensitive
        for (index, byte) in code.enumerated() {
            let byte = fold && byte &- 0x41 < 26 ? byte | 0x20 : byte
            switch index {
            case 0..<8: first |= UInt64(byte) << UInt64(8 * index)
            case 8..<16: second |= UInt64(byte) << UInt64(8 * (index - 8))
            default: rest = (rest ?? []) + [byte]
            }
        }
    }

    init(_ code: ShortCode, rule: CodeCase) {
        var text = code.text
        self = text.withUTF8 { CodeKey(UnsafeRawBufferPointer($0), rule: rule) }
    }
}
