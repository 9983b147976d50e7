/// Where finished log lines go.
package protocol LogOutput: Sendable {
    /// Whether a person reads along on a terminal; decides the default format and colours.
    var isTerminal: Bool { get }

    /// Writes one whole line, its line end included, without mixing it with lines of other threads. Never fails: a
    /// program must not stop for its log.
    func write(_ line: [UInt8])
}
