package import AWSSQS
import FoundationEssentials
package import ShrinkrCore

/// A message of the dead-letter queue, and what this version makes of it.
package struct DeadLetter: Sendable {
    package let message: SQSMessage
    /// The frame, or why the message is none.
    package let frame: Result<ClickFrame, ClickFrameError>

    package init(_ message: SQSMessage) {
        self.message = message
        frame = Result { () throws(ClickFrameError) in try ClickFrame(wire: Data(message.body.utf8)) }
    }

    /// The frame, if the message is one.
    package var readable: ClickFrame? { try? frame.get() }
}
