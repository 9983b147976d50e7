extension ClickFrame {
    /// The frame in version 1 of the wire format: one JSON object around clicks that ``Click/appendJSON(to:)`` has already
    /// encoded. ``FrameMessage`` reads it, and writes version 2.
    ///
    /// The same arguments always give the same bytes, so a frame may be sent twice.
    package static func encode(
        id: FrameID, clicks: some Sequence<some Collection<UInt8>>, isPartial: Bool = false
    ) -> [UInt8] {
        var bytes = Array(#"{"v":1,"journal":"\#(id.journal)","frame":\#(id.number),"#.utf8)
        // Readers that do not know the member count the frame as a whole.
        if isPartial { bytes.append(contentsOf: #""partial":true,"#.utf8) }
        bytes.append(contentsOf: #""clicks":["#.utf8)
        var isFirst = true
        for click in clicks {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: click)
            isFirst = false
        }
        bytes.append(contentsOf: "]}".utf8)
        return bytes
    }
}
