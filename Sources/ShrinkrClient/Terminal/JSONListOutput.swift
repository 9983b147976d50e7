package import ShrinkrBase

/// Prints one JSON document with a long list in it, item by item as they come.
package struct JSONListOutput: Sendable {
    private let name: StaticString
    private let output: Output
    private var count = 0

    /// - Parameter name: of the list in the document.
    package init(_ name: StaticString, output: Output) {
        self.name = name
        self.output = output
    }

    package mutating func write(_ items: [JSONValue]) throws {
        guard !items.isEmpty else { return }
        // A comma stands in front of all items but the first, so that the last needs not be known.
        let lines = items.enumerated().map { index, item in
            (count + index == 0 ? "{\"\(name)\":[\n" : ",") + TerminalText.json(item)
        }
        count += items.count
        try output.write(lines)
    }

    package mutating func finish() throws {
        try output.write(count == 0 ? "{\"\(name)\":[]}" : "]}")
    }
}
