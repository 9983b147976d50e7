import Crypto
import ShrinkrStore
import Synchronization

/// The keys that opened something not long ago, by their hash.
///
/// A proven key is not held back when others at its address have presented too many wrong ones. It is looked up all the
/// same, so one that was revoked opens nothing.
final class ProvenKeys: Sendable {
    /// Most keys that are remembered.
    private static let capacity = 4_096

    private let keys = Mutex(ClockCache<SHA256.Digest, Void>(capacity: ProvenKeys.capacity))

    func contains(_ key: SHA256.Digest) -> Bool { keys.withLock { $0.value(for: key) != nil } }

    func insert(_ key: SHA256.Digest) {
        keys.withLock { keys in
            if keys.value(for: key) == nil { keys.insert((), for: key, cost: 1) }
        }
    }

    func remove(_ key: SHA256.Digest) { keys.withLock { $0.remove(key) } }
}
