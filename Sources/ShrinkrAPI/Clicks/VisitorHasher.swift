import Crypto
import ShrinkrCore
import Synchronization

/// Makes visitor hashes: equal for one address and user agent within one UTC day, unrelated between days.
final class VisitorHasher: Sendable {
    private struct DayKey {
        let day: Int64
        let key: SymmetricKey
    }

    private let secret: SymmetricKey
    private let dayKey = Mutex<DayKey?>(nil)

    /// - Parameter secret: Shared by all processes whose clicks are counted together; at least 16 bytes.
    init(secret: SymmetricKey) {
        self.secret = secret
    }

    /// The visitor's hash; nil where the address is not known.
    func hash(address: IPAddress?, userAgent: String?, at time: Timestamp) -> VisitorHash? {
        guard let address else { return nil }
        var mac = HMAC<SHA256>(key: key(for: time))
        // The length keeps addresses of four bytes, and what follows them, apart from those of sixteen.
        mac.update(data: [UInt8(address.bytes.count)] + address.bytes)
        mac.update(data: Array((userAgent ?? "").utf8))
        return VisitorHash(bits: mac.finalize().prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
    }

    private func key(for time: Timestamp) -> SymmetricKey {
        let day = time.utcDay
        return dayKey.withLock { current in
            if let current, current.day == day { return current.key }
            let text = Array("shrinkr visitor \(day)".utf8)
            let key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: text, using: secret))
            current = DayKey(day: day, key: key)
            return key
        }
    }
}
