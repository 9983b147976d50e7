/// Distinct byte strings, numbered from 0 in the order in which they first came.
///
/// Hashed with the process's own random key: whoever chooses the strings cannot make them collide.
package struct ByteTable: Sendable {
    private var bytes: [UInt8] = []
    /// Where each string ends.
    private var ends: [Int] = []
    /// The number of a string and 1 more, at the place of its hash or behind it; 0 is free. A power of two, less than half
    /// full.
    private var places = [UInt32](repeating: 0, count: 64)

    package init() {}

    package var count: Int { ends.count }

    /// The number of a string, which is entered if it is new.
    package mutating func number(of string: UnsafeBufferPointer<UInt8>) -> (number: Int, isNew: Bool) {
        var place = home(of: string)
        while places[place] != 0 {
            let number = Int(places[place]) - 1
            if equals(number, string) { return (number, false) }
            place = (place + 1) & (places.count - 1)
        }
        bytes.append(contentsOf: string)
        ends.append(bytes.count)
        places[place] = UInt32(ends.count)
        if ends.count * 2 >= places.count { grow() }
        return (ends.count - 1, true)
    }

    /// The string of a number.
    package subscript(number: Int) -> ArraySlice<UInt8> { bytes[range(number)] }

    private func range(_ number: Int) -> Range<Int> { (number == 0 ? 0 : ends[number - 1])..<ends[number] }

    private func home(of string: UnsafeBufferPointer<UInt8>) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: UnsafeRawBufferPointer(string))
        return hasher.finalize() & (places.count - 1)
    }

    private func equals(_ number: Int, _ string: UnsafeBufferPointer<UInt8>) -> Bool {
        let range = range(number)
        guard range.count == string.count else { return false }
        return bytes.withUnsafeBufferPointer { $0[range].elementsEqual(string) }
    }

    private mutating func grow() {
        places = [UInt32](repeating: 0, count: places.count * 2)
        for number in ends.indices {
            var place = bytes.withUnsafeBufferPointer { home(of: UnsafeBufferPointer(rebasing: $0[range(number)])) }
            while places[place] != 0 { place = (place + 1) & (places.count - 1) }
            places[place] = UInt32(number + 1)
        }
    }
}
