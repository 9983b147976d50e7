/// What one segment file holds.
package struct SegmentInspection: Sendable, Hashable {
    /// The file's name.
    package let name: String
    package let bytes: Int
    /// Whether its header can be read.
    package let hasHeader: Bool
    /// Intact click records.
    package internal(set) var records = 0
    /// Intact seals.
    package internal(set) var seals = 0
    /// Bytes that are no record.
    package internal(set) var damagedBytes = 0
    /// Stretches of such bytes.
    package internal(set) var damagedRegions = 0
    /// Bytes of a record that the end of the file cuts short; in a journal in use it may just be being written.
    package internal(set) var tornBytes = 0

    init(_ name: SegmentName, bytes: Int, hasHeader: Bool) {
        self.name = name.text
        self.bytes = bytes
        self.hasHeader = hasHeader
    }

    mutating func take(_ event: SegmentScanner.Event) {
        switch event {
        case .click: records += 1
        case .seal: seals += 1
        case .torn(let range): tornBytes += range.count
        case .damage(let range):
            damagedRegions += 1
            damagedBytes += range.count
        }
    }
}
