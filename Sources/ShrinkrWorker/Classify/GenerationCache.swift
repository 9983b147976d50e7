/// Remembers the values that were used lately, in two generations: when the young one is full, it becomes the old one
/// and the old one is forgotten. What is used is moved to the young generation.
///
/// Everything costs one or two dictionary accesses, and nothing has to be kept in order.
struct GenerationCache<Key: Hashable, Value> {
    private let capacity: Int
    private var young: [Key: Value] = [:]
    private var old: [Key: Value] = [:]

    /// - Parameter capacity: entries of one generation.
    init(capacity: Int) {
        self.capacity = capacity
    }

    var count: Int { young.count + old.count }

    subscript(key: Key) -> Value? {
        mutating get {
            if let value = young[key] { return value }
            guard let value = old.removeValue(forKey: key) else { return nil }
            insert(value, for: key)
            return value
        }
        set {
            old[key] = nil
            if let newValue { insert(newValue, for: key) } else { young[key] = nil }
        }
    }

    private mutating func insert(_ value: Value, for key: Key) {
        if young[key] == nil, young.count >= capacity {
            old = young
            young = [:]
        }
        young[key] = value
    }
}
