import Glibc
import NIOCore

/// Gives up a connection whose client does not take its answers.
///
/// While bytes wait for the kernel, some have to leave within the timeout, and all in all ``WriteProgress/minimumRate`` of them: else a
/// client that takes a byte now and then would keep its place for ever. The amount that waits falls only when the kernel
/// takes bytes, so looking at it around each write finds every progress.
/// A timer runs only while something waits. It looks a few times within the timeout, and is not moved by progress.
///
/// ``RequestGuard`` owns it and tells it of writes and flushes, all on the channel's event loop.
final class WriteDeadline {
    /// The longest timeout once the server shuts down.
    static let quiescingTimeout = TimeAmount.seconds(5)
    /// How often to look within one timeout: a connection is closed at most this fraction of it late.
    private static let looks: Int64 = 4

    private var timeout: TimeAmount
    private var timer: Scheduled<Void>?
    private var progress = WriteProgress()
    private let place: OpenConnections.Place

    /// - Parameters:
    ///   - timeout: How long bytes may wait without any of them leaving.
    ///   - place: Learns whether something waits.
    init(timeout: TimeAmount, place: OpenConnections.Place) {
        self.timeout = timeout
        self.place = place
    }

    /// Whether something waits.
    var isRunning: Bool { timer != nil }

    /// Call before each write; with nothing waiting it costs nothing.
    func willWrite(_ context: ChannelHandlerContext) {
        if timer != nil { look(context) }
    }

    /// Call after each write.
    func didWrite(_ context: ChannelHandlerContext) {
        if timer != nil { progress.added(pending: Self.pendingBytes(context)) }
    }

    /// Call after each flush: what waits now did not fit into the kernel's buffer.
    func didFlush(_ context: ChannelHandlerContext) {
        guard timer == nil else { return look(context) }
        let pending = Self.pendingBytes(context)
        guard pending > 0 else { return }
        progress.begin(pending: pending, at: context.eventLoop.now)
        place.becameStalled()
        startTimer(context)
    }

    /// Ends the connection if something still waits, because others need its place.
    func closeIfStalled(_ context: ChannelHandlerContext) {
        guard timer != nil else { return }
        look(context)
        if progress.pendingBytes > 0 { giveUp(context) }
    }

    /// Shortens the timeout; bytes that have waited longer than that already end the connection now.
    func quiesce(_ context: ChannelHandlerContext) {
        timeout = min(timeout, Self.quiescingTimeout)
        guard timer != nil else { return }
        timer?.cancel()
        timer = nil
        check(context)
    }

    /// Call when the connection is gone.
    func stop() {
        timer?.cancel()
        timer = nil
        place.becameFluent()
    }

    private func look(_ context: ChannelHandlerContext) {
        progress.saw(pending: Self.pendingBytes(context), at: context.eventLoop.now)
        if progress.pendingBytes == 0 { stop() }
    }

    private func startTimer(_ context: ChannelHandlerContext) {
        let nextLook = context.eventLoop.now + .nanoseconds(timeout.nanoseconds / Self.looks)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(deadline: min(nextLook, progress.end(timeout: timeout))) {
            let (deadline, context) = bound.value
            deadline.timer = nil
            deadline.check(context)
        }
    }

    private func check(_ context: ChannelHandlerContext) {
        look(context)
        guard progress.pendingBytes > 0 else { return }
        guard context.eventLoop.now >= progress.end(timeout: timeout) else { return startTimer(context) }
        giveUp(context)
    }

    private func giveUp(_ context: ChannelHandlerContext) {
        // Without this the kernel would keep its part of the answers, and go on offering them, for minutes (socket(7)).
        let abort = linger(l_onoff: 1, l_linger: 0)
        _ = (context.channel as? any SocketOptionProvider)?.setSoLinger(abort)
        context.close(promise: nil)
    }

    private static func pendingBytes(_ context: ChannelHandlerContext) -> Int {
        // A channel that cannot tell is closed.
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }
}
