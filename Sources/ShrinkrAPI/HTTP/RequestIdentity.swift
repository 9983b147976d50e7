import HTTPTypes
import ShrinkrBase
import Synchronization

/// Names a request: as the client or a proxy before us named it, if that is harmless to repeat, else as no other.
enum RequestIdentity {
    /// Most characters of a name taken over from the request.
    static let maximumLength = 64

    static func id(in headers: HTTPFields) -> String {
        if let given = headers.text(.xRequestID), isHarmless(given) { return given.string }
        let id = next()
        return String(unsafeUninitializedCapacity: 16) { text in
            for place in 0..<16 {
                let digit = UInt8(truncatingIfNeeded: id >> UInt64(60 - 4 * place)) & 15
                text.initializeElement(at: place, to: digit < 10 ? 0x30 + digit : 0x57 + digit)
            }
            return 16
        }
    }

    /// Nothing relies on more than that ids differ: the seed is random, and the rest is SplitMix64 (Steele, Lea and Flood,
    /// 2014), as in the redirect lane.
    private static let seed = UInt64.random(in: .min ... .max)
    private static let given = Atomic<UInt64>(0)

    private static func next() -> UInt64 {
        var word = seed &+ given.wrappingAdd(1, ordering: .relaxed).newValue &* 0x9E37_79B9_7F4A_7C15
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    private static func isHarmless(_ id: UntrustedText) -> Bool {
        (1...maximumLength).contains(id.count)
            && id.bytes.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
