extension [ValueTally] {
    /// The values, most clicks first, in a list that was cut at `limit`, so that they add up to `total` all the same: what
    /// does not fit is one value at the end, ``StoreLimits/otherValue``.
    package func addingUp(to total: Tally, limit: Int) -> [ValueTally] {
        guard count >= limit, limit > 0, reduce(0, { $0 + $1.tally.clicks }) < total.clicks else { return self }
        let kept = filter { $0.value != StoreLimits.otherValue }.prefix(limit - 1)
        // Counts that came in between reading the total and the values are in the values alone.
        let rest = Tally(
            people: Swift.max(0, total.people - kept.reduce(0) { $0 + $1.tally.people }),
            bots: Swift.max(0, total.bots - kept.reduce(0) { $0 + $1.tally.bots }))
        return kept + [ValueTally(value: StoreLimits.otherValue, tally: rest)]
    }
}
