package import ShrinkrBase

/// Tells those who wait what becomes of a journal's frames, so that nobody has to look again and again.
package struct FrameSignals: Sendable {
    /// Sent when a frame has got its first record: it will have to be sealed.
    package let begun = ChangeSignal()
    /// Sent when there may be sealed frames to take that nobody has been told of.
    package let ended = ChangeSignal()
}
