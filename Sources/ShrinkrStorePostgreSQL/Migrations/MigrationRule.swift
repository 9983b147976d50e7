#if PostgreSQL
/// Whether steps may run while programs of the release before are at work: nothing that these use is taken away or
/// changed, and no lock is held for longer than it takes to change a catalogue.
///
/// What a statement does to tables that the same step makes does not matter, and the first step has no release before
/// it. What is not known to be harmless is refused. A contract step may take away: it comes a release after the step that it
/// names, when nobody uses the old things any more.
package enum MigrationRule {
    /// What is wrong with a step.
    package struct Finding: Hashable, Sendable, CustomStringConvertible {
        /// The step's name; with the line, unless it is about the file as a whole.
        let place: String
        /// Continues a sentence that begins with the place.
        let problem: String

        package var description: String { "\(place): \(problem)" }
    }

    /// - Parameter files: All steps, in the order of their numbers.
    package static func findings(in files: [Migration]) -> [Finding] {
        var findings: [Finding] = []
        var earlier = SchemaObjects()
        for (index, file) in files.enumerated() {
            findings += ofFile(file, number: index + 1, before: files[..<index])
            var judge = StepJudge(file, earlier: earlier)
            for statement in file.statements {
                guard let problem = judge.judge(statement) else { continue }
                findings.append(Finding(place: "\(file.name).sql, line \(statement.line)", problem: problem))
            }
            earlier.formUnion(judge.made)
        }
        return findings
    }

    private static func ofFile(_ file: Migration, number: Int, before: ArraySlice<Migration>) -> [Finding] {
        var problems: [String] = []
        if file.number != number { problems.append("its number is not \(number): steps are numbered without gaps") }
        if case .contract(let name) = file.kind, !before.contains(where: { $0.name == name && $0.kind == .expand }) {
            problems.append("is the contract of '\(name)', which is no earlier expand step")
        }
        return problems.map { Finding(place: "\(file.name).sql", problem: $0) }
    }
}

/// Names of what steps have made.
struct SchemaObjects: Hashable, Sendable {
    var tables: Set<String> = []
    /// Those of the tables that consist of partitions.
    var partitioned: Set<String> = []
    var indexes: Set<String> = []
    var views: Set<String> = []
    /// Functions and procedures.
    var routines: Set<String> = []

    mutating func formUnion(_ other: SchemaObjects) {
        tables.formUnion(other.tables)
        partitioned.formUnion(other.partitioned)
        indexes.formUnion(other.indexes)
        views.formUnion(other.views)
        routines.formUnion(other.routines)
    }
}
#endif
