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
    /// Those of which there is a copy in the folder `damaged`: what can be saved of them is.
    package internal(set) var regionsSetAside = 0
    /// Bytes of a record that the end of the file cuts short; in a journal in use it may just be being written.
    package internal(set) var tornBytes = 0

    init(_ name: SegmentName, bytes: Int, hasHeader: Bool) {
        self.name = name.text
        self.bytes = bytes
        self.hasHeader = hasHeader
    }

    /// Whether it has damage that was not set aside. A damaged header is set aside with the bytes behind it.
    var isDamaged: Bool { damagedRegions > regionsSetAside || (!hasHeader && regionsSetAside == 0) }

    mutating func take(_ event: SegmentScanner.Event, copies: Set<String>, folder: String) {
        switch event {
        case .click: records += 1
        case .seal: seals += 1
        case .torn(let range): tornBytes += range.count
        case .damage(let range):
            damagedRegions += 1
            damagedBytes += range.count
            if copies.contains(DamageFolder.copyName(of: name, range, folder: folder)) { regionsSetAside += 1 }
        }
    }
}
