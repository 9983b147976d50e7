#if PostgreSQL
/// A queue whose ends both cost constant time.
struct FIFO<Element> {
    private var elements: [Element?] = []
    private var head = 0

    var isEmpty: Bool { head == elements.count }
    var count: Int { elements.count - head }
    var first: Element? { isEmpty ? nil : elements[head] }

    mutating func append(_ element: Element) { elements.append(element) }

    /// Puts an element back in front of all others.
    mutating func prepend(_ element: Element) {
        if head > 0 {
            head -= 1
            elements[head] = element
        } else {
            elements.insert(element, at: 0)
        }
    }

    mutating func popFirst() -> Element? {
        guard !isEmpty else { return nil }
        defer {
            elements[head] = nil
            head += 1
            compact()
        }
        return elements[head]
    }

    /// Everything, in order.
    var all: some Sequence<Element> { elements[head...].lazy.compactMap { $0 } }

    /// Takes what `matches`.
    mutating func removeAll(where matches: (Element) -> Bool) -> [Element] {
        guard all.contains(where: matches) else { return [] }
        let taken = all.filter(matches)
        elements = all.filter { !matches($0) }
        head = 0
        return taken
    }

    /// Takes everything.
    mutating func removeAll() -> [Element] {
        defer { self = FIFO() }
        return elements[head...].compactMap { $0 }
    }

    /// Room in front is given back once it is half of all.
    private mutating func compact() {
        if head == elements.count {
            elements.removeAll(keepingCapacity: elements.capacity <= 4_096)
            head = 0
        } else if head > 64, head * 2 > elements.count {
            elements.removeFirst(head)
            head = 0
        }
    }
}
#endif
