import AWSSQS
import FoundationEssentials
import ShrinkrBase
import ShrinkrCore
import ShrinkrProcess

/// How a dead letter is shown.
struct DeadLetterLine: Encodable {
    private enum CodingKeys: String, CodingKey {
        case journal, frame, clicks, reason, body
        case lastFrame = "last_frame"
        case messageID = "message_id"
        case sentAt = "sent_at"
        case receiveCount = "receive_count"
        case bytes
        case isCounted = "is_counted"
    }

    /// Most characters of a body that are shown.
    static let bodyCharacters = 1_000

    let messageID: String
    let sentAt: String?
    let receiveCount: Int
    let bytes: Int
    let journal: String?
    let frame: Int64?
    /// The same as ``frame`` where the message holds but one.
    let lastFrame: Int64?
    let clicks: Int?
    /// Whether all of it is in the ledger already; redriving it then changes nothing.
    let isCounted: Bool
    /// Why it is no frame.
    let reason: String?
    let body: String

    init(_ letter: DeadLetter, isCounted: Bool) {
        messageID = letter.message.id
        sentAt = letter.message.sentAt.map { Timestamp(milliseconds: $0).rfc3339 }
        receiveCount = letter.message.receiveCount
        bytes = letter.message.body.count
        journal = letter.frames?.first?.id.journal
        frame = letter.frames?.first?.id.number
        lastFrame = letter.frames?.last?.id.number
        clicks = letter.frames?.last?.clicks.upperBound
        self.isCounted = isCounted
        if case .failure(let error) = letter.content { reason = "\(error)" } else { reason = nil }
        body = String(String(decoding: letter.message.body, as: UTF8.self).prefix(Self.bodyCharacters))
    }

    /// One line, without its line feed.
    func formatted(_ format: OutputFormat) throws -> String {
        guard format == .text else {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
        let what =
            if let journal, let frame, let lastFrame, let clicks {
                (frame == lastFrame ? "frame \(frame)" : "frames \(frame) to \(lastFrame)")
                    + " of \(journal), \(clicks) clicks\(isCounted ? ", counted already" : "")"
            } else {
                "unreadable: \(reason ?? "")"
            }
        return [messageID, sentAt ?? "-", "received \(receiveCount)x", "\(bytes) bytes", what].joined(separator: "\t")
    }
}
