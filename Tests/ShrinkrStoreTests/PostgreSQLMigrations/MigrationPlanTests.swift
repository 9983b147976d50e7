#if PostgreSQL
import Testing

@testable import ShrinkrStorePostgreSQL

@Suite("The steps of a program and of a database", .timeLimit(.minutes(10))) struct MigrationPlanTests {
    private let files: [Migration]

    init() throws {
        files = [try .made(1, "select 1"), try .made(2, "select 2"), try .made(3, "select 3")]
    }

    private func plan(_ applied: [AppliedMigration]) -> MigrationPlan { MigrationPlan(files: files, applied: applied) }

    @Test("are run in their order, from where the database stands")
    func pending() {
        for count in 0...3 {
            let plan = plan(files.prefix(count).map(\.applied))
            #expect(plan.pending == Array(files.dropFirst(count)))
            #expect(plan.problem == nil)
            #expect(plan.newer == [])
        }
    }

    @Test("do not fit where a file was changed after it was run")
    func changed() throws {
        let problem = plan([files[0].applied, try Migration.made(2, "select 22").applied]).problem
        #expect(
            problem
                == "'0002-step' was changed after it was run on this database: restore the file as it was, and put the "
                + "change into a new step")
    }

    @Test("do not fit where they have other names")
    func renamed() throws {
        let problem = plan([try Migration.made(1, "select 1", name: "other").applied]).problem
        #expect(problem == "step 1 of the database is '0001-other', and '0001-step' in this program")
    }

    @Test("do not fit where the database lacks one before its last")
    func gap() {
        let problem = plan([files[0].applied, files[2].applied]).problem
        #expect(problem == "the database lacks '0002-step' although it has later steps")
    }

    @Test("fit where a newer program has only added something")
    func newerExpand() throws {
        let newer = [try Migration.made(4, "select 4"), try Migration.made(5, "select 5")].map(\.applied)
        let plan = plan(files.map(\.applied) + newer)
        #expect(plan.problem == nil)
        #expect(plan.newer == newer)
        #expect(plan.pending == [])
    }

    @Test("fit where a newer program took away what this one knows to be replaced, and not where it does not")
    func newerContract() throws {
        let known = try Migration.made(4, "select 4", kind: "contract of 0002-step").applied
        #expect(plan(files.map(\.applied) + [known]).problem == nil)
        let expand = try Migration.made(4, "select 4", name: "new").applied
        let contract = try Migration.made(5, "select 5", kind: "contract of 0004-new").applied
        #expect(plan(files.map(\.applied) + [expand]).problem == nil)
        #expect(
            plan(files.map(\.applied) + [expand, contract]).problem
                == "the database has the step '0005-step' of a newer version of Shrinkr (contract of 0004-new), with "
                + "which this version cannot work: use a newer one")
    }

    /// A contract step comes a release after what it belongs to.
    @Test("that take away are left to a later version than that which brought what they belong to")
    func heldBack() throws {
        let contract = try Migration.made(4, "select 4", kind: "contract of 0002-step")
        let steps = files + [contract, try .made(5, "select 5")]
        func runnable(_ count: Int, by program: String) -> [Int] {
            let plan = MigrationPlan(files: steps, applied: steps.prefix(count).map(\.applied))
            #expect(plan.problem == nil)
            #expect(plan.missing == steps.dropFirst(count).filter { $0.kind == .expand })
            return plan.runnable(by: program).map(\.number)
        }
        #expect(runnable(1, by: "other") == [2, 3, 5])
        #expect(runnable(3, by: "tests") == [5])
        #expect(runnable(3, by: "other") == [4, 5])
        // What comes behind one that is held back does not wait for it.
        let applied = (files + [steps[4]]).map(\.applied)
        let plan = MigrationPlan(files: steps, applied: applied)
        #expect(plan.problem == nil && plan.missing == [])
        #expect(plan.runnable(by: "tests") == [])
        #expect(plan.runnable(by: "other") == [contract])
    }

    @Test(
        "do not fit where a newer program has a kind of step that this one does not know", arguments: ["", "rebuild"])
    func unknownKind(kind: String) {
        let row = AppliedMigration(
            number: 4, name: "0004-x", checksum: "", kind: kind, appliedAt: midnight, appliedBy: "tests")
        #expect(plan(files.map(\.applied) + [row]).problem?.contains("use a newer one") == true)
    }

    @Test("do not fit where a number is no number of a step", arguments: [0, -1])
    func impossible(number: Int) {
        let row = AppliedMigration(
            number: number, name: "x", checksum: "", kind: "expand", appliedAt: midnight, appliedBy: "tests")
        #expect(plan([row]).problem?.contains("no version") == true)
    }
}
#endif
