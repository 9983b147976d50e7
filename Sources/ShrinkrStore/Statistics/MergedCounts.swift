package import ShrinkrCore

/// The counts of several frames as one: what a store adds for all of them at once. In the order of a store's tables, so that
/// rows written one after another lie together, and rows are locked in one order.
package struct MergedCounts: Sendable {
    /// A link in one bucket.
    package struct Place: Sendable {
        /// The link's place in ``MergedCounts/codes``.
        package let link: Int
        package let bucket: TimeBucket
        /// All its clicks.
        package fileprivate(set) var tally = Tally()
        /// The places in ``MergedCounts/values`` of what they break down to.
        package fileprivate(set) var values: Range<Int>
    }

    /// The clicks with one value of a dimension, at one ``Place``.
    package struct Value: Sendable {
        package let dimension: Dimension
        /// At most ``StoreLimits/valueBytes``.
        package let text: String
        package let tally: Tally

        package init(dimension: Dimension, text: String, tally: Tally) {
            self.dimension = dimension
            self.text = text
            self.tally = tally
        }
    }

    /// The codes of all links, in order.
    package let codes: [ShortCode]
    /// By bucket, then by link.
    package private(set) var places: [Place] = []
    /// Of each place by dimension, then by text in the order of its UTF-8.
    package private(set) var values: [Value] = []
    /// By link, then by hour.
    package let visitors: [HourVisitors]

    /// Adds up the counts of the frames, with every value cut to ``StoreLimits/valueBytes``.
    package init(_ frames: some Sequence<CountedFrame>) {
        var counter = WindowCounter()
        for frame in frames { counter.add(frame.content) }
        codes = counter.codes.all.sorted { $0.text < $1.text }  // text: codes are ASCII.
        visitors = counter.visitors
        addCounts(counter)
    }

    /// The hours and days that counts of some links belong to.
    ///
    /// - Parameter isAdded: of each link (``codes``).
    package func periods(where isAdded: [Bool]) -> Set<ReportPeriod> {
        var hours = Set<Int64>()
        for place in places where isAdded[place.link] { hours.insert(place.bucket.hour) }
        let added = Set(zip(codes, isAdded).lazy.filter(\.1).map(\.0))
        for visits in visitors where added.contains(visits.code) { hours.insert(visits.hour) }
        return Set(hours.map { ReportPeriod(kind: .hourly, index: $0) })
            .union(hours.map { ReportPeriod(kind: .daily, index: $0.floored(by: 24)) })
    }

    private mutating func addCounts(_ counter: WindowCounter) {
        let linkOrder = Self.ranks(of: counter.codes.all) { $0.text < $1.text }  // text: codes are ASCII.
        let placeOrder = Self.ranks(of: counter.places) { one, other in
            if one.bucket != other.bucket { return one.bucket < other.bucket }
            return linkOrder[Int(one.link)] < linkOrder[Int(other.link)]
        }
        let valueOrder = Self.ranks(of: counter.values.all) { one, other in
            if one.dimension != other.dimension { return one.dimension.rawValue < other.dimension.rawValue }
            return one.text.utf8.lexicographicallyPrecedes(other.text.utf8)
        }
        let placesInOrder = Self.inverted(placeOrder).map { counter.places[$0] }
        let valuesInOrder = Self.inverted(valueOrder).map { counter.values.all[$0] }
        places = placesInOrder.map { place in
            Place(link: linkOrder[Int(place.link)], bucket: place.bucket, values: 0..<0)
        }
        values.reserveCapacity(counter.tallies.count)
        var cells = counter.tallies.cells { place, value in
            // All clicks of a place, whose value is 0, come before its values.
            (UInt32(placeOrder[Int(place)]), value == 0 ? 0 : UInt32(valueOrder[Int(value) - 1]) + 1)
        }
        cells.sort { $0.key < $1.key }  // text: these are numbers.
        for cell in cells {
            let (place, value) = (Int(cell.key >> 32), Int(UInt32(truncatingIfNeeded: cell.key)))
            guard value > 0 else {
                places[place].tally = cell.tally
                continue
            }
            let start = places[place].values.isEmpty ? values.count : places[place].values.lowerBound
            let name = valuesInOrder[value - 1]
            values.append(Value(dimension: name.dimension, text: name.text, tally: cell.tally))
            places[place].values = start..<values.count
        }
    }

    /// Of each element, how many come before it.
    private static func ranks<Element>(of all: [Element], by precedes: (Element, Element) -> Bool) -> [Int] {
        inverted(all.indices.sorted { precedes(all[$0], all[$1]) })
    }

    private static func inverted(_ order: [Int]) -> [Int] {
        var inverse = [Int](repeating: 0, count: order.count)
        for (rank, place) in order.enumerated() { inverse[place] = rank }
        return inverse
    }
}

/// Who followed a link in an hour: people, each any number of times.
package struct HourVisitors: Hashable, Sendable {
    package let code: ShortCode
    /// Since 1970-01-01T00:00:00Z.
    package let hour: Int64
    package var visitors: [VisitorHash]

    package init(code: ShortCode, hour: Int64, visitors: [VisitorHash] = []) {
        self.code = code
        self.hour = hour
        self.visitors = visitors
    }
}

/// Adds up counts on small numbers of its own, so that texts are hashed once for each message, and not for each click.
private struct WindowCounter {
    struct Place: Hashable {
        let link: Int32
        let bucket: TimeBucket
    }

    private struct LinkHour: Hashable {
        let link: Int32
        let hour: Int64
    }

    private(set) var codes: NumberedTable<ShortCode> = .init()
    private(set) var values: NumberedTable<FrameCounts.Value> = .init()
    private(set) var tallies = TallyTable()
    private var numberedPlaces: NumberedTable<Place> = .init()
    private var hours: NumberedTable<LinkHour> = .init()
    private var visits: [[VisitorHash]] = []
    /// The numbers here of the names of the last frame: frames of one message share them.
    private var last: (names: FrameCounts.Names, links: [Int32], values: [Int32])?

    var places: [Place] { numberedPlaces.all }

    mutating func add(_ counts: FrameCounts) {
        let (links, values) = numbers(of: counts.names)
        // What a click adds stands together, so most entries are of the same place as the one before.
        var (place, number) = (Place(link: -1, bucket: TimeBucket(index: 0)), Int32(0))
        for entry in counts.entries {
            let next = Place(link: links[Int(entry.link)], bucket: entry.bucket)
            if next != place { (place, number) = (next, numberedPlaces.number(of: next)) }
            tallies.add(
                entry.clicks, isBot: entry.isBot, place: UInt32(number),
                value: entry.value == 0 ? 0 : UInt32(values[Int(entry.value) - 1]) + 1)
        }
        for visit in counts.visits {
            let number = Int(hours.number(of: LinkHour(link: links[Int(visit.link)], hour: visit.hour)))
            if number == visits.count { visits.append([]) }
            visits[number].append(visit.visitor)
        }
    }

    private mutating func numbers(of names: FrameCounts.Names) -> (links: [Int32], values: [Int32]) {
        if let last, last.names === names { return (last.links, last.values) }
        let links = names.codes.map { codes.number(of: $0) }
        let values = names.values.map { self.values.number(of: $0.bounded) }
        last = (names, links, values)
        return (links, values)
    }

    var visitors: [HourVisitors] {
        zip(hours.all, visits)
            .map { HourVisitors(code: codes.all[Int($0.link)], hour: $0.hour, visitors: $1) }
            // text: codes are ASCII.
            .sorted { ($0.code.text, $0.hour) < ($1.code.text, $1.hour) }
    }
}

/// Clicks of pairs of small numbers. A dictionary of them would spend most of a worker's time on hashing.
private struct TallyTable {
    /// Stands for a place that is free: no pair has so large numbers.
    private static let free = UInt64.max

    private(set) var count = 0
    private var keys: [UInt64]
    private var tallies: [Tally]
    /// How many of a hash's highest bits choose a place.
    private var width: UInt64 = 10
    /// Multiplicative hashing (Dietzfelbinger, Hagerup, Katajainen, Penttonen: "A reliable randomized algorithm for the
    /// closest-pair problem", 1997): an odd number at random, so that nobody can choose clicks whose places collide.
    private let factor = UInt64.random(in: 0 ... .max) | 1

    init() {
        keys = [UInt64](repeating: Self.free, count: 1 << Int(width))
        tallies = [Tally](repeating: Tally(), count: keys.count)
    }

    mutating func add(_ clicks: Int, isBot: Bool, place: UInt32, value: UInt32) {
        let key = UInt64(place) << 32 | UInt64(value)
        var index = self.index(of: key)
        if keys[index] != key {
            count += 1
            if count * 2 > keys.count {
                grow()
                index = self.index(of: key)
            }
            keys[index] = key
        }
        if isBot { tallies[index].bots += clicks } else { tallies[index].people += clicks }
    }

    /// All that were added, each under the two numbers that `translation` gives its own.
    func cells(_ translation: (_ place: UInt32, _ value: UInt32) -> (UInt32, UInt32)) -> [(key: UInt64, tally: Tally)] {
        var cells: [(key: UInt64, tally: Tally)] = []
        cells.reserveCapacity(count)
        for (key, tally) in zip(keys, tallies) where key != Self.free {
            let (place, value) = translation(UInt32(key >> 32), UInt32(truncatingIfNeeded: key))
            cells.append((UInt64(place) << 32 | UInt64(value), tally))
        }
        return cells
    }

    /// Where the key is, or is to be.
    private func index(of key: UInt64) -> Int {
        var index = Int((key &* factor) >> (64 - width))
        while keys[index] != key, keys[index] != Self.free { index = (index + 1) & (keys.count - 1) }
        return index
    }

    private mutating func grow() {
        let old = (keys, tallies)
        width += 1
        keys = [UInt64](repeating: Self.free, count: 1 << Int(width))
        tallies = [Tally](repeating: Tally(), count: keys.count)
        for (key, tally) in zip(old.0, old.1) where key != Self.free {
            let index = index(of: key)
            keys[index] = key
            tallies[index] = tally
        }
    }
}

/// Gives each distinct element a number, from 0.
private struct NumberedTable<Element: Hashable> {
    private(set) var all: [Element] = []
    private var numbers: [Element: Int32] = [:]

    mutating func number(of element: Element) -> Int32 {
        if let known = numbers[element] { return known }
        let number = Int32(all.count)
        all.append(element)
        numbers[element] = number
        return number
    }
}

extension FrameCounts.Value {
    /// The value with a text of at most ``StoreLimits/valueBytes``, cut between scalars; values that are equal once cut are
    /// one.
    fileprivate var bounded: FrameCounts.Value {
        guard text.utf8.count > StoreLimits.valueBytes else { return self }
        var end = text.unicodeScalars.startIndex
        var room = StoreLimits.valueBytes
        while end < text.unicodeScalars.endIndex {
            room -= UTF8.width(text.unicodeScalars[end])
            guard room >= 0 else { break }
            end = text.unicodeScalars.index(after: end)
        }
        return FrameCounts.Value(dimension, String(text[..<end]))
    }
}

extension TimeBucket {
    /// Hours since 1970-01-01T00:00:00Z.
    package var hour: Int64 { index.floored(by: 4) }
}

extension Range<TimeBucket> {
    /// The UTC days, since 1970-01-01, that the range touches; nil where it is empty.
    package var days: ClosedRange<Int64>? {
        guard !isEmpty else { return nil }
        return lowerBound.hour.floored(by: 24)...TimeBucket(index: upperBound.index - 1).hour.floored(by: 24)
    }
}

extension Int64 {
    /// Division that rounds towards negative infinity.
    package func floored(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
