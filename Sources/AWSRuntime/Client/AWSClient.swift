package import AsyncHTTPClient
package import Logging
import NIOHTTP1
import Synchronization

/// Calls AWS services: endpoint, then attempts of credentials, signature, sending and judging the answer.
///
/// One per process: it holds the connections, the credentials, the retry quota and what is known of the clock.
package final class AWSClient: Sendable {
    /// The region of every call.
    package let region: String

    private let environment: AWSEnvironment
    private let credentials: CredentialCache
    private let transport: any AWSTransport
    private let retryPolicy: RetryPolicy
    private let seams: AWSSeams
    private let clock: CorrectedClock
    private let logger: Logger
    private let keys = SigningKeyCache()
    private let quota = Mutex(RetryQuota())
    private let ownedHTTPClient: HTTPClient?

    /// Makes a client from its parts; `make(environment:logger:)` is the usual way.
    ///
    /// - Parameters:
    ///   - environment: Where endpoints are configured.
    ///   - region: The region of every call.
    ///   - credentials: Where credentials come from; they are cached and refreshed here.
    ///   - transport: How requests are sent.
    ///   - ownedHTTPClient: A client that `shutdown()` shuts down along.
    package init(
        environment: AWSEnvironment,
        region: String,
        credentials: any CredentialProvider,
        transport: any AWSTransport,
        retryPolicy: RetryPolicy = RetryPolicy(),
        seams: AWSSeams = AWSSeams(),
        logger: Logger,
        ownedHTTPClient: HTTPClient? = nil
    ) {
        let clock = CorrectedClock(seams.now)
        self.environment = environment
        self.region = region
        self.credentials = CredentialCache(credentials, clock: clock, logger: logger)
        self.transport = transport
        self.retryPolicy = retryPolicy
        self.seams = seams
        self.clock = clock
        self.logger = logger
        self.ownedHTTPClient = ownedHTTPClient
    }

    /// The endpoint of a service, as configured or by region.
    ///
    /// - Throws: `AWSError` with code `configuration` when a configured URL is malformed.
    package func endpoint(for service: AWSService) throws -> ServiceEndpoint {
        try environment.endpoint(for: service, region: region)
    }

    /// Fetches credentials now, so that a service can refuse to start without any.
    ///
    /// - Throws: `AWSError` with code `credentials` when none are found or their source fails.
    package func checkCredentials() async throws {
        _ = try await credentials.credentials()
    }

    /// Makes a call, trying again as the retry policy says.
    ///
    /// A call whose answer was lost may have been carried out and is made again: use it for operations where that
    /// does no harm.
    ///
    /// - Returns: The response, always with a 2xx status.
    /// - Throws: `AWSError`; `CancellationError` promptly when the task is cancelled.
    package func execute(_ request: AWSRequest) async throws -> TransportResponse {
        var state = RetryState(policy: retryPolicy, attemptTimeout: request.attemptTimeout, now: seams.uptime())
        while true {
            try Task.checkCancellation()
            let current = try await credentials.credentials()
            let failure: AttemptFailure
            switch try await attempt(request, with: current, timeout: state.timeoutOfAttempt(now: seams.uptime())) {
            case .success(let response):
                quota.withLock { state.succeeded(quota: &$0) }
                return response
            case .failure(let error):
                failure = error
            }
            let action = next(&state, after: failure)
            log(failure, action: action, attempt: state.attempt, request: request)
            switch action {
            case .retry(let delay): try await seams.sleep(delay)
            case .correctClock: continue
            case .renewCredentials: credentials.invalidate(current)
            case .giveUp: throw failure.error
            }
        }
    }

    /// Waits as long as before the n-th retry of a failed attempt; for retries of parts of a call, such as the failed
    /// entries of a batch.
    ///
    /// - Throws: `CancellationError`.
    package func backOff(beforeRetry retry: Int) async throws {
        let random = seams.random()
        try await seams.sleep(
            retryPolicy.delay(beforeRetry: retry, after: .transient, serverAsks: nil, random: random)
        )
    }

    /// Stops refreshing credentials and closes the connections, if this client made them.
    ///
    /// To be called once, after the last call has returned.
    package func shutdown() async throws {
        await credentials.shutdown()
        try await ownedHTTPClient?.shutdown()
    }

    private func attempt(
        _ request: AWSRequest,
        with credentials: AWSCredentials,
        timeout: Duration
    ) async throws -> Result<TransportResponse, AttemptFailure> {
        let time = clock.now
        let signed = request.signed(with: credentials, region: region, time: time, keys: keys, timeout: timeout)
        do {
            let response = try await transport.send(signed)
            if response.isSuccess { return .success(response) }
            return .failure(AttemptFailure(response, request: request, signedAt: time))
        } catch let error as AWSError {
            return .failure(AttemptFailure(error, signedAt: time))
        }
    }

    private func next(_ state: inout RetryState, after failure: AttemptFailure) -> RetryState.Action {
        let clockDiffers = failure.kind == .clockSkew && clock.learn(failure.serverTime, signedAt: failure.signedAt)
        let now = seams.uptime()
        let random = seams.random()
        return quota.withLock { quota in
            state.failed(
                failure.kind,
                clockDiffers: clockDiffers,
                serverAsks: failure.serverAsks,
                now: now,
                random: random,
                quota: &quota
            )
        }
    }

    private func log(_ failure: AttemptFailure, action: RetryState.Action, attempt: Int, request: AWSRequest) {
        logger.debug(
            "AWS attempt failed",
            metadata: [
                "aws.service": "\(request.service.signingName)",
                "aws.operation": "\(request.operation)",
                "aws.attempt": "\(attempt)",
                "aws.next": "\(action)",
                "error": "\(failure.error)",
            ]
        )
    }
}
