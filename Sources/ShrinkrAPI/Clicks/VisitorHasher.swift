import Crypto
import ShrinkrBase
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
        let mac: KeyedHash

        init(key: SymmetricKey, isShared: Bool) {
            self.key = key
            self.isShared = isShared
            mac = KeyedHash(key)
        }
    }

    private let keys = Mutex<[Int64: DayKey]>([:])

    /// The visitor's hash; nil where the address is not known.
    func hash(address: IPAddress?, userAgent: String?, at time: Timestamp) -> VisitorHash? {
        guard let address else { return nil }
        // The length keeps addresses of four bytes, and what follows them, apart from those of sixteen.
        let counted = [UInt8(address.bytes.count)] + address.bytes
        var userAgent = userAgent ?? ""
        return userAgent.withUTF8 { userAgent in
            counted.withUnsafeBytes { address in
                VisitorHash(bits: hash(address, userAgent: UnsafeRawBufferPointer(userAgent), at: time))
            }
        }
    }

    /// The same for bytes.
    ///
    /// - Parameter address: behind a byte that holds its length.
    func hash(_ address: UnsafeRawBufferPointer, userAgent: UnsafeRawBufferPointer, at time: Timestamp) -> UInt64 {
        day(time.utcDay).mac.first8Bytes(address, userAgent)
    }

    /// The key of a day, in UTC days since 1970-01-01; a random one where there is none yet.
    func key(ofDay day: Int64) -> SymmetricKey { self.day(day).key }

    private func day(_ day: Int64) -> DayKey {
        keys.withLock { keys in
            if let known = keys[day] { return known }
            let made = DayKey(key: SymmetricKey(size: .bits256), isShared: false)
            keys[day] = made
            return made
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

/// HMAC with SHA-256 (RFC 2104) that has taken its key in: half of the work of a short message.
private struct KeyedHash: Sendable {
    private var inner = SHA256()
    private var outer = SHA256()

    /// - Parameter key: at most a block of SHA-256, 64 bytes.
    init(_ key: SymmetricKey) {
        var block = key.withUnsafeBytes { Array($0) }
        block += [UInt8](repeating: 0, count: max(0, SHA256.blockByteCount - block.count))
        inner.update(data: block.map { $0 ^ 0x36 })
        outer.update(data: block.map { $0 ^ 0x5C })
    }

    /// The beginning of the authentication code of a message in two parts, as one number.
    func first8Bytes(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> UInt64 {
        var (inner, outer) = (inner, outer)
        inner.update(bufferPointer: first)
        inner.update(bufferPointer: second)
        inner.finalize().withUnsafeBytes { outer.update(bufferPointer: $0) }
        return outer.finalize().withUnsafeBytes { UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)) }
    }
}
