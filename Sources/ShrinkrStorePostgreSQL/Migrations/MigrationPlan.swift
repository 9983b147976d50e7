#if PostgreSQL
/// The steps of this program against those of a database: what is to be done, and whether the two fit. Pure.
struct MigrationPlan: Hashable, Sendable {
    /// Steps that the database does not have yet, in their order.
    let pending: [Migration]
    /// Steps that only a newer program knows.
    let newer: [AppliedMigration]
    /// Steps that the database has.
    private let applied: [AppliedMigration]
    /// Why this program may neither use the database nor change its tables; nil where it may. One sentence.
    let problem: String?

    init(files: [Migration], applied: [AppliedMigration]) {
        let count = files.count
        self.applied = applied
        newer = applied.filter { $0.number > count }
        let numbers = applied.map(\.number)
        pending = files.filter { !numbers.contains($0.number) }
        problem = Self.change(files: files, applied: applied) ?? Self.gap(pending, numbers) ?? Self.end(files, newer)
    }

    /// Pending steps that the program cannot work without. It works with what a contract step takes away, and without.
    var missing: [Migration] { pending.filter { $0.kind == .expand } }

    /// Pending steps that `program` may run now: all but contract steps of what no earlier version has brought. Programs
    /// of the release before may be at work then, which need what the step takes away.
    func runnable(by program: String) -> [Migration] {
        pending.filter { step in
            guard case .contract(let name) = step.kind else { return true }
            // text: names of steps and programs, which are our own.
            return applied.contains { $0.name == name && $0.appliedBy != program }
        }
    }

    /// A step that is not what was run.
    private static func change(files: [Migration], applied: [AppliedMigration]) -> String? {
        for row in applied where row.number <= files.count {
            guard row.number > 0 else {
                return "the database has a step \(row.number), which no version of Shrinkr has"
            }
            let file = files[row.number - 1]
            if row.name != file.name {
                return "step \(row.number) of the database is '\(row.name)', and '\(file.name)' in this program"
            }
            if row.checksum != file.checksum {
                return "'\(file.name)' was changed after it was run on this database: restore the file as it was, "
                    + "and put the change into a new step"
            }
        }
        return nil
    }

    /// A step that the database lacks although it has later ones: steps are only added at the end. A contract step may
    /// have been held back.
    private static func gap(_ pending: [Migration], _ applied: [Int]) -> String? {
        guard let missing = pending.first(where: { $0.kind == .expand }), let last = applied.last,
            missing.number < last
        else { return nil }
        return "the database lacks '\(missing.name)' although it has later steps"
    }

    /// A newer step that took away what this program uses.
    private static func end(_ files: [Migration], _ newer: [AppliedMigration]) -> String? {
        for row in newer {
            switch Migration.Kind(row.kind) {
            case .expand?: continue
            case .contract(let name)? where files.contains { $0.name == name }: continue
            default:
                return
                    "the database has the step '\(row.name)' of a newer version of Shrinkr (\(row.kind)), with which "
                    + "this version cannot work: use a newer one"
            }
        }
        return nil
    }
}
#endif
