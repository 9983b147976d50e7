extension EnvironmentVerification {
    /// The report that a person reads.
    package var table: String {
        let parts = services.map { service in
            let rows = service.results.map { [$0.verdict.rawValue, $0.check.title, $0.detail] }
            return "\(service.stack): \(service.outcome)\n" + TextTable(rows, indent: "  ").text
        }
        return (parts + ["\(environment): \(outcome)"]).joined(separator: "\n\n")
    }
}
