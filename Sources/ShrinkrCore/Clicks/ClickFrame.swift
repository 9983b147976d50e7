/// A sealed, numbered run of clicks from one journal: the unit that is sent, and counted once.
package struct ClickFrame: Hashable, Sendable {
    /// The newest version of the wire format that this code reads.
    package static let version = 2

    /// Which frame this is among all frames there are.
    package let id: FrameID
    package let clicks: [Click]
    /// Whether these may be only the first clicks of the frame: whoever made it did not end it, so that another message may
    /// hold more of it under the same name.
    package let isPartial: Bool

    package init(id: FrameID, clicks: [Click], isPartial: Bool = false) {
        self.id = id
        self.clicks = clicks
        self.isPartial = isPartial
    }
}

/// Names one frame for ever: the same name always means the same clicks, or, of a partial frame, the first of them.
package struct FrameID: Hashable, Sendable {
    /// The journal's identity: a UUID in lower-case text.
    package let journal: String
    /// Counts from 1 within the journal.
    package let number: Int64

    package init(journal: String, number: Int64) {
        self.journal = journal
        self.number = number
    }
}
