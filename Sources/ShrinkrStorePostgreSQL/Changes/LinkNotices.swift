#if PostgreSQL
import Logging
import PostgreSQLClient
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import Synchronization

/// Hears which links other processes change, from the first time that somebody waits for it.
///
/// What is missed while there is no connection is in the change feed. Behind a pooler that shares connections by
/// transactions (PgBouncer) nothing is heard, so that the feed alone tells of changes.
final class LinkNotices: Sendable {
    /// The channel on which keys of changed codes are told.
    static let channel = "shrinkr_links"

    private struct State {
        var listener: PostgreSQLListener?
        /// Whether it was said that nothing is heard.
        var isLost = false
        var isClosed = false
    }

    private let configuration: PostgreSQLConfiguration
    private let logger: Logger
    private let state = Mutex(State())

    init(_ configuration: PostgreSQLConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// See `LinkStore.changedLinks(within:)`. One task at a time waits.
    func next(within limit: Duration) async throws -> [ShortCode] {
        let end = ContinuousClock.now + limit
        guard let listener = openListener() else {
            throw StoreError.unavailable(reason: "the store is closed")
        }
        while true {
            switch await listener.wait(upTo: max(.zero, end - .now)) {
            case .notices(let payloads):
                return payloads.compactMap { payload in UntrustedText(bytes: payload).ascii.flatMap { ShortCode($0) } }
            case .connected: heard()
            case .lost(let reason):
                lost(reason)
                // The feed is read all the same; a closed listener would say so at once, again and again.
                try await Task.sleep(until: end)
                return []
            case .nothing:
                try Task.checkCancellation()
                return []
            }
        }
    }

    func close() async {
        let listener = state.withLock { state in
            state.isClosed = true
            return state.listener
        }
        await listener?.close()
    }

    private func openListener() -> PostgreSQLListener? {
        state.withLock { state in
            if state.isClosed { return nil }
            if let listener = state.listener { return listener }
            let listener = PostgreSQLListener(configuration, channel: Self.channel, logger: logger)
            state.listener = listener
            return listener
        }
    }

    private func lost(_ reason: String) {
        let isNew = state.withLock { state in
            defer { state.isLost = true }
            return !state.isLost && !state.isClosed
        }
        guard isNew else { return }
        logger.warning(
            "Changes of links by other processes are seen up to a second late: notices cannot be heard",
            metadata: ["error": "\(reason)"])
    }

    private func heard() {
        let wasLost = state.withLock { state in
            defer { state.isLost = false }
            return state.isLost
        }
        if wasLost { logger.info("Notices of changed links are heard again") }
    }
}
#endif
