import Testing

@testable import ShrinkrAPI

@Suite struct PublishWindowTests {
    private func window(after acknowledged: UInt64 = 0, handingOut numbers: [UInt64]) -> PublishWindow {
        var window = PublishWindow(acknowledged: acknowledged)
        for number in numbers { window.handOut(number) }
        return window
    }

    @Test func acceptsInOrderMoveTheEnd() {
        var window = window(handingOut: [1, 2, 3])
        #expect(window.handedOut == 3)
        #expect(window.accept([1]) == 1)
        #expect(window.accept([2, 3]) == 3)
    }

    @Test func acceptsOutOfOrderWaitForTheFirst() {
        var window = window(handingOut: [1, 2, 3, 4])
        #expect(window.accept([3]) == nil)
        #expect(window.accept([4, 2]) == nil)
        #expect(window.accept([1]) == 4)
    }

    @Test func windowBeginsWhereTheJournalDoes() {
        var window = window(after: 41, handingOut: [42, 43])
        #expect(window.accept([43]) == nil)
        #expect(window.accept([42]) == 43)
    }

    @Test func acceptingAgainChangesNothing() {
        var window = window(handingOut: [1, 2])
        #expect(window.accept([1]) == 1)
        #expect(window.accept([1]) == nil)
        #expect(window.accept([]) == nil)
        #expect(window.accept([2]) == 2)
    }

    /// Damage and crashes leave gaps in the numbers. What was never there must not hold up what was.
    @Test func gapsHoldNothingUp() {
        var window = window(handingOut: [2, 3, 7])
        #expect(window.accept([3]) == nil)
        let end = window.accept([2])
        #expect(end.map { (3...6).contains($0) } == true)
        #expect(window.accept([7]) == 7)
    }
}
