package import ShrinkrBase
import ShrinkrCore
package import ShrinkrStore

extension MemoryStore: StatsStore {
    package func add(_ frames: [CountedFrame], at now: Timestamp) -> AddOutcome {
        let new = frames.compactMap { enter($0) }
        var outcome = AddOutcome(duplicateFrames: frames.count - new.count)
        var changed: Set<ReportPeriod> = []
        var orphans: Set<ShortCode> = []
        for (code, link) in MergedCounts(new).links {
            guard links.contains(where: { $0.code == code }) else {
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
        for journal in Set(frames.map(\.id.journal)) { settle(journal, at: now) }
        return outcome
    }

    /// What of a frame is to be counted; nil where all of it is already.
    private func enter(_ frame: CountedFrame) -> CountedFrame? {
        let (journal, number) = (frame.id.journal, frame.id.number)
        if ledger[journal, default: []].insert(number).inserted {
            if frame.isPartial { partialFrames[journal, default: [:]][number] = frame.clicks }
            return frame
        }
        guard let known = partialFrames[journal]?[number] else { return nil }
        partialFrames[journal]?[number] = frame.isPartial ? max(known, frame.clicks) : nil
        return frame.clicks > known ? frame.behind(known) : nil
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

    package func visitors(_ range: StatsRange) -> VisitorCount {
        guard let days = range.buckets.days else { return .none }
        let known = Set((visitors[range.code] ?? [:]).keys.map { $0.floored(by: 24) })
            .union((visitorNumbers[range.code] ?? [:]).keys.filter { $0.kind == .daily }.map(\.index))
        return known.filter(days.contains).reduce(.none) {
            $0 + visitors(ReportPeriod(kind: .daily, index: $1), of: range.code)
        }
    }

    /// Of one hour or day.
    func visitors(_ period: ReportPeriod, of code: ShortCode?) -> VisitorCount {
        let seen = (visitors[code] ?? [:]).filter { hour, _ in
            period.index == (period.kind == .hourly ? hour : hour.floored(by: 24))
        }
        let number = seen.values.reduce(Set()) { $0.union($1) }.count
        let forgotten = visitorNumbers[code]?[period] ?? .none
        return VisitorCount(
            number: number + forgotten.number,
            isExact: number <= VisitorSketch.exactCount && forgotten.isExact
                && (number == 0 || forgotten.number == 0))
    }

    package func topLinks(_ range: StatsRange, traffic: Traffic, limit: Int) -> [LinkTally] {
        let tallies = selected(by: range).map { code, counts in
            LinkTally(code: code, tally: traffic.part(of: counts.buckets.values.reduce(Tally(), +)))
        }
        return tallies.mostFirst(limit, \.tally, then: \.code.text)
    }

    /// There is nothing that could be packed.
    package func packVisitors(beforeHour hour: Int64) -> Int { 0 }

    package func forgetVisitors(beforeDay day: Int64) -> Int {
        var forgotten = 0
        for (code, hours) in visitors {
            let old = hours.keys.filter { $0.floored(by: 24) < day }
            let days = Set(old.map { $0.floored(by: 24) }).map { ReportPeriod(kind: .daily, index: $0) }
            let periods = days + old.map { ReportPeriod(kind: .hourly, index: $0) }
            let numbers = periods.map { ($0, visitors($0, of: code)) }
            visitorNumbers[code, default: [:]].merge(numbers) { _, new in new }
            for hour in old { visitors[code]?[hour] = nil }
            forgotten += days.count
        }
        return forgotten
    }

    package func journalLedgers() -> [JournalLedger] {
        let spoken = foldedJournals.filter { tallies[$0] != nil }
        let known = Set(accounts.keys).union(ledger.keys).subtracting(foldedJournals).union(spoken)
        let ledgers = known.sorted().map { journal in
            var account = accounts[journal]?.account
            account?.gaps = gaps[journal].map { Array($0.keys) } ?? []
            let tally = tallies[journal] ?? FrameTally()
            let held = foldedJournals.contains(journal) ? [] : (ledger[journal] ?? []).map { $0...$0 }
            return JournalLedger(
                journal: journal, account: account, announcedAt: accounts[journal]?.announcedAt,
                isFinal: accounts[journal]?.isFinal ?? false, counted: tally.counted, orphaned: tally.orphaned,
                held: held)
        }
        return ledgers + [folded].compactMap(\.self)
    }

    package func announce(_ announcements: [JournalAnnouncement], at now: Timestamp) -> [Int] {
        announcements.map { announcement in
            announce(announcement, at: now)
            return ledger[announcement.journal]?.count ?? 0
        }
    }

    private func announce(_ announcement: JournalAnnouncement, at now: Timestamp) {
        let journal = announcement.journal
        if let account = announcement.account { save(account, announcement, at: now) }
        let counted = journals[journal]?[journal]?.countedThrough ?? Timestamp(milliseconds: 0)
        journals[journal, default: [:]][announcement.holder, default: JournalProgress(countedThrough: counted)]
            .announce(announcement, at: now)
        settle(journal, at: now)
        forgetReplaced(by: announcement, at: now)
    }

    private func forgetReplaced(by announcement: JournalAnnouncement, at now: Timestamp) {
        let (journal, holder) = (announcement.journal, announcement.holder)
        guard let reach = journals[journal]?[holder]?.reach else { return }
        let silentSince = now.advanced(by: .zero - JournalProgress.replacedKept)
        journals[journal] = journals[journal]?.filter { name, progress in
            name == journal || name == holder || progress.reach > reach || progress.announcedAt >= silentSince
        }
    }

    private func save(_ account: JournalAccount, _ announcement: JournalAnnouncement, at now: Timestamp) {
        let journal = announcement.journal
        guard !account.isEmpty else { return }
        save(account.gaps, of: journal, at: now)
        guard !foldedJournals.contains(journal) else { return }
        accounts[
            journal, default: AnnouncedAccount(account, announcedAt: now, isFinal: announcement.isLast)
        ].merge(account, announcement, at: now)
    }

    private func save(_ added: [ClosedRange<Int64>], of journal: String, at now: Timestamp) {
        gaps[journal, default: [:]].merge(added.map { ($0, now) }) { old, _ in old }
        // Of gaps that begin alike, the longest.
        gaps[journal] = gaps[journal]?.filter { gap, _ in
            !added.contains { $0.lowerBound == gap.lowerBound && $0.upperBound > gap.upperBound }
        }
    }

    package func countedThrough(
        silentSince: Timestamp, abandonedSince: Timestamp, replacedSince: Timestamp
    ) -> Timestamp? {
        journals.values.flatMap { holders in
            holders.values.filter { own in
                own.takesPart(silentSince: silentSince, abandonedSince: abandonedSince)
                    && !own.isReplaced(by: holders.values, since: replacedSince)
            }
        }.map(\.countedThrough).min()
    }

    package func hold(_ extents: [JournalExtent]) -> Bool {
        extents.allSatisfy { extent(of: $0.journal, at: ClickLimits.times.upperBound).covers($0) }
    }

    package func foldJournals(finishedBefore: Timestamp, silentBefore: Timestamp) -> Int {
        let done = journals.filter { _, holders in
            let announcedAt = holders.values.map(\.announcedAt).max() ?? silentBefore
            let areFinished = holders.values.allSatisfy { $0.isFinished || $0.reach == 0 }
            return announcedAt < silentBefore || areFinished && announcedAt < finishedBefore
        }.keys
        for journal in done { fold(journal) }
        return done.count
    }

    private func fold(_ journal: String) {
        journals[journal] = nil
        guard let part = accounts.removeValue(forKey: journal) else { return }
        foldedJournals.insert(journal)
        let tally = tallies.removeValue(forKey: journal) ?? FrameTally()
        var sum = folded?.account ?? JournalAccount(answered: 0, recorded: 0, published: 0, publishedThrough: 0)
        sum.answered += part.account.answered
        sum.recorded += part.account.recorded
        sum.lost += part.account.lost
        sum.dropped += part.account.dropped
        sum.published += part.account.published
        folded = JournalLedger(
            journal: JournalLedger.folded, account: sum,
            announcedAt: max(part.announcedAt, folded?.announcedAt ?? part.announcedAt), isFinal: true,
            counted: tally.counted + (folded?.counted ?? 0), orphaned: tally.orphaned + (folded?.orphaned ?? 0),
            held: [])
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
        for place in [code, nil] {
            visitors[place, default: [:]].merge(added.visitors) { $0.union($1) }
        }
        counts[code, default: LinkCounts()].merge(LinkCounts(buckets: added.buckets))
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

    private func settle(_ journal: String, at now: Timestamp) {
        let extent = extent(of: journal, at: now)
        journals[journal] = journals[journal]?.mapValues { progress in
            var progress = progress
            progress.settle(extent)
            return progress
        }
    }

    private func extent(of journal: String, at now: Timestamp) -> LedgerExtent {
        let noticed = now.advanced(by: .zero - JournalProgress.gapPatience)
        let given = (gaps[journal] ?? [:]).filter { $0.value <= noticed }.keys
        var held: Int64 = 0
        while ledger[journal]?.contains(held + 1) == true || given.contains(where: { $0.contains(held + 1) }) {
            held += 1
        }
        return LedgerExtent(frame: held, partialFrames: partialFrames[journal] ?? [:])
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
