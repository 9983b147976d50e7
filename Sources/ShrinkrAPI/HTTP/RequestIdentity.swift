import HTTPTypes
import ShrinkrBase

/// Names a request: as the client or a proxy before us named it, if that is harmless to repeat, else at random.
enum RequestIdentity {
    /// Most characters of a name taken over from the request.
    static let maximumLength = 64

    static func id(in headers: HTTPFields) -> String {
        if let given = headers.text(.xRequestID), isHarmless(given) { return given.string }
        let bits = UInt64.random(in: .min ... .max)
        let digits = String(bits, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
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
