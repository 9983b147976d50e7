/// One thing that has to be as it should before deployments work, and how it is.
package struct Finding: Sendable, Hashable {
    /// What is to be thought of it.
    package enum Verdict: String, Sendable, Hashable {
        case ok
        /// Deployments will not work until it is mended.
        case mend
        /// It works, but somebody should know.
        case note
        /// It could not be seen.
        case cannotTell = "cannot tell"
        /// It belongs to a step that has not been taken yet.
        case later
    }

    /// The step of `gitops/README.md` after which it has to be in order.
    package let step: Int
    package let title: String
    package let verdict: Verdict
    /// What was seen and, where it is not in order, what to do.
    package let detail: String

    static func ok(_ step: Int, _ title: String, _ detail: String) -> Finding {
        Finding(step: step, title: title, verdict: .ok, detail: detail)
    }

    static func mend(_ step: Int, _ title: String, _ detail: String) -> Finding {
        Finding(step: step, title: title, verdict: .mend, detail: detail)
    }

    static func note(_ step: Int, _ title: String, _ detail: String) -> Finding {
        Finding(step: step, title: title, verdict: .note, detail: detail)
    }

    static func cannotTell(_ step: Int, _ title: String, _ detail: String) -> Finding {
        Finding(step: step, title: title, verdict: .cannotTell, detail: detail)
    }

    /// The finding as it counts after a step: what belongs to a later one is not missing yet.
    func after(_ taken: Int) -> Finding {
        let isMissing = verdict == .mend || verdict == .cannotTell
        guard step > taken, isMissing else { return self }
        return Finding(step: step, title: title, verdict: .later, detail: detail)
    }
}
