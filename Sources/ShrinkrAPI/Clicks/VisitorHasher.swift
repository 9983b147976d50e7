import Crypto
import ShrinkrCore
import Synchronization

/// Makes visitor hashes: equal for one address and user agent within one UTC day, unrelated between days.
///
/// Each day has a random key that all processes share (``VisitorKeyKeeper`` gets it) and that is destroyed after the day:
/// nobody can try addresses against a hash any more. Hashing waits for nothing: where the shared key is not there when
/// the first visitor of a day comes, a random key of this process alone takes its place until it is. A visitor then
/// counts at most twice in this process, once under each key, and once in each other process.
///
/// Keys are erased from memory when they are dropped (`SymmetricKey` overwrites its bytes).
final class VisitorHasher: Sendable {
    private struct DayKey {
        var key: SymmetricKey
        /// Whether the other processes have it too.
        var isShared: Bool
    }

    private let keys = Mutex<[Int64: DayKey]>([:])

    /// The visitor's hash; nil where the address is not known.
    func hash(address: IPAddress?, userAgent: String?, at time: Timestamp) -> VisitorHash? {
        guard let address else { return nil }
        var mac = HMAC<SHA256>(key: key(ofDay: time.utcDay))
        // The length keeps addresses of four bytes, and what follows them, apart from those of sixteen.
        mac.update(data: [UInt8(address.bytes.count)] + address.bytes)
        mac.update(data: Array((userAgent ?? "").utf8))
        return VisitorHash(bits: mac.finalize().prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
    }

    /// The key of a day, in UTC days since 1970-01-01; a random one where there is none yet.
    func key(ofDay day: Int64) -> SymmetricKey {
        keys.withLock { keys in
            if let known = keys[day] { return known.key }
            let key = SymmetricKey(size: .bits256)
            keys[day] = DayKey(key: key, isShared: false)
            return key
        }
    }

    /// Whether the day's key is that of all processes.
    func isShared(_ day: Int64) -> Bool {
        keys.withLock { $0[day]?.isShared ?? false }
    }

    /// Makes `key`, which all processes have, the day's key.
    func share(_ key: SymmetricKey, ofDay day: Int64) {
        keys.withLock { $0[day] = DayKey(key: key, isShared: true) }
    }

    /// Drops the keys of all other days.
    func keepKeys(ofDays days: ClosedRange<Int64>) {
        keys.withLock { keys in keys = keys.filter { days.contains($0.key) } }
    }
}
