import ShrinkrBase

extension FrameMessage {
    /// The message in version 2 of the wire format.
    ///
    /// To a reader of version 1 it is a partial frame without clicks, the beginning of the first frame: such a reader enters
    /// that into the ledger, where the sender finds it, and counts nothing. So a message in version 2 harms nobody who
    /// cannot read it, and its frames can be sent again in version 1.
    package func packed() -> [UInt8] {
        guard let first = frames.first else { return [] }
        var text = PackedText(capacity: 1_024 + clicks.count * 64)
        text.write(#"{"v":1,"journal":""#)
        text.bytes.append(contentsOf: first.id.journal.utf8)
        text.write(#"","frame":"#)
        text.write(Int(first.id.number))
        text.write(#","partial":true,"clicks":[],"packed":{"version":2,"frames":"#)
        text.write(listOf: frames) { text, frame in
            text.write("[")
            text.write(Int(frame.id.number))
            text.write(",")
            text.write(frame.clicks.count)
            text.write(frame.isPartial ? ",1]" : "]")
        }
        text.write(#","codes":"#)
        text.write(listOf: codes) { $0.write(quoted: $1.text.utf8) }
        // In this order neighbours have much in common.
        let agents = userAgents.indices.sorted { UntrustedText.precedes(userAgents[$0], userAgents[$1]) }
        text.write(#","agents":"#)
        text.write(agents: agents.map { userAgents[$0].bytes })
        text.write(#","referrers":"#)
        text.write(listOf: referrers) { $0.write(quoted: $1.bytes) }
        text.write(#","languages":"#)
        text.write(listOf: languages) { $0.write(quoted: $1.bytes) }
        text.write(#","countries":"#)
        text.write(listOf: countries) { $0.write(quoted: $1.bytes) }
        let networks = networks.indices.sorted { self.networks[$0] < self.networks[$1] }
        text.write(#","networks":"#)
        var last: UInt64 = 0
        text.write(listOf: networks) { text, index in
            text.write(Int(self.networks[index].number - last))
            last = self.networks[index].number
        }
        var time = clicks.first?.time ?? ClickLimits.times.lowerBound.milliseconds
        text.write(#","time":"#)
        text.write(Int(time))
        text.write(#","clicks":"#)
        let places = (agents: Self.places(agents), networks: Self.places(networks))
        text.write(listOf: clicks) { text, row in
            var row = row
            row.userAgent = places.agents[Int(row.userAgent)]
            row.network = places.networks[Int(row.network)]
            text.write(row, after: time)
            time = row.time
        }
        text.write("}}")
        return text.bytes
    }

    /// The new number of each old one, 0 included.
    private static func places(_ order: [Int]) -> [UInt16] {
        var places = [UInt16](repeating: 0, count: order.count + 1)
        for (place, index) in order.enumerated() { places[index + 1] = UInt16(place + 1) }
        return places
    }
}

/// JSON that is written piece by piece.
private struct PackedText {
    var bytes: [UInt8] = []

    init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    mutating func write(_ json: StaticString) {
        json.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func write(_ number: Int) {
        guard number >= 0 else {
            bytes.append(UInt8(ascii: "-"))
            return write(-number)
        }
        var scale = 1
        while number / scale >= 10 { scale *= 10 }
        while scale > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(number / scale % 10))
            scale /= 10
        }
    }

    mutating func write<Items: Collection>(
        listOf items: Items, _ write: (inout PackedText, Items.Element) -> Void
    ) {
        bytes.append(UInt8(ascii: "["))
        var isFirst = true
        for item in items {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            write(&self, item)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// Writes a string, with escapes where they must be (RFC 8259, section 7).
    mutating func write(quoted text: some Sequence<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case ..<0x20:
                write(#"\u00"#)
                bytes.append(UInt8(ascii: "0") + (byte >> 4))
                bytes.append(Self.hexadecimal[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static let hexadecimal = Array("0123456789abcdef".utf8)

    /// Writes user agents in order, each without what it begins with as the one before it.
    mutating func write(agents: [ArraySlice<UInt8>]) {
        var last: ArraySlice<UInt8> = []
        write(listOf: agents) { text, agent in
            var shared = zip(last, agent).prefix { $0 == $1 }.count
            // Cut between scalars: a byte that continues one is 10xxxxxx.
            while shared > 0, shared < agent.count, agent[agent.startIndex + shared] & 0xC0 == 0x80 { shared -= 1 }
            last = agent
            // Below that the brackets cost more.
            guard shared > 6 else { return text.write(quoted: agent) }
            text.write("[")
            text.write(shared)
            text.write(",")
            text.write(quoted: agent.dropFirst(shared))
            text.write("]")
        }
    }

    /// Writes a click.
    mutating func write(_ row: FrameMessage.Row, after time: Int64) {
        write("[")
        write(Int(row.time - time))
        for number in [row.code, row.userAgent, row.referrer, row.language, row.country, row.network] {
            write(",")
            write(Int(number))
        }
        if row.traits.contains(.visitor) {
            write(",\"")
            VisitorDigits.append(row.visitor, to: &bytes)
            write("\"")
        } else {
            write(",0")
        }
        let traits = row.traits.intersection(.written)
        if !traits.isEmpty || row.hints != 0 {
            write(",")
            write(Int(traits.rawValue))
        }
        if row.hints != 0 {
            write(",")
            write(Int(row.hints))
        }
        write("]")
    }
}
