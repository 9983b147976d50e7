import RedirectLane
import ShrinkrBase
import ShrinkrCore

/// What the redirect lane answers from and records in: the same cache, rules and journal as ``RedirectController`` has.
final class LinkLane: LaneBackend {
    let limits: RequestLimits
    private let cache: LinkCache
    private let destinations: Destinations
    private let recorder: ClickRecorder
    private let hasher: VisitorHasher
    private let metrics: APIMetrics
    private let trustedProxies: [IPNetwork]
    private let clock: WallClock
    private let isDraining: @Sendable () -> Bool

    /// - Parameter isDraining: Whether the server is about to stop, so that answers are marked as the last.
    init(
        limits: RequestLimits, trustedProxies: [IPNetwork], cache: LinkCache, destinations: Destinations,
        recorder: ClickRecorder, hasher: VisitorHasher, metrics: APIMetrics, clock: WallClock,
        isDraining: @escaping @Sendable () -> Bool
    ) {
        self.limits = limits
        self.cache = cache
        self.destinations = destinations
        self.recorder = recorder
        self.hasher = hasher
        self.metrics = metrics
        self.trustedProxies = trustedProxies
        self.clock = clock
        self.isDraining = isDraining
    }

    var isOpen: Bool { !isDraining() && !recorder.isSlow }

    func now() -> Int64 { clock.now().milliseconds }

    func link(_ code: UnsafeRawBufferPointer) -> (any LaneLink)? {
        cache.present(code) { $0.isPlain && destinations.isKnownToAllow($0) }
    }

    func isTrusted(_ address: ClientAddress) -> Bool {
        trustedProxies.contains { $0.contains(number: address.number) }
    }

    func address(_ text: UnsafeRawBufferPointer) -> ClientAddress? {
        IPAddress(UntrustedText(bytes: text)).map { ClientAddress(number: $0.number) }
    }

    func visitor(_ address: ClientAddress, userAgent: UnsafeRawBufferPointer, at milliseconds: Int64) -> UInt64 {
        address.withCountedBytes {
            hasher.hash($0, userAgent: userAgent, at: Timestamp(milliseconds: milliseconds))
        }
    }

    func record(_ clicks: UnsafeRawBufferPointer, ends: [Int], at milliseconds: Int64) {
        recorder.record(clicks, ends: ends, at: Timestamp(milliseconds: milliseconds))
        metrics.countLane(ends.count)
    }
}
