import Crypto
import ShrinkrBase
import ShrinkrCore
import Testing

@testable import ShrinkrAPI

@Suite struct VisitorHasherTests {
    private let hasher = VisitorHasher()
    private let ann = IPAddress("198.51.100.77")
    /// The first instant of a day.
    private let midnight = Timestamp(seconds: 1_773_100_800)

    @Test func oneVisitorIsOneWithinADay() throws {
        let first = try #require(hasher.hash(address: ann, userAgent: "A", at: midnight))
        #expect(
            hasher.hash(address: ann, userAgent: "A", at: midnight.advanced(by: .milliseconds(86_399_999))) == first)
        #expect(hasher.hash(address: ann, userAgent: "A", at: midnight.advanced(by: .seconds(86_400))) != first)
        #expect(hasher.hash(address: ann, userAgent: "A", at: midnight.advanced(by: .milliseconds(-1))) != first)
        // Time may go back, as it does between threads.
        #expect(hasher.hash(address: ann, userAgent: "A", at: midnight) == first)
    }

    @Test func otherVisitorsDiffer() {
        let given: [(String?, String?)] = [
            ("198.51.100.77", "A"), ("198.51.100.77", "B"), ("198.51.100.77", nil), ("198.51.100.78", "A"),
            ("2001:db8::1", "A"),
        ]
        let hashes = given.map { address, agent in
            hasher.hash(address: address.flatMap { IPAddress($0) }, userAgent: agent, at: midnight)
        }
        #expect(Set(hashes).count == given.count)
        #expect(!hashes.contains(nil))
    }

    @Test func unknownAddressIsNoVisitor() {
        #expect(hasher.hash(address: nil, userAgent: "A", at: midnight) == nil)
    }

    /// Processes agree on visitors exactly where they share the day's key.
    @Test func sharedKeyDecides() {
        let other = VisitorHasher()
        func hashes(at time: Timestamp) -> Set<VisitorHash?> {
            [hasher, other].reduce(into: []) { $0.insert($1.hash(address: ann, userAgent: "A", at: time)) }
        }
        #expect(hashes(at: midnight).count == 2)
        let key = SymmetricKey(size: .bits256)
        for hasher in [hasher, other] { hasher.share(key, ofDay: midnight.utcDay) }
        #expect(hashes(at: midnight).count == 1)
        #expect(hashes(at: midnight.advanced(by: .seconds(86_400))).count == 2)
    }

    @Test func droppedKeyIsNotHadAgain() {
        let hash = hasher.hash(address: ann, userAgent: "A", at: midnight)
        hasher.keepKeys(ofDays: midnight.utcDay...midnight.utcDay)
        #expect(hasher.hash(address: ann, userAgent: "A", at: midnight) == hash)
        hasher.keepKeys(ofDays: (midnight.utcDay + 1)...(midnight.utcDay + 2))
        #expect(hasher.hash(address: ann, userAgent: "A", at: midnight) != hash)
    }

    /// Text of the one must not slide into the other: an address is followed by the user agent without a mark between.
    @Test func addressAndUserAgentDoNotMix() {
        let four = hasher.hash(address: IPAddress("65.65.65.65"), userAgent: "AAAAAAAAAAAA", at: midnight)
        let six = hasher.hash(
            address: IPAddress("4141:4141:4141:4141:4141:4141:4141:4141"), userAgent: "", at: midnight)
        #expect(four != six)
    }
}
