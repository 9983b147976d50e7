/// The protocol by which clicks get from an answered redirect into the counts: what can happen next in a state.
///
/// Producers are API processes, each with a journal of numbered frames; workers take messages in any order. Everything
/// can die at every point, SQS delivers messages again and doubles them, and answers get lost.
struct ProtocolModel {
    /// What goes wrong, beside what always may.
    struct Faults {
        /// Messages with the same frame at one time, at most.
        var messagesPerFrame = 1
        var diesBeforeAnswering = false
        var powerCuts = false
        var deadLetters = false
    }

    /// Mistakes that the protocol would have if one of its rules were left out. The test is worth something only if each
    /// of them is found.
    enum Mistake: CaseIterable {
        case answerBeforeRecording, acknowledgeBeforeAccepted, acknowledgeAcrossGaps, deleteBeforeCommit
        case countWithoutLedger, sendBeforeDurable, forgetOpenFrame
    }

    /// The frames of each producer, by number.
    let journals: [[Int]]
    let faults: Faults
    var mistake: Mistake?

    static let workers = 2

    var frames: Int { journals.reduce(0) { $0 + $1.count } }

    /// A step breaks this when a frame number gets new content while the old may still be counted.
    struct ReusedNumber: Error {}

    /// Every state that one step leads to.
    func successors(of state: ModelState) throws(ReusedNumber) -> [ModelState] {
        var steps = Steps(state: state)
        for journal in journals {
            try record(&steps, journal)
            seal(&steps, journal)
            synchronise(&steps, journal)
            acknowledge(&steps, journal)
            kill(&steps, journal)
            if faults.powerCuts { cutPower(&steps, journal) }
            for frame in journal { send(&steps, frame) }
        }
        for frame in 0..<frames { deliver(&steps, frame) }
        for worker in 0..<Self.workers {
            commit(&steps, worker)
            killWorker(&steps, worker)
        }
        return steps.found.map { $0.canonical(frames: frames) }
    }

    /// Collects states that differ from the first.
    struct Steps {
        let state: ModelState
        private(set) var found: [ModelState] = []

        init(state: ModelState) {
            self.state = state
        }

        mutating func add(_ change: (inout ModelState) -> Void) {
            var next = state
            change(&next)
            if next != state { found.append(next) }
        }
    }

    // MARK: Producers

    /// Records clicks in the journal's next frame, and answers; or dies between the two.
    private func record(_ steps: inout Steps, _ journal: [Int]) throws(ReusedNumber) {
        let state = steps.state
        if let frame = journal.first(where: { state.disk($0) == .open && !state.isAnswered($0) }) {
            steps.add { $0.setAnswered(frame, true) }
        }
        guard let frame = journal.first(where: { state.disk($0) == .absent }),
            journal.prefix(while: { $0 != frame }).allSatisfy({ state.disk($0) != .open })
        else { return }
        if mistake == .answerBeforeRecording, !state.isAnswered(frame) {
            return steps.add { $0.setAnswered(frame, true) }
        }
        if state.messages(frame) > 0 || state.counted(frame) > 0 { throw ReusedNumber() }
        steps.add { state in
            state.set(frame, .open)
            if !faults.diesBeforeAnswering { state.setAnswered(frame, true) }
        }
    }

    private func seal(_ steps: inout Steps, _ journal: [Int]) {
        for frame in journal where steps.state.disk(frame) == .open { steps.add { $0.set(frame, .sealed) } }
    }

    private func synchronise(_ steps: inout Steps, _ journal: [Int]) {
        guard faults.powerCuts else { return }
        steps.add { state in
            for frame in journal where state.disk(frame) != .absent { state.setDurable(frame, true) }
        }
    }

    /// The queue takes a frame; its answer arrives, or not.
    private func send(_ steps: inout Steps, _ frame: Int) {
        let state = steps.state
        guard state.disk(frame) == .sealed, !state.isAccepted(frame) else { return }
        guard !faults.powerCuts || mistake == .sendBeforeDurable || state.isDurable(frame) else { return }
        if mistake == .acknowledgeBeforeAccepted { steps.add { $0.setAccepted(frame, true) } }
        guard state.messages(frame) < faults.messagesPerFrame else { return }
        steps.add { $0.addVisible(frame, 1) }
        steps.add { state in
            state.addVisible(frame, 1)
            state.setAccepted(frame, true)
        }
    }

    /// The journal forgets the frames up to the first that is not accepted.
    private func acknowledge(_ steps: inout Steps, _ journal: [Int]) {
        steps.add { state in
            let last = mistake == .acknowledgeAcrossGaps ? journal.last { state.isAccepted($0) } : nil
            for frame in journal where state.disk(frame) != .acknowledged {
                guard state.isAccepted(frame) || last.map({ frame <= $0 }) == true else { break }
                state.set(frame, .acknowledged)
                state.setAccepted(frame, false)
            }
        }
    }

    /// SIGKILL, and the next start: what was known in memory is gone, the open frame is sealed.
    private func kill(_ steps: inout Steps, _ journal: [Int]) {
        steps.add { state in
            for frame in journal {
                state.setAccepted(frame, false)
                guard state.disk(frame) == .open else { continue }
                state.set(frame, mistake == .forgetOpenFrame ? .absent : .sealed)
            }
        }
    }

    /// As ``kill``, and what was not synchronised is gone too: those clicks may be lost, and only those. The mark of what
    /// was acknowledged need not be on the disk.
    private func cutPower(_ steps: inout Steps, _ journal: [Int]) {
        for losesMark in [false, true] {
            steps.add { state in
                for frame in journal {
                    state.setAccepted(frame, false)
                    if state.disk(frame) == .acknowledged, losesMark { state.set(frame, .sealed) }
                    if state.disk(frame) == .open { state.set(frame, .sealed) }
                    if state.disk(frame) == .sealed, !state.isDurable(frame) {
                        state.set(frame, .absent)
                        state.setAnswered(frame, false)
                    }
                }
            }
        }
    }

    // MARK: Queue

    private func deliver(_ steps: inout Steps, _ frame: Int) {
        let state = steps.state
        if state.visible(frame) > 0 {
            if state.messages(frame) < faults.messagesPerFrame { steps.add { $0.addVisible(frame, 1) } }
            if faults.deadLetters, !state.isDead(frame) {
                steps.add { state in
                    state.addVisible(frame, -1)
                    state.setDead(frame, true)
                }
            }
        }
        if state.isDead(frame) {
            // Redriven.
            steps.add { state in
                state.addVisible(frame, 1)
                state.setDead(frame, false)
            }
        }
        for worker in 0..<Self.workers { handle(&steps, frame, worker) }
    }

    private func handle(_ steps: inout Steps, _ frame: Int, _ worker: Int) {
        let state = steps.state
        let (held, isHidden) = (state.held(frame, by: worker), state.isHidden(frame, by: worker))
        if state.visible(frame) > 0, held == .no, !isHidden {
            steps.add { state in
                state.addVisible(frame, -1)
                state.setHidden(frame, by: worker, true)
                state.setHeld(frame, by: worker, .received)
            }
        }
        if isHidden {
            // The visibility timeout runs out, whatever the worker is doing.
            steps.add { state in
                state.addVisible(frame, 1)
                state.setHidden(frame, by: worker, false)
            }
        }
        if held == .committed || (mistake == .deleteBeforeCommit && held == .received) {
            // The message is deleted, unless others may have it by now.
            steps.add { state in
                state.setHidden(frame, by: worker, false)
                if held == .committed { state.setHeld(frame, by: worker, .no) }
            }
        }
    }

    // MARK: Workers

    /// One transaction for everything in the window: the ledger and the counts.
    private func commit(_ steps: inout Steps, _ worker: Int) {
        steps.add { state in
            for frame in 0..<frames where state.held(frame, by: worker) == .received {
                if state.counted(frame) == 0 || mistake == .countWithoutLedger { state.count(frame) }
                state.setHeld(frame, by: worker, .committed)
            }
        }
    }

    private func killWorker(_ steps: inout Steps, _ worker: Int) {
        steps.add { state in
            for frame in 0..<frames { state.setHeld(frame, by: worker, .no) }
        }
    }
}
