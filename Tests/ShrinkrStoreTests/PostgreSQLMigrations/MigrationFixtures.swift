#if PostgreSQL
@testable import ShrinkrStorePostgreSQL

extension Migration {
    /// A step of the file `NNNN-step.sql`, unless it has another name.
    static func made(
        _ number: Int, _ sql: String, kind: String = "expand", transaction: Bool = true, name: String = "step"
    ) throws -> Migration {
        let digits = String(String(number + 10_000).dropFirst())
        let text = "-- kind: \(kind)\n\(transaction ? "" : "-- transaction: no\n")\(sql)"
        return try Migration(file: "\(digits)-\(name).sql", bytes: Array(text.utf8))
    }

    /// The row that a database has once the step was run.
    var applied: AppliedMigration {
        AppliedMigration(
            number: number, name: name, checksum: checksum, kind: "\(kind)", appliedAt: midnight, appliedBy: "tests")
    }
}
#endif
