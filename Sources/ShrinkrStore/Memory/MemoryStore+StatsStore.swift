package import ShrinkrCore

extension MemoryStore: StatsStore {
    package func add(_ frames: [CountedFrame], at now: Timestamp) -> AddOutcome {
        let new = frames.filter { ledger[$0.id.journal, default: []].insert($0.id.number).inserted }
        var outcome = AddOutcome(duplicateFrames: frames.count - new.count)
        var changed: Set<ReportPeriod> = []
        var orphans: Set<ShortCode> = []
        for (code, link) in MergedCounts(new).links {
            guard isIssued(code) else {
                orphans.insert(code)
                continue
            }
            changed.formUnion(link.periods)
            add(link, to: code)
        }
        for (journal, tally) in FrameTally.byJournal(new, orphans: orphans) {
            tallies[journal, default: FrameTally()].add(tally)
            outcome.counted += tally.counted
            outcome.orphaned += tally.orphaned
        }
        for period in changed { periods[period, default: PeriodState()].generation += 1 }
        totals.frames += new.count
        totals.counted += outcome.counted
        totals.orphaned += outcome.orphaned
        for journal in Set(new.map(\.id.journal)) { settle(journal, at: now) }
        return outcome
    }

    package func buckets(_ range: StatsRange) -> [BucketTally] {
        var tallies: [TimeBucket: Tally] = [:]
        for (_, counts) in selected(by: range) { tallies.merge(counts.buckets, uniquingKeysWith: +) }
        return tallies.sorted { $0.key < $1.key }.map { BucketTally(bucket: $0.key, tally: $0.value) }
    }

    package func values(_ range: StatsRange, dimension: Dimension, traffic: Traffic, limit: Int) -> [ValueTally] {
        var tallies: [String: Tally] = [:]
        for (_, counts) in selected(by: range) {
            for (key, tally) in counts.values where key.dimension == dimension {
                tallies[key.value] = tallies[key.value, default: Tally()] + tally
            }
        }
        return tallies.map { ValueTally(value: $0.key, tally: traffic.part(of: $0.value)) }
            .mostFirst(limit, \.tally, then: \.value)
    }

    package func visitors(_ range: StatsRange) -> Int {
        guard let days = range.buckets.days, let counts = visitorCounts[range.code] else { return 0 }
        return counts.filter { $0.key.kind == .daily && days.contains($0.key.index) }.values.reduce(0, +)
    }

    package func topLinks(_ range: StatsRange, traffic: Traffic, limit: Int) -> [LinkTally] {
        let tallies = selected(by: range).map { code, counts in
            LinkTally(code: code, tally: traffic.part(of: counts.buckets.values.reduce(Tally(), +)))
        }
        return tallies.mostFirst(limit, \.tally, then: \.code.text)
    }

    package func ledgerTotals() -> LedgerTotals { totals }

    package func forgetVisitors(beforeDay day: Int64) -> Int {
        dayVisitors = dayVisitors.filter { $0.day >= day }
        var forgotten = 0
        for code in counts.keys {
            let old = counts[code]?.visitors.keys.filter { $0.day < day } ?? []
            for key in old { counts[code]?.visitors[key] = nil }
            forgotten += old.count
        }
        return forgotten
    }

    package func journalLedgers() -> [JournalLedger] {
        Set(accounts.keys).union(ledger.keys).sorted().map { journal in
            var account = accounts[journal]?.account
            account?.gaps = gaps[journal].map { Array($0.keys) } ?? []
            let tally = tallies[journal] ?? FrameTally()
            return JournalLedger(
                journal: journal, account: account, announcedAt: accounts[journal]?.announcedAt,
                counted: tally.counted, orphaned: tally.orphaned, held: (ledger[journal] ?? []).map { $0...$0 })
        }
    }

    package func announce(_ announcement: JournalAnnouncement, at now: Timestamp) {
        if let account = announcement.account {
            accounts[announcement.journal] = (account, now)
            gaps[announcement.journal, default: [:]].merge(account.gaps.map { ($0, now) }) { old, _ in old }
            // Of gaps that begin alike, the longest.
            gaps[announcement.journal] = gaps[announcement.journal]?.filter { gap, _ in
                !account.gaps.contains { $0.lowerBound == gap.lowerBound && $0.upperBound > gap.upperBound }
            }
        }
        journals[announcement.journal, default: JournalProgress()].announce(announcement, at: now)
        settle(announcement.journal, at: now)
    }

    package func countedThrough(silentSince: Timestamp, abandonedSince: Timestamp) -> Timestamp? {
        journals.values.filter { $0.takesPart(silentSince: silentSince, abandonedSince: abandonedSince) }
            .map(\.countedThrough).min()
    }

    /// The counts of a range, by link.
    func selected(by range: StatsRange) -> [ShortCode: LinkCounts] {
        counts.filter { range.code == nil || $0.key == range.code }.mapValues { counts in
            LinkCounts(
                buckets: counts.buckets.filter { range.buckets.contains($0.key) },
                values: counts.values.filter { range.buckets.contains($0.key.bucket) })
        }
    }

    private func add(_ added: LinkCounts, to code: ShortCode) {
        addVisitors(added.visitors, to: code)
        counts[code, default: LinkCounts()].merge(LinkCounts(buckets: added.buckets, visitors: added.visitors))
        for (key, tally) in added.values.sorted(by: {
            ($1.value.clicks, $0.key.value) < ($0.value.clicks, $1.key.value)
        }) {
            let place = hasPlace(for: key, of: code) ? key : key.other
            counts[code, default: LinkCounts()].values[place, default: Tally()] += tally
        }
    }

    private func hasPlace(for key: DimensionKey, of code: ShortCode) -> Bool {
        let values = counts[code]?.values ?? [:]
        if values[key] != nil { return true }
        let known = values.keys.filter {
            $0.bucket == key.bucket && $0.dimension == key.dimension && $0.value != StoreLimits.otherValue
        }
        return known.count < StoreLimits.valuesPerBucket
    }

    private func addVisitors(_ visitors: [VisitorKey: HourSet], to code: ShortCode) {
        for (key, hours) in visitors {
            let known = counts[code]?.visitors[key]
            for hour in hours.subtracting(known ?? []).hours {
                count(ReportPeriod(kind: .hourly, index: key.day * 24 + Int64(hour)), of: code)
            }
            let day = ReportPeriod(kind: .daily, index: key.day)
            if known == nil { count(day, of: code) }
            if dayVisitors.insert(key).inserted { count(day, of: nil) }
        }
    }

    private func count(_ period: ReportPeriod, of code: ShortCode?) {
        visitorCounts[code, default: [:]][period, default: 0] += 1
    }

    private func settle(_ journal: String, at now: Timestamp) {
        let noticed = now.advanced(by: .zero - JournalProgress.gapPatience)
        let given = (gaps[journal] ?? [:]).filter { $0.value <= noticed }.keys
        var held: Int64 = 0
        while ledger[journal]?.contains(held + 1) == true || given.contains(where: { $0.contains(held + 1) }) {
            held += 1
        }
        journals[journal]?.settle(ledgerHoldsThrough: held)
    }
}

extension DimensionKey {
    fileprivate var other: DimensionKey {
        DimensionKey(bucket: bucket, dimension: dimension, value: StoreLimits.otherValue)
    }
}

extension Array {
    /// The `limit` elements with the most clicks, most first; equal ones in the order of `text`. Those without clicks
    /// are left out.
    func mostFirst(_ limit: Int, _ tally: (Element) -> Tally, then text: (Element) -> String) -> [Element] {
        let ordered = filter { tally($0).clicks > 0 }.sorted {
            (tally($1).clicks, text($0)) < (tally($0).clicks, text($1))
        }
        return Array(ordered.prefix(Swift.max(0, limit)))
    }
}

extension Tally {
    fileprivate static func += (left: inout Tally, right: Tally) { left = left + right }
}
