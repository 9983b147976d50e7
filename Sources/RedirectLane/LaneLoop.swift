import NIOCore
import Synchronization

/// What the lanes of one event loop share: the clicks and answers of its present turn, which are written together.
///
/// All clicks of a turn go to the journal with one call, and then the answers to their connections, one write for each.
/// Only its event loop uses it.
final class LaneLoop {
    /// Bytes of clicks, or of answers, after which a turn is over early. A client that does not read holds the answers of
    /// all others in its turn, so this bounds what it costs.
    private static let turnBytes = 128 * 1_024

    let backend: any LaneBackend
    private let eventLoop: any EventLoop
    /// The clicks of this turn, one behind the other.
    private var clicks = [UInt8](repeating: 0, count: turnBytes + ClickWriter.maximumBytes)
    private var clickBytes = 0
    /// Where each of them ends.
    private var ends: [Int] = []
    /// The answers of this turn, one behind the other, and whose they are.
    private var answers = ByteBuffer()
    private var receivers: [(lane: RedirectLane, start: Int, end: Int)] = []
    private var writer = AnswerWriter()
    private var isScheduled = false
    /// Unix time in milliseconds, read once a turn.
    private var wallTime: Int64 = 0
    /// The same moment on the event loops' clock.
    private(set) var now = NIODeadline.now()

    init(backend: any LaneBackend, eventLoop: any EventLoop) {
        self.backend = backend
        self.eventLoop = eventLoop
    }

    /// Unix time in milliseconds of this turn, which begins with the first call.
    func beginTurn() -> Int64 {
        guard ends.isEmpty else { return wallTime }
        wallTime = backend.now()
        now = .now()
        writer.readClock()
        return wallTime
    }

    /// Takes the click and the answer of a request into this turn.
    func add(
        _ request: SimpleRequest, of bytes: UnsafeRawBufferPointer, link: any LaneLink, address: ClientAddress?,
        visitor: UInt64?, for lane: RedirectLane
    ) {
        clicks.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            var click = ClickWriter(start + clickBytes)
            click.write(
                request, of: bytes, code: link.laneCode, at: wallTime, address: address, visitor: visitor)
            clickBytes += click.count
        }
        ends.append(clickBytes)
        let start = answers.writerIndex
        writer.write(
            link.laneStatus, location: link.laneLocation, requestID: request.requestID.of(bytes), into: &answers)
        if let last = receivers.indices.last, receivers[last].lane === lane {
            receivers[last].end = answers.writerIndex
        } else {
            receivers.append((lane, start, answers.writerIndex))
        }
        if clickBytes >= Self.turnBytes || answers.readableBytes >= Self.turnBytes {
            commit()
        } else if !isScheduled {
            isScheduled = true
            let bound = NIOLoopBound(self, eventLoop: eventLoop)
            eventLoop.execute {
                bound.value.isScheduled = false
                bound.value.commit()
            }
        }
    }

    /// Ends the turn: records its clicks, and then answers.
    func commit() {
        guard !ends.isEmpty else { return }
        clicks.withUnsafeBytes { bytes in
            backend.record(UnsafeRawBufferPointer(rebasing: bytes[..<clickBytes]), ends: ends, at: wallTime)
        }
        clickBytes = 0
        ends.removeAll(keepingCapacity: true)
        // What a write sets off may begin the next turn.
        var sent: [(lane: RedirectLane, start: Int, end: Int)] = []
        swap(&sent, &receivers)
        var buffer = ByteBuffer()
        swap(&buffer, &answers)
        for (lane, start, end) in sent {
            if let slice = buffer.getSlice(at: start, length: end - start) { lane.send(slice) }
        }
        guard receivers.isEmpty else { return }
        sent.removeAll(keepingCapacity: true)
        swap(&sent, &receivers)
        // Without a copy where the kernel has taken all.
        buffer.clear()
        swap(&buffer, &answers)
    }
}

/// The ``LaneLoop`` of each event loop.
package final class LaneLoops: Sendable {
    let backend: any LaneBackend
    private let loops = Mutex<[ObjectIdentifier: NIOLoopBound<LaneLoop>]>([:])

    package init(backend: any LaneBackend) {
        self.backend = backend
    }

    /// Call on the event loop.
    func loop(of eventLoop: any EventLoop) -> LaneLoop {
        let bound = loops.withLock { loops in
            if let known = loops[ObjectIdentifier(eventLoop)] { return known }
            let made = NIOLoopBound(LaneLoop(backend: backend, eventLoop: eventLoop), eventLoop: eventLoop)
            loops[ObjectIdentifier(eventLoop)] = made
            return made
        }
        return bound.value
    }
}
