import Yams

/// Reads the one document of a YAML file.
enum YAMLDocument {
    /// Parses a text and hands its root to `body`.
    ///
    /// Anchors are known only while `body` runs.
    ///
    /// - Throws: ``Problem`` when it is no YAML, or more than one document, or has a key twice.
    static func read<Result>(_ text: String, file: String, body: (Node) -> Result) throws(Problem) -> Result {
        do {
            let parser = try Parser(yaml: text, encoding: .utf8)
            guard let root = try parser.singleRoot() else { throw Problem(file: file, line: 1, "is empty") }
            return withExtendedLifetime(parser) { body(root) }
        } catch let problem as Problem {
            throw problem
        } catch {
            throw problem(error, file: file)
        }
    }

    private static func problem(_ error: any Error, file: String) -> Problem {
        switch error as? YamlError {
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.map { "'\($0)'" }.joined(separator: " and ")
            return Problem(file: file, line: context.mark.line, "has the key \(names) more than once")
        case .scanner(let context, let what, let mark, _), .parser(let context, let what, let mark, _),
            .composer(let context, let what, let mark, _):
            let reason = [what, context?.text].compactMap(\.self).joined(separator: " ")
            return Problem(file: file, line: mark.line, "is not YAML as it should be: \(reason)")
        case .reader(let what, let offset, _, let text):
            let line = text.prefix(offset ?? 0).count { $0.isNewline } + 1
            return Problem(file: file, line: line, "is not YAML: \(what)")
        default:
            return Problem(file: file, line: 1, "is not YAML: \(error)")
        }
    }
}

extension Node {
    /// The line it begins in, from 1.
    var line: Int { mark?.line ?? 1 }

    /// The text of a scalar that is a string by its form, not a number, a truth value or the like.
    var text: String? {
        guard let scalar, tag == Tag(.str) else { return nil }
        return scalar.string
    }
}
