#if PostgreSQL
import ShrinkrBase
import ShrinkrStore

/// The places for values of one dimension that a link has in one bucket (``StoreLimits/valuesPerBucket``). Pure.
struct ValuePlaces {
    private let known: Set<UntrustedText>
    private var room: Int

    /// - Parameter known: the values that have a place.
    init(known: Set<UntrustedText>) {
        self.known = known
        let other = known.contains(UntrustedText(StoreLimits.otherValue)) ? 1 : 0
        room = StoreLimits.valuesPerBucket - known.count + other
    }

    /// Whether the value has a place, or gets one of those that are left.
    mutating func take(_ value: String) -> Bool {
        if known.contains(UntrustedText(value)) { return true }
        guard room > 0 else { return false }
        room -= 1
        return true
    }
}
#endif
