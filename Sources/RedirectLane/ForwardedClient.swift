/// Who a request comes from that a trusted proxy sent, where its fields leave no doubt (`ClientResolver`).
enum ForwardedClient {
    /// Most hops that are looked at here.
    private static let maximumHops = 8

    /// The client's address; nil where the ordinary way has to find out.
    static func find(
        _ request: SimpleRequest, of bytes: UnsafeRawBufferPointer, peer: ClientAddress, _ backend: any LaneBackend
    ) -> ClientAddress? {
        guard !request.hasForwarded else { return nil }
        guard request.forwardedFor.isPresent || request.realIP.isPresent else { return peer }
        var named: ClientAddress?
        if request.forwardedFor.isPresent {
            named = end(of: request.forwardedFor.of(bytes), backend)
            if named == nil { return nil }
        }
        guard request.realIP.isPresent else { return named }
        guard let single = address(request.realIP.of(bytes), backend), !backend.isTrusted(single),
            named == nil || named == single
        else { return nil }
        return single
    }

    /// The last address that is no trusted proxy, where all behind it are ones.
    private static func end(of list: UnsafeRawBufferPointer, _ backend: any LaneBackend) -> ClientAddress? {
        var end = list.count
        for _ in 0..<maximumHops {
            var start = end
            while start > 0, list[start - 1] != UInt8(ascii: ",") { start -= 1 }
            var first = start
            while first < end, list[first] == UInt8(ascii: " ") { first += 1 }
            var last = end
            while last > first, list[last - 1] == UInt8(ascii: " ") { last -= 1 }
            let hop = UnsafeRawBufferPointer(rebasing: list[first..<last])
            guard let address = address(hop, backend) else { return nil }
            if !backend.isTrusted(address) { return address }
            guard start > 0 else { return nil }
            end = start - 1
        }
        return nil
    }

    private static func address(_ text: UnsafeRawBufferPointer, _ backend: any LaneBackend) -> ClientAddress? {
        if let address = ClientAddress(ipv4: text) { return address }
        return text.contains(UInt8(ascii: ":")) ? backend.address(text) : nil
    }
}
