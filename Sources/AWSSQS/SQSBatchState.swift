import AWSRuntime

/// The life of entries that are sent in batches: which go together, which are tried again, what became of each.
///
/// Pure: it says what to send and is told what came back. Entries are known by their position.
struct SQSBatchState<Success: Sendable>: Sendable {
    /// What to do next.
    enum Step: Sendable, Equatable {
        /// Send these entries in one request.
        case send([Int])
        /// Wait before the n-th retry.
        case pause(retry: Int)
        /// Every entry has its result.
        case finished
    }

    private let sizes: [Int]
    private let maximumBytes: Int
    private var pending: [Int]
    private var again: [Int] = []
    private var attempt = 1
    private var outcomes: [Result<Success, AWSError>?]

    /// Begins with one size in bytes per entry; entries that must not be sent are then refused.
    init(sizes: [Int], maximumBytes: Int) {
        self.sizes = sizes
        self.maximumBytes = maximumBytes
        self.pending = Array(sizes.indices)
        self.outcomes = Array(repeating: nil, count: sizes.count)
    }

    /// Gives an entry a failure without sending it.
    mutating func refuse(_ entry: Int, _ error: AWSError) {
        outcomes[entry] = .failure(error)
        pending.removeAll { $0 == entry }
    }

    /// Decides what comes next, and takes the entries to send off the list.
    mutating func next() -> Step {
        if !pending.isEmpty { return .send(takeBatch()) }
        if again.isEmpty { return .finished }
        pending = again.sorted()
        again = []
        attempt += 1
        return .pause(retry: attempt - 1)
    }

    /// Notes the answer to a batch. An entry that fails for a moment is tried again, up to a limit.
    mutating func answered(_ batch: [Int], _ answers: [Int: Result<Success, AWSError>]) {
        for entry in batch {
            let answer = answers[entry] ?? .failure(Self.unanswered)
            outcomes[entry] = answer
            if case .failure(let error) = answer, error.isRetryable, attempt < SQSLimits.entryAttempts {
                again.append(entry)
            }
        }
    }

    /// Notes that a batch's request failed as a whole, after its own retries.
    ///
    /// When the service is in trouble, the entries not sent yet get the same error: each request would wait in vain.
    mutating func failed(_ batch: [Int], _ error: AWSError) {
        for entry in batch { outcomes[entry] = .failure(error) }
        guard error.isRetryable || error.code == .credentials else { return }
        for entry in pending { outcomes[entry] = .failure(error) }
        pending = []
        again = []
    }

    /// One result per entry, in their order; complete once `next()` has said `finished`.
    var results: [Result<Success, AWSError>] {
        outcomes.map { $0 ?? .failure(Self.unanswered) }
    }

    private mutating func takeBatch() -> [Int] {
        var batch: [Int] = []
        var bytes = 0
        for entry in pending {
            if batch.count == SQSLimits.batchEntries || (bytes + sizes[entry] > maximumBytes && !batch.isEmpty) {
                break
            }
            batch.append(entry)
            bytes += sizes[entry]
        }
        pending.removeFirst(batch.count)
        return batch
    }

    private static var unanswered: AWSError {
        AWSError(.malformedResponse, "SQS did not say what became of the entry", isRetryable: true)
    }
}
