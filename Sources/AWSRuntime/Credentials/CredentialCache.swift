package import Logging
import Synchronization

/// Holds the current credentials and refreshes them, one refresh at a time for all callers.
///
/// A lock instead of an actor: the common case is one read per call, and a cancelled waiter must leave at once, which
/// an actor could only do by a stray task. A caller that gives up never cancels the refresh of the others.
package final class CredentialCache: Sendable {
    private struct Storage: Sendable {
        var state = CredentialCacheState()
        var refresh: Task<Void, Never>?
        var waiters: [UInt64: CheckedContinuation<AWSCredentials, any Error>] = [:]
        var isShutDown = false
    }

    private let provider: any CredentialProvider
    private let clock: CorrectedClock
    private let logger: Logger
    private let storage = Mutex(Storage())
    private let nextWaiter = Atomic<UInt64>(0)

    /// Makes an empty cache in front of a provider.
    package init(_ provider: any CredentialProvider, clock: CorrectedClock, logger: Logger) {
        self.provider = provider
        self.clock = clock
        self.logger = logger
    }

    /// The credentials to sign with now.
    ///
    /// - Throws: `AWSError` when there are none and none can be fetched; `CancellationError` promptly.
    package func credentials() async throws -> AWSCredentials {
        let id = nextWaiter.wrappingAdd(1, ordering: .relaxed).newValue
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let ready = storage.withLock { decide(&$0, waiter: id, continuation) }
                if let ready { continuation.resume(with: ready) }
            }
        } onCancel: {
            let waiter = storage.withLock { $0.waiters.removeValue(forKey: id) }
            waiter?.resume(throwing: CancellationError())
        }
    }

    /// Forgets credentials that AWS refused as expired.
    package func invalidate(_ refused: AWSCredentials) {
        storage.withLock { $0.state.invalidate(refused) }
    }

    /// Cancels a refresh under way and fails those who wait for it.
    package func shutdown() async {
        let (refresh, waiters) = storage.withLock { storage in
            storage.isShutDown = true
            defer { storage.waiters = [:] }
            return (storage.refresh, storage.waiters)
        }
        for waiter in waiters.values { waiter.resume(throwing: Self.shutDown) }
        refresh?.cancel()
        await refresh?.value
    }

    private static let shutDown = AWSError(.credentials, "The AWS client has been shut down")

    /// Answers at once, or registers a waiter in the same step, so that no refresh can end in between.
    private func decide(
        _ storage: inout Storage,
        waiter id: UInt64,
        _ continuation: CheckedContinuation<AWSCredentials, any Error>
    ) -> Result<AWSCredentials, any Error>? {
        if storage.isShutDown { return .failure(Self.shutDown) }
        // Cancelled before registration: the handler has run already and would not find this waiter.
        if Task.isCancelled { return .failure(CancellationError()) }
        switch storage.state.request(now: clock.now) {
        case .use(let credentials):
            return .success(credentials)
        case .useAndRefresh(let credentials):
            startRefresh(&storage)
            return .success(credentials)
        case .refreshAndWait:
            startRefresh(&storage)
        case .wait:
            break
        }
        storage.waiters[id] = continuation
        return nil
    }

    private func startRefresh(_ storage: inout Storage) {
        // Kept, bounded by the provider's timeouts, and cancelled by `shutdown()`.
        storage.refresh = Task {
            do {
                guard let credentials = try await provider.fetch() else { throw Self.nothingFound }
                finishRefresh(.success(credentials))
            } catch {
                logger.debug("AWS credentials could not be fetched", metadata: ["error": "\(error)"])
                finishRefresh(.failure(error))
            }
        }
    }

    private static let nothingFound = AWSError(
        .credentials,
        "No AWS credentials were found; looked at AWS_ACCESS_KEY_ID, AWS_WEB_IDENTITY_TOKEN_FILE, the AWS profile "
            + "files, the container credentials endpoint and EC2 instance metadata"
    )

    private func finishRefresh(_ result: Result<AWSCredentials, any Error>) {
        let now = clock.now
        let waiters = storage.withLock { storage in
            storage.state.refreshed(try? result.get(), now: now)
            storage.refresh = nil
            defer { storage.waiters = [:] }
            return storage.waiters
        }
        for waiter in waiters.values { waiter.resume(with: result) }
    }
}
