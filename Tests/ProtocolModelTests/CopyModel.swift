/// Copies and old snapshots of a journal's folder: what can happen next to a few clicks in two folders, one of which may
/// become a copy of the other at any moment.
///
/// Unlike ``ProtocolModel`` it tells the clicks of a frame apart, because a copy may hold only the beginning of one, and
/// knows one worker, whose rules for the rest of the way that model is about.
struct CopyModel: Sendable {
    /// Mistakes that the protocol would have if one of its rules were left out.
    enum Mistake: CaseIterable, Sendable {
        /// A start goes on with the name that it finds in the folder.
        case identityKeptInTheFolder
        /// The frame that was left open passes for a whole one.
        case openFrameIsWhole
        /// Of a frame that the ledger knows nothing more is counted, even if only its beginning is.
        case beginningIsEnough
        /// A longer version is counted from its start.
        case longerVersionCountsAgain
        /// What came last decides how much of a frame is known: a shorter version makes the ledger forget the rest.
        case lastVersionDecides
        /// What is known of a journal goes once its frames were counted.
        case ledgerForgets
        /// A process takes its own frame for counted when the beginning of it is.
        case completeByBeginning
    }

    /// Most clicks that are answered.
    let clicks: Int
    /// Whether the folder is copied, or an old state of it put back.
    let happens: Set<Event>

    enum Event: Sendable { case copy, rewind }

    var mistake: Mistake?

    struct Frame: Hashable {
        enum End: Hashable { case open, whole, partial }

        /// The process that made it, by its first click.
        let journal: UInt8
        let number: UInt8
        var clicks: [UInt8]
        var end: End
    }

    /// A folder, and the process in it.
    struct Folder: Hashable {
        /// Frames that are not acknowledged, in order.
        var frames: [Frame] = []
        /// The journal and last frame that the folder's files name: what a start must not go on with.
        var last: Name?
        var isRunning = true
        /// The running process's own journal, from its first click on.
        var own: Name?
    }

    struct Name: Hashable {
        let journal: UInt8
        var number: UInt8
    }

    struct State: Hashable {
        var folders = [Folder()]
        var snapshot: Folder?
        var messages: Set<Frame> = []
        /// How many clicks of a frame are counted; `.max` for a whole frame.
        var ledger: [Name: Int] = [:]
        /// How often each answered click was counted.
        var counted: [UInt8] = []
        /// Who answered each click: the journal that it was recorded in.
        var journals: [UInt8] = []
    }

    enum Fault: Error { case lost, countedTwice, completeTooEarly, stuck }

    // MARK: Steps

    func successors(of state: State) -> [State] {
        var found: [State] = []
        func add(_ change: (inout State) -> Void) {
            var next = state
            change(&next)
            if next != state { found.append(next) }
        }
        for (index, folder) in state.folders.enumerated() {
            if folder.isRunning {
                if state.counted.count < clicks { add { record(&$0, index) } }
                add { seal(&$0.folders[index]) }
                add { $0.folders[index].isRunning = false }
                for frame in folder.frames where frame.end != .open {
                    add { $0.messages.insert(frame) }
                    // The queue's answer comes with the message: to lose it is to send the frame once more.
                    if state.messages.contains(frame) || isKnown(frame, state) {
                        add { $0.folders[index].frames.removeAll { $0 == frame } }
                    }
                }
            } else {
                add { start(&$0.folders[index]) }
            }
        }
        if happens.contains(.copy), state.folders.count == 1 {
            add { state in
                var copy = state.folders[0]
                copy.isRunning = false
                state.folders.append(copy)
            }
        }
        if happens.contains(.rewind), state.snapshot == nil { add { $0.snapshot = $0.folders[0] } }
        // Who puts an old state back over clicks that nothing else holds has thrown them away.
        if let snapshot = state.snapshot, !state.folders[0].isRunning, state.folders[0].frames.isEmpty {
            add { state in
                state.folders[0] = snapshot
                state.folders[0].isRunning = false
            }
        }
        for message in state.messages {
            // A message that comes twice is one that was sent twice.
            add { state in
                count(message, &state)
                state.messages.remove(message)
            }
        }
        return found
    }

    private func record(_ state: inout State, _ index: Int) {
        let click = UInt8(state.counted.count)
        state.counted.append(0)
        var folder = state.folders[index]
        if let open = folder.frames.lastIndex(where: { $0.end == .open }) {
            folder.frames[open].clicks.append(click)
        } else {
            var own = folder.own ?? Name(journal: click, number: 0)
            own.number += 1
            folder.frames.append(Frame(journal: own.journal, number: own.number, clicks: [click], end: .open))
            (folder.own, folder.last) = (own, own)
        }
        state.journals.append(folder.own?.journal ?? click)
        state.folders[index] = folder
    }

    private func seal(_ folder: inout Folder) {
        for index in folder.frames.indices where folder.frames[index].end == .open { folder.frames[index].end = .whole }
    }

    private func start(_ folder: inout Folder) {
        folder.isRunning = true
        folder.own = mistake == .identityKeptInTheFolder ? folder.last : nil
        for index in folder.frames.indices where folder.frames[index].end == .open {
            folder.frames[index].end = mistake == .openFrameIsWhole ? .whole : .partial
        }
    }

    private func isKnown(_ frame: Frame, _ state: State) -> Bool {
        (state.ledger[Name(journal: frame.journal, number: frame.number)] ?? 0) >= frame.clicks.count
    }

    /// One transaction of the worker.
    private func count(_ frame: Frame, _ state: inout State) {
        let name = Name(journal: frame.journal, number: frame.number)
        let known = state.ledger[name] ?? 0
        if known > 0, mistake == .beginningIsEnough { return }
        if known < frame.clicks.count {
            let first = mistake == .longerVersionCountsAgain ? 0 : known
            for click in frame.clicks[first...] { state.counted[Int(click)] += 1 }
        }
        let isWhole = frame.end == .whole && mistake != .lastVersionDecides
        state.ledger[name] =
            isWhole
            ? .max
            : mistake == .lastVersionDecides
                ? frame.clicks.count
                : max(known, frame.clicks.count)
        if mistake == .ledgerForgets, !state.messages.contains(where: { $0 != frame && $0.journal == frame.journal }) {
            state.ledger[name] = nil
        }
    }

    // MARK: Judgement

    /// Visits every state, and returns how many there are.
    func check() throws(Fault) -> Int {
        var numbers: [State: Int] = [State(): 0]
        var states = [State()]
        var origins: [[Int]] = [[]]
        var next = 0
        while next < states.count {
            try judge(states[next])
            for successor in successors(of: states[next]) {
                if let known = numbers[successor] {
                    origins[known].append(next)
                } else {
                    numbers[successor] = states.count
                    states.append(successor)
                    origins.append([next])
                }
            }
            next += 1
        }
        try checkThatAllIsCounted(states, origins)
        return states.count
    }

    private func judge(_ state: State) throws(Fault) {
        let kept = Set((state.folders.flatMap(\.frames) + state.messages).flatMap(\.clicks))
        for (click, times) in state.counted.enumerated() {
            if times > 1 { throw .countedTwice }
            if times == 0, !kept.contains(UInt8(click)) { throw .lost }
        }
        for folder in state.folders where folder.isRunning {
            guard let own = folder.own, saysComplete(own, state) else { continue }
            let answered = state.journals.indices.filter { state.journals[$0] == own.journal }
            if answered.contains(where: { state.counted[$0] == 0 }) { throw .completeTooEarly }
        }
    }

    /// Whether the process takes everything that it has answered for counted.
    private func saysComplete(_ own: Name, _ state: State) -> Bool {
        (1...own.number).allSatisfy { number in
            guard let known = state.ledger[Name(journal: own.journal, number: number)] else { return false }
            return known == .max || mistake == .completeByBeginning
        }
    }

    private func checkThatAllIsCounted(_ states: [State], _ origins: [[Int]]) throws(Fault) {
        var canEnd = [Bool](repeating: false, count: states.count)
        var open = states.indices.filter { index in
            let state = states[index]
            return state.messages.isEmpty && state.folders.allSatisfy(\.frames.isEmpty)
                && state.counted.allSatisfy { $0 == 1 }
        }
        for index in open { canEnd[index] = true }
        var reached = open.count
        while let index = open.popLast() {
            for origin in origins[index] where !canEnd[origin] {
                canEnd[origin] = true
                reached += 1
                open.append(origin)
            }
        }
        if reached < states.count { throw .stuck }
    }
}
