import ShrinkrBase
import ShrinkrStore
import Testing

@Suite struct IdempotencyTests {
    private static let first = IdempotencyReservation(key: [1], fingerprint: [10], token: [100])
    private static let second = IdempotencyReservation(key: [1], fingerprint: [10], token: [200])
    private static let otherBody = IdempotencyReservation(key: [1], fingerprint: [11], token: [201])
    private static let later = midnight.advanced(by: .seconds(60))

    @Test(arguments: StoreKind.allCases)
    func keyIsReservedOnce(_ kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            #expect(try await reserve(Self.first, store) == .reserved)
            #expect(try await reserve(Self.second, store) == .inFlight)
            #expect(try await reserve(Self.otherBody, store) == .mismatch)
            let otherKey = IdempotencyReservation(key: [2], fingerprint: [10], token: [100])
            #expect(try await reserve(otherKey, store) == .reserved)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func completedRequestIsReplayed(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            _ = try await reserve(Self.first, store)
            let outcomes = try await store.insert(
                [NewLink("a")], completing: completion(Self.first) { [UInt8($0.count), 0] })
            #expect(outcomes.first?.createdLink != nil)
            // Not even where it would count as abandoned.
            #expect(try await reserve(Self.second, store, abandonedBefore: Self.later) == .completed([1, 0]))
            #expect(try await reserve(Self.otherBody, store) == .mismatch)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func emptyAnswerIsAnAnswer(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            _ = try await reserve(Self.first, store)
            _ = try await store.insert([], completing: completion(Self.first) { _ in [] })
            #expect(try await reserve(Self.second, store) == .completed([]))
        }
    }

    @Test(arguments: StoreKind.allCases)
    func answerOfNilGivesTheKeyBack(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            _ = try await reserve(Self.first, store)
            _ = try await store.insert([NewLink("a")], completing: completion(Self.first) { _ in nil })
            #expect(try await store.link(try code("a")) != nil)
            #expect(try await reserve(Self.otherBody, store) == .reserved)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func releasedKeyIsFree(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            _ = try await reserve(Self.first, store)
            try await store.release(Self.second)
            #expect(try await reserve(Self.second, store) == .inFlight)
            try await store.release(Self.first)
            #expect(try await reserve(Self.otherBody, store) == .reserved)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func completedKeyIsNotReleased(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            _ = try await reserve(Self.first, store)
            _ = try await store.insert([], completing: completion(Self.first) { _ in [5] })
            try await store.release(Self.first)
            #expect(try await reserve(Self.second, store) == .completed([5]))
        }
    }

    @Test(arguments: StoreKind.allCases)
    func abandonedReservationIsTakenOverAndItsRequestFails(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            _ = try await reserve(Self.first, store)
            #expect(try await reserve(Self.second, store, abandonedBefore: midnight) == .inFlight)
            let after = midnight.advanced(by: .milliseconds(1))
            #expect(try await reserve(Self.otherBody, store, at: Self.later, abandonedBefore: after) == .reserved)
            await #expect(throws: StoreError.reservationLost) {
                _ = try await store.insert([NewLink("a")], completing: completion(Self.first) { _ in [1] })
            }
            #expect(try await store.link(try code("a")) == nil)
            #expect(try await store.settled().changes(after: 0, limit: 9).isEmpty)
            // The new owner is not disturbed, and its reservation is as old as itself.
            #expect(try await reserve(Self.first, store, abandonedBefore: Self.later) == .mismatch)
            _ = try await store.insert([NewLink("b")], completing: completion(Self.otherBody) { _ in [2] })
            #expect(try await reserve(Self.otherBody, store) == .completed([2]))
        }
    }

    @Test(arguments: StoreKind.allCases)
    func lostReservationRollsBackWithoutAnAnswerToo(_ kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            await #expect(throws: StoreError.reservationLost) {
                _ = try await store.insert([NewLink("a")], completing: completion(Self.first) { _ in nil })
            }
            #expect(try await store.link(try code("a")) == nil)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func requestCompletesOnce(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            _ = try await reserve(Self.first, store)
            _ = try await store.insert([NewLink("a")], completing: completion(Self.first) { _ in [1] })
            await #expect(throws: StoreError.reservationLost) {
                _ = try await store.insert([NewLink("b")], completing: completion(Self.first) { _ in [2] })
            }
            #expect(try await reserve(Self.second, store) == .completed([1]))
            #expect(try await store.link(try code("b")) == nil)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func oldKeysAreForgotten(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            _ = try await reserve(Self.first, store)
            let young = IdempotencyReservation(key: [2], fingerprint: [1], token: [1])
            _ = try await reserve(young, store, at: Self.later)
            #expect(try await store.forgetIdempotencyKeys(before: Self.later) == 1)
            #expect(try await store.forgetIdempotencyKeys(before: Self.later) == 0)
            #expect(try await reserve(Self.otherBody, store) == .reserved)
            #expect(try await reserve(young, store) == .inFlight)
        }
    }

    /// However many they are, all go at once.
    @Test(arguments: StoreKind.allCases)
    func manyOldKeysAreForgotten(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            for number in 0..<401 {
                let key = [UInt8(number % 256), UInt8(number / 256)]
                _ = try await reserve(IdempotencyReservation(key: key, fingerprint: [1], token: [1]), store)
            }
            #expect(try await store.forgetIdempotencyKeys(before: Self.later) == 401)
        }
    }

    private func reserve(
        _ reservation: IdempotencyReservation, _ store: any IdempotencyStore, at now: Timestamp = midnight,
        abandonedBefore: Timestamp = Timestamp(milliseconds: 0)
    ) async throws -> ReservationOutcome {
        try await store.reserve(reservation, at: now, abandonedBefore: abandonedBefore)
    }

    private func completion(
        _ reservation: IdempotencyReservation, answer: @escaping @Sendable ([InsertOutcome]) -> [UInt8]?
    ) -> IdempotentCompletion<[InsertOutcome]> {
        IdempotentCompletion(reservation: reservation, answer: answer)
    }
}
