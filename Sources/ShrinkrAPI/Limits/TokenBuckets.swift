import ShrinkrBase
import Synchronization

/// Token buckets of any number of clients in a fixed amount of memory.
///
/// A bucket is one number, the time at which it will be full again (the generic cell rate algorithm, ITU-T I.371). The
/// table is set-associative: a client's hash, seeded anew by each process, names one set of ``ways`` places. A full bucket
/// is as good as none, so its place is free for a newcomer. Where no bucket of a set is full, the newcomer takes over the
/// one that lacks least, with all that it lacks, as in Space-Saving (Metwally, Agrawal and El Abbadi, 2005): whoever has
/// many addresses can neither take more memory nor wash a bucket clean by having it pushed out.
final class TokenBuckets: Sendable {
    /// What became of an attempt.
    struct Verdict: Hashable {
        let isAllowed: Bool
        /// Tokens that are left.
        let remaining: Int
        /// Nanoseconds until there are enough tokens for the refused attempt; of an allowed one, until the bucket is full.
        let wait: Int64
    }

    private struct Place {
        var client: UInt64 = 0
        /// Nanoseconds on the caller's clock.
        var fullAt: Int64 = .min
    }

    static let ways = 8
    /// 32,768 clients in 512 KiB.
    static let defaultSets = 4_096

    let limit: RateLimit
    private let sets: Int
    /// Nanoseconds in which one token comes back.
    private let interval: Int64
    /// Nanoseconds in which an empty bucket becomes full.
    private let whole: Int64
    private let places: Mutex<[Place]>

    init(_ limit: RateLimit, sets: Int = TokenBuckets.defaultSets) {
        self.limit = limit
        self.sets = max(1, sets)
        interval = Int64(limit.seconds) * 1_000_000_000 / Int64(limit.count)
        whole = interval * Int64(limit.count)
        places = Mutex(Array(repeating: Place(), count: self.sets * Self.ways))
    }

    /// Takes tokens if there are enough.
    ///
    /// - Parameters:
    ///   - client: Whose bucket.
    ///   - cost: How many; more than a full bucket holds counts as a full bucket.
    ///   - now: Nanoseconds on a clock that only goes forward.
    func take(_ client: Client, cost: Int = 1, at now: Int64) -> Verdict {
        let needed = Int64(min(max(cost, 0), limit.count)) * interval
        return places.withLock { places in
            let index = Self.place(of: client.hash, among: places, set: Int(client.hash % UInt64(sets)))
            let lack = max(places[index].fullAt, now) - now
            guard lack + needed <= whole else {
                return Verdict(isAllowed: false, remaining: tokens(lack), wait: lack + needed - whole)
            }
            places[index] = Place(client: client.hash, fullAt: now + lack + needed)
            return Verdict(isAllowed: true, remaining: tokens(lack + needed), wait: lack + needed)
        }
    }

    /// Gives tokens back that turned out not to be owed.
    func giveBack(_ client: Client, count: Int = 1, at now: Int64) {
        places.withLock { places in
            let index = Self.place(of: client.hash, among: places, set: Int(client.hash % UInt64(sets)))
            guard places[index].client == client.hash, places[index].fullAt > now else { return }
            places[index].fullAt -= Int64(min(max(count, 0), limit.count)) * interval
        }
    }

    private func tokens(_ lack: Int64) -> Int { Int((whole - lack) / interval) }

    /// The client's own place in its set, else the one whose bucket lacks least.
    private static func place(of client: UInt64, among places: [Place], set: Int) -> Int {
        let range = (set * ways)..<(set * ways + ways)
        var best = range.lowerBound
        for index in range {
            if places[index].client == client { return index }
            if places[index].fullAt < places[best].fullAt { best = index }
        }
        return best
    }
}

extension TokenBuckets {
    /// Who a bucket belongs to.
    struct Client: Hashable {
        fileprivate let hash: UInt64

        /// An address; of IPv6 its /64, of which one subscriber has all addresses (RFC 6177). Those whose address is
        /// not known share one bucket.
        init(_ address: IPAddress?) {
            let bytes = address.map { $0.bytes.count == 4 ? $0.bytes : Array($0.bytes.prefix(8)) } ?? []
            self.init(kind: 0, bytes)
        }

        /// A caller by its name.
        init(name: String) {
            self.init(kind: 1, Array(name.utf8))
        }

        private init(kind: UInt8, _ bytes: [UInt8]) {
            var hasher = Hasher()
            hasher.combine(kind)
            hasher.combine(bytes)
            // Zero stands for nobody.
            hash = max(1, UInt64(bitPattern: Int64(hasher.finalize())))
        }
    }
}
