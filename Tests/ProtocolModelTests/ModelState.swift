/// Everything that matters of the click path at one moment, in one word: where each frame is, and who knows what of it.
///
/// A frame stands for its clicks: they share its fate. Workers are alike, so states that differ only by which of them is
/// which are one.
struct ModelState: Hashable {
    /// Where a frame is in its producer's journal.
    enum Disk: UInt64 {
        case absent, open, sealed
        /// Acknowledged: the journal may have deleted it.
        case acknowledged
    }

    /// What a worker knows of a frame in its window. It does not know whether the queue has shown it to others since.
    enum Held: UInt64 {
        case no, received, committed
    }

    private var bits: UInt64 = 0

    /// - Parameter frame: 0 and up.
    private subscript(frame: Int, field: Field) -> UInt64 {
        get { bits >> UInt64(frame * Field.width + field.start) & field.mask }
        set {
            let shift = UInt64(frame * Field.width + field.start)
            bits = bits & ~(field.mask << shift) | newValue << shift
        }
    }

    private struct Field {
        /// Bits of a frame.
        static let width = 20
        let start: Int
        let mask: UInt64

        static let disk = Field(start: 0, mask: 3)
        static let answered = Field(start: 2, mask: 1)
        static let durable = Field(start: 3, mask: 1)
        static let accepted = Field(start: 4, mask: 1)
        static let visible = Field(start: 5, mask: 3)
        static let dead = Field(start: 7, mask: 1)
        static let counted = Field(start: 8, mask: 3)
        /// Two bits of each worker.
        static let held = [Field(start: 10, mask: 3), Field(start: 12, mask: 3)]
        static let hidden = [Field(start: 14, mask: 1), Field(start: 15, mask: 1)]
    }

    // MARK: The journal

    func disk(_ frame: Int) -> Disk { Disk(rawValue: self[frame, .disk]) ?? .absent }
    mutating func set(_ frame: Int, _ disk: Disk) { self[frame, .disk] = disk.rawValue }

    /// Whether the redirects of its clicks were answered.
    func isAnswered(_ frame: Int) -> Bool { self[frame, .answered] == 1 }
    mutating func setAnswered(_ frame: Int, _ value: Bool) { self[frame, .answered] = value ? 1 : 0 }

    /// Whether a power cut would leave it.
    func isDurable(_ frame: Int) -> Bool { self[frame, .durable] == 1 }
    mutating func setDurable(_ frame: Int, _ value: Bool) { self[frame, .durable] = value ? 1 : 0 }

    /// Whether its producer knows that the queue has it; forgotten when the producer dies.
    func isAccepted(_ frame: Int) -> Bool { self[frame, .accepted] == 1 }
    mutating func setAccepted(_ frame: Int, _ value: Bool) { self[frame, .accepted] = value ? 1 : 0 }

    // MARK: The queue

    /// Messages with the frame that any worker may receive.
    func visible(_ frame: Int) -> Int { Int(self[frame, .visible]) }
    mutating func addVisible(_ frame: Int, _ count: Int) { self[frame, .visible] = UInt64(visible(frame) + count) }

    /// Whether a message with the frame is hidden because this worker received it.
    func isHidden(_ frame: Int, by worker: Int) -> Bool { self[frame, .hidden[worker]] == 1 }
    mutating func setHidden(_ frame: Int, by worker: Int, _ value: Bool) {
        self[frame, .hidden[worker]] = value ? 1 : 0
    }

    /// Whether a message with the frame is in the dead-letter queue.
    func isDead(_ frame: Int) -> Bool { self[frame, .dead] == 1 }
    mutating func setDead(_ frame: Int, _ value: Bool) { self[frame, .dead] = value ? 1 : 0 }

    /// Messages with the frame, wherever they are.
    func messages(_ frame: Int) -> Int {
        visible(frame) + Int(self[frame, .hidden[0]] + self[frame, .hidden[1]] + self[frame, .dead])
    }

    // MARK: Workers and store

    func held(_ frame: Int, by worker: Int) -> Held { Held(rawValue: self[frame, .held[worker]]) ?? .no }
    mutating func setHeld(_ frame: Int, by worker: Int, _ value: Held) { self[frame, .held[worker]] = value.rawValue }

    /// How often its clicks were added to the counts.
    func counted(_ frame: Int) -> Int { Int(self[frame, .counted]) }
    mutating func count(_ frame: Int) { self[frame, .counted] = min(3, self[frame, .counted] + 1) }

    /// The state with the workers in a fixed order.
    func canonical(frames: Int) -> ModelState {
        var swapped = self
        for frame in 0..<frames {
            swapped[frame, .held[0]] = self[frame, .held[1]]
            swapped[frame, .held[1]] = self[frame, .held[0]]
            swapped[frame, .hidden[0]] = self[frame, .hidden[1]]
            swapped[frame, .hidden[1]] = self[frame, .hidden[0]]
        }
        return swapped.bits < bits ? swapped : self
    }
}
