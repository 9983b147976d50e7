import NIOCore
import RedirectLane

/// What the redirect lane and the ordinary way have to know of each other on one connection.
final class LanePlace: LaneConnection {
    private let place: OpenConnections.Place
    private let writeDeadline: WriteDeadline

    /// - Parameter writeDeadline: the connection's one, whoever writes.
    init(place: OpenConnections.Place, writeDeadline: WriteDeadline) {
        self.place = place
        self.writeDeadline = writeDeadline
    }

    var isStalled: Bool { writeDeadline.isRunning }

    func didFlush(_ context: ChannelHandlerContext) { writeDeadline.didFlush(context) }

    func becameIdle(at time: NIODeadline) { place.becameIdle(at: time) }
}
