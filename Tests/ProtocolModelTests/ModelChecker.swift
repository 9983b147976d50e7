/// Visits every state that the protocol can get into.
struct ModelChecker {
    /// What is wrong with a state.
    enum Fault: Error, Equatable {
        /// An answered click is counted nowhere, and nothing will count it.
        case lost
        case countedTwice
        /// A frame number has new content while the old may still be counted.
        case reusedNumber
        /// No way leads from the state to one where everything is counted and the queue is empty.
        case stuck
    }

    let model: ProtocolModel

    /// - Returns: the number of states.
    /// - Throws: ``Fault``.
    func check() throws(Fault) -> Int {
        var numbers: [ModelState: Int32] = [ModelState(): 0]
        var states = [ModelState()]
        // Edges backwards: the states that lead to a state.
        var origins: [[Int32]] = [[]]
        var next = 0
        while next < states.count {
            try judge(states[next])
            for successor in try successors(of: states[next]) {
                if let known = numbers[successor] {
                    origins[Int(known)].append(Int32(next))
                } else {
                    numbers[successor] = Int32(states.count)
                    states.append(successor)
                    origins.append([Int32(next)])
                }
            }
            next += 1
        }
        try checkThatAllIsCounted(states, origins)
        return states.count
    }

    private func successors(of state: ModelState) throws(Fault) -> [ModelState] {
        do {
            return try model.successors(of: state)
        } catch {
            throw .reusedNumber
        }
    }

    private func judge(_ state: ModelState) throws(Fault) {
        for frame in 0..<model.frames {
            if state.counted(frame) > 1 { throw .countedTwice }
            guard state.isAnswered(frame), state.counted(frame) == 0 else { continue }
            let isOnDisk = state.disk(frame) == .open || state.disk(frame) == .sealed
            if !isOnDisk, state.messages(frame) == 0 { throw .lost }
        }
    }

    /// Whatever has happened, everything can still be counted: no state is a dead end.
    private func checkThatAllIsCounted(_ states: [ModelState], _ origins: [[Int32]]) throws(Fault) {
        var canEnd = [Bool](repeating: false, count: states.count)
        var open = states.indices.filter { isSettled(states[$0]) }
        for index in open { canEnd[index] = true }
        var reached = open.count
        while let index = open.popLast() {
            for origin in origins[index] where !canEnd[Int(origin)] {
                canEnd[Int(origin)] = true
                reached += 1
                open.append(Int(origin))
            }
        }
        if reached < states.count { throw .stuck }
    }

    private func isSettled(_ state: ModelState) -> Bool {
        (0..<model.frames).allSatisfy { frame in
            state.counted(frame) == 1 && state.messages(frame) == 0 && state.disk(frame) == .acknowledged
        }
    }
}
