import Synchronization

/// The journal's state behind its mutex, and what others need of it without waiting for that.
///
/// The mutex is held while records are written, and a disk that stalls keeps it for seconds. Whoever only asks for numbers
/// reads a ``Glance``: it is as new as the last call of ``withLock(_:)`` that has ended.
struct SharedCore: ~Copyable, Sendable {
    struct Glance: Sendable {
        let status: JournalStatus
        let sealer: FrameSealer
        /// The last sealed frame that is not acknowledged; nil where there is none.
        let lastFrame: UInt64?
        let isClosed: Bool
        let needsSync: Bool

        init(_ core: borrowing JournalCore) {
            status = core.currentStatus()
            sealer = core.sealer
            lastFrame = core.index.entries.last?.number
            isClosed = core.isClosed
            needsSync = core.needsSync
        }
    }

    private let core: Mutex<JournalCore>
    private let last: Mutex<Glance>

    init(_ core: JournalCore) {
        last = Mutex(Glance(core))
        self.core = Mutex(core)
    }

    /// Looks at the state or changes it, alone. Who holds the mutex writes to the disk.
    func withLock<Value: Sendable, Failure: Error>(
        _ body: (inout JournalCore) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try core.withLock { core throws(Failure) in
            // While the mutex is held, so that no older glance follows a newer one.
            defer { last.withLock { [glance = Glance(core)] in $0 = glance } }
            return try body(&core)
        }
    }

    /// The numbers as they are between two changes, at once.
    var glance: Glance { last.withLock(\.self) }
}
