/// Whose clicks numbers are of. The raw values are those of the API's parameter `traffic`.
package enum Traffic: String, CaseIterable, Hashable, Sendable {
    case all, people, bots

    /// The part of the tally that is of this kind; the rest is 0.
    package func part(of tally: Tally) -> Tally {
        switch self {
        case .all: tally
        case .people: Tally(people: tally.people)
        case .bots: Tally(bots: tally.bots)
        }
    }
}
