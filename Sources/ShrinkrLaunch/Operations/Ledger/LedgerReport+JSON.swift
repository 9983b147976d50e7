import FoundationEssentials
import ShrinkrStore

extension LedgerReport {
    /// The report as one JSON object.
    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(Document(self)), as: UTF8.self)
    }

    private struct Document: Encodable {
        struct Part: Encodable {
            let journal: String
            let terms: TermsDocument
            let missingFrames: Int
            let isBehind: Bool

            private enum CodingKeys: String, CodingKey {
                case journal, terms
                case missingFrames = "missing_frames"
                case isBehind = "is_behind"
            }
        }

        private enum CodingKeys: String, CodingKey {
            case terms, journals, problems, notes
            case addsUp = "adds_up"
            case workerVersions = "worker_versions"
        }

        let addsUp: Bool
        let terms: TermsDocument
        let journals: [Part]
        let problems: [String]
        let notes: [String]
        let workerVersions: [Int]?

        init(_ report: LedgerReport) {
            addsUp = report.problems.isEmpty
            terms = TermsDocument(report.terms)
            journals = report.journals.map {
                Part(
                    journal: $0.name, terms: TermsDocument($0.terms), missingFrames: $0.missingFrames.count,
                    isBehind: $0.isBehind)
            }
            problems = report.problems
            notes = report.notes
            workerVersions = report.workerVersions
        }
    }

    private struct TermsDocument: Encodable {
        private enum CodingKeys: String, CodingKey {
            case answered, journaled, dropped, lost, published, counted, orphaned
            case inJournal = "in_journal"
            case inQueue = "in_queue"
            case deadLettered = "dead_lettered"
            case inFlight = "in_flight"
        }

        let answered, journaled, dropped, lost, inJournal, published, counted, orphaned, deadLettered, inQueue: Int
        let inFlight: Int

        init(_ terms: Terms) {
            answered = terms.answered
            journaled = terms.journaled
            dropped = terms.dropped
            lost = terms.lost
            inJournal = terms.inJournal
            published = terms.published
            counted = terms.counted
            orphaned = terms.orphaned
            deadLettered = terms.deadLettered
            inQueue = terms.inQueue
            inFlight = terms.inFlight
        }
    }
}
