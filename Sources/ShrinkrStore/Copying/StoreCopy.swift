/// Copies all tables of one database to another, and compares both afterwards.
///
/// It may end at any moment: every batch of rows is one transaction, rows go in the order of their key, and so another
/// run goes on behind the last one that has arrived. Until both sides are found equal, the target carries a mark that
/// keeps programs from opening it.
package struct StoreCopy: Sendable {
    private let source: any TableSource
    private let target: any TableSink
    private let maximumBatch: Int
    private let report: @Sendable (CopyProgress) -> Void

    /// - Parameters:
    ///   - maximumBatch: Most rows of a transaction, also where those of a table are small.
    ///   - report: Is told how far the copy has come, once for a batch of rows.
    package init(
        from source: any TableSource, to target: any TableSink, maximumBatch: Int = .max,
        report: @escaping @Sendable (CopyProgress) -> Void
    ) {
        self.source = source
        self.target = target
        self.maximumBatch = maximumBatch
        self.report = report
    }

    /// - Parameter startsOver: Whether what an unfinished copy has brought is deleted first.
    /// - Returns: what both sides hold.
    /// - Throws: ``CopyError``, ``StoreError``. What has arrived by then stays.
    package func run(startsOver: Bool = false) async throws -> [(table: CopiedTable, digest: TableDigest)] {
        try await prepare(startsOver: startsOver)
        var progress = CopyProgress()
        for table in CopiedTable.all {
            progress.totals.append(try await source.count(table))
            // Rows of tables that are replaced are no part of the copy yet.
            progress.done.append(table.isReplaced ? 0 : try await target.count(table))
        }
        for (index, table) in CopiedTable.all.enumerated() {
            progress.step = .copying(index)
            report(progress)
            if table.isReplaced {
                progress.done[index] = try await replace(table)
            } else {
                try await copy(table, &progress, index)
            }
            report(progress)
        }
        let digests = try await verify(&progress)
        try await target.finishCopy()
        return digests
    }

    private func prepare(startsOver: Bool) async throws {
        if let unfinished = try await target.unfinishedCopy() {
            if startsOver { return try await target.discardCopy() }
            guard unfinished.utf8.elementsEqual(source.name.utf8) else { throw CopyError.unfinished(of: unfinished) }
            return
        }
        for table in CopiedTable.all where !table.isReplaced {
            guard try await target.lastRow(of: table) == nil else { throw CopyError.notEmpty(table: table.name) }
        }
        try await target.beginCopy(of: source.name)
    }

    /// Copies a table of few rows.
    private func replace(_ table: CopiedTable) async throws -> Int {
        let rows = try await source.rows(of: table, after: nil, limit: table.batch)
        try await target.append(rows, to: table)
        return rows.count
    }

    /// Reads a batch while the one before it is written.
    private func copy(_ table: CopiedTable, _ progress: inout CopyProgress, _ index: Int) async throws {
        let limit = min(table.batch, maximumBatch)
        let last = try await target.lastRow(of: table)
        var rows = try await source.rows(of: table, after: last, limit: limit)
        while let end = rows.last {
            async let next = source.rows(of: table, after: end, limit: limit)
            try await target.append(rows, to: table)
            progress.done[index] += rows.count
            report(progress)
            rows = try await next
        }
    }

    private func verify(_ progress: inout CopyProgress) async throws -> [(table: CopiedTable, digest: TableDigest)] {
        var digests: [(table: CopiedTable, digest: TableDigest)] = []
        var differing: [CopyError.Difference] = []
        for (index, table) in CopiedTable.all.enumerated() {
            progress.step = .comparing(index)
            report(progress)
            async let there = TableDigest(of: table, in: source)
            async let here = TableDigest(of: table, in: target)
            let (expected, found) = (try await there, try await here)
            digests.append((table, expected))
            if expected != found {
                differing.append(CopyError.Difference(table: table.name, source: expected.rows, target: found.rows))
            }
        }
        guard differing.isEmpty else { throw CopyError.different(differing) }
        return digests
    }
}

/// How far a copy has come.
package struct CopyProgress: Hashable, Sendable {
    package enum Step: Hashable, Sendable {
        /// The number is the table's place in ``CopiedTable/all``.
        case copying(Int)
        case comparing(Int)
    }

    package fileprivate(set) var step = Step.copying(0)
    /// Rows of each table in the source.
    package fileprivate(set) var totals: [Int] = []
    /// Rows of each table that have arrived.
    package fileprivate(set) var done: [Int] = []

    /// Of all rows, in hundredths: 100 once all have arrived.
    package var percent: Int {
        let total = totals.reduce(0, +)
        return total == 0 ? 100 : min(100, done.reduce(0, +) * 100 / total)
    }
}

/// Why a copy was not made, or not finished.
package enum CopyError: Error, Hashable, CustomStringConvertible {
    package struct Difference: Hashable, Sendable {
        package let table: String
        /// Rows in the source, and in the target.
        package let source: Int
        package let target: Int

        package init(table: String, source: Int, target: Int) {
            (self.table, self.source, self.target) = (table, source, target)
        }
    }

    case notEmpty(table: String)
    case unfinished(of: String)
    /// Others have the database open.
    case inUse(name: String, reason: String)
    case different([Difference])

    package var description: String {
        switch self {
        case .notEmpty(let table):
            return "the target holds data already (table \(table)): name a database that no program has used yet"
        case .unfinished(let source):
            return "the target holds an unfinished copy of \(source): go on with that one, or give --start-over"
        case .inUse(let name, let reason):
            return "\(name) is in use (\(reason)): stop the programs that have it open, and leave them stopped"
        case .different(let tables):
            let list = tables.map { "\($0.table) (\($0.source) rows there, \($0.target) here)" }
            return "source and target differ in " + list.joined(separator: ", ")
                + ": the source was changed between two runs, or the target; give --start-over"
        }
    }
}
