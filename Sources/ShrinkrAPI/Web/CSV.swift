import ShrinkrBase

/// A table as text (RFC 4180), in UTF-8.
struct CSV {
    static let type = "text/csv; charset=utf-8"

    private(set) var bytes: [UInt8] = []
    /// Rows beside the heading.
    private(set) var rows = -1

    init(_ heading: [String]) {
        append(heading)
    }

    mutating func append(_ cells: [String]) {
        bytes += CSVRow.bytes(cells)
        bytes += "\r\n".utf8
        rows += 1
    }
}
