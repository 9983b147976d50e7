/// A strict reader of the text exposition format, version 0.0.4, as much of it as a test needs.
struct Exposition {
    struct Malformed: Error {
        var line: String
    }

    struct Sample: Equatable {
        var name: String
        var labels: [String: String]
        var value: String
    }

    var types: [String: String] = [:]
    var help: [String: String] = [:]
    var samples: [Sample] = []

    init(parsing bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.isEmpty || text.hasSuffix("\n") else { throw Malformed(line: "the last line has no end") }
        var family = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            if let match = line.wholeMatch(of: /# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)/) {
                family = String(match.1)
                guard help.updateValue(String(match.2), forKey: family) == nil else { throw Malformed(line: "\(line)") }
            } else if let match = line.wholeMatch(of: /# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)/) {
                guard match.1 == family, types.updateValue(String(match.2), forKey: family) == nil else {
                    throw Malformed(line: "\(line)")
                }
            } else {
                try samples.append(Self.sample(line, of: family))
            }
        }
    }

    /// The only sample of this name and these labels.
    func value(_ name: String, _ labels: [String: String] = [:]) -> String? {
        let found = samples.filter { $0.name == name && $0.labels == labels }
        return found.count == 1 ? found[0].value : nil
    }

    private static func sample(_ line: Substring, of family: String) throws -> Sample {
        let form = /([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? ([+-]?Inf|NaN|[-+0-9.e]+)/
        guard let match = line.wholeMatch(of: form), !family.isEmpty, match.1.hasPrefix(family) else {
            throw Malformed(line: "\(line)")
        }
        return Sample(name: "\(match.1)", labels: try labels(match.2 ?? "", in: line), value: "\(match.3)")
    }

    private static func labels(_ text: Substring, in line: Substring) throws -> [String: String] {
        var rest = text
        var labels: [String: String] = [:]
        while !rest.isEmpty {
            guard let match = rest.prefixMatch(of: /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\["\\n])*)"(?:,|$)/),
                labels.updateValue(unescaped(match.2), forKey: "\(match.1)") == nil
            else { throw Malformed(line: "\(line)") }
            rest = rest[match.range.upperBound...]
        }
        return labels
    }

    private static func unescaped(_ text: Substring) -> String {
        var result = ""
        var iterator = text.makeIterator()
        while let character = iterator.next() {
            guard character == "\\", let escaped = iterator.next() else {
                result.append(character)
                continue
            }
            result.append(escaped == "n" ? "\n" : escaped)
        }
        return result
    }
}
