import ShrinkrCore
import Synchronization

/// The source that a cache reads: each read is answered by the test, which knows how many there were.
final class ScriptedLinks: Sendable {
    typealias Answer = @Sendable (_ read: Int) async throws -> Link?

    private let count = Mutex(0)
    private let answer: Answer

    /// - Parameter answer: gets the number of the read, from 1.
    init(_ answer: @escaping Answer) {
        self.answer = answer
    }

    var reads: Int { count.withLock { $0 } }

    func read(_ code: ShortCode) async throws -> Link? {
        let read = count.withLock { count in
            count += 1
            return count
        }
        return try await answer(read)
    }
}

extension Link {
    /// The link that was stored by its `version`-th change.
    static func sample(_ text: String = "a", version: Int = 1) -> Link {
        Link(
            code: ShortCode(text)!, settings: LinkSettings(url: "https://example.com/\(version)"), createdAt: midnight,
            updatedAt: midnight, version: version)
    }
}
