/// A link that the lane may answer for: it leads to one place, always, for everybody.
package protocol LaneLink: AnyObject, Sendable {
    /// The code as its owner wrote it, which clicks carry.
    var laneCode: String { get }
    /// The value of `Location`: printable ASCII.
    var laneLocation: String { get }
    /// 301, 302, 307 or 308.
    var laneStatus: Int { get }
}

/// What the lane needs of the program around it. Called on any event loop, for several requests of a read at a time.
package protocol LaneBackend: AnyObject, Sendable {
    /// Whether the lane may answer at all now.
    var isOpen: Bool { get }
    /// What requests must not exceed, and which field names the country.
    var limits: RequestLimits { get }
    /// Unix time in milliseconds.
    func now() -> Int64
    /// The link that a code means, if it can be answered from memory and needs no further look; counts as a use of it.
    func link(_ code: UnsafeRawBufferPointer) -> (any LaneLink)?
    /// Whether what the address says of other addresses is believed.
    func isTrusted(_ address: ClientAddress) -> Bool
    /// Reads an address in any form; nil where the text is none.
    func address(_ text: UnsafeRawBufferPointer) -> ClientAddress?
    /// The visitor's hash.
    func visitor(_ address: ClientAddress, userAgent: UnsafeRawBufferPointer, at milliseconds: Int64) -> UInt64
    /// Records clicks, one behind the other in `clicks`. Returns when the operating system has those that can be recorded;
    /// only then are their redirects answered.
    ///
    /// - Parameter ends: where each click ends.
    func record(_ clicks: UnsafeRawBufferPointer, ends: [Int], at milliseconds: Int64)
}
