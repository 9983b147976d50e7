/// The rule for the URL of the click queue.
enum ClickQueueURL {
    /// What is wrong with the text, as the rest of a sentence; nil where it names a standard SQS queue.
    static func problem(_ text: String) -> String? {
        guard let scheme = ["https://", "http://"].first(where: { text.utf8.starts(with: $0.utf8) }) else {
            return text.utf8.starts(with: "arn:".utf8)
                ? "is '\(shown(text))', the queue's ARN, not its URL" : "is '\(shown(text))', not an http(s) URL"
        }
        let parts = text.utf8.dropFirst(scheme.utf8.count)
            .split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count >= 2, let host = parts.first, !host.isEmpty, let name = parts.last,
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") })
        else { return "is '\(shown(text))', not the URL of a queue" }
        if name.reversed().starts(with: ".fifo".utf8.reversed()) {
            return
                "is '\(shown(text))', a FIFO queue; Shrinkr needs a standard one, since its frames have numbers of their own"
        }
        // Amazon SQS developer guide, "Amazon SQS queue and message identifiers".
        let isName =
            (1...80).contains(name.count)
            && name.allSatisfy {
                (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || "-_".utf8.contains($0)
            }
        return isName ? nil : "is '\(shown(text))', which ends in no queue's name"
    }

    private static func shown(_ text: String) -> Substring { text.prefix(200) }
}
