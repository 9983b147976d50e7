import FoundationEssentials

extension EnvironmentVerification {
    /// The report that a program reads.
    package var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            encoder.keyEncodingStrategy = .convertToSnakeCase
            return String(decoding: try encoder.encode(Report(self)), as: UTF8.self)
        }
    }

    /// The members of the JSON report.
    private struct Report: Encodable {
        struct Service: Encodable {
            let service: String
            let stack: String
            let result: String
            let checks: [Result]
        }

        struct Result: Encodable {
            let check: String
            let result: String
            let detail: String
        }

        let environment: String
        let result: String
        let exitCode: Int32
        let services: [Service]

        init(_ verification: EnvironmentVerification) {
            environment = verification.environment
            result = verification.outcome.word
            exitCode = verification.outcome.exitCode
            services = verification.services.map { service in
                let checks = service.results.map { result in
                    Result(check: result.check.rawValue, result: result.verdict.word, detail: result.detail)
                }
                return Service(
                    service: service.service, stack: service.stack, result: service.outcome.word, checks: checks)
            }
        }
    }
}

extension Outcome {
    /// The name in JSON.
    fileprivate var word: String { rawValue.split(separator: " ").joined(separator: "_") }
}

extension Verdict {
    /// The name in JSON.
    fileprivate var word: String { rawValue.split(separator: " ").joined(separator: "_") }
}
