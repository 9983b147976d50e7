#if PostgreSQL
import ShrinkrBase

/// One step from one form of the tables to the next: a file of SQL, which never changes once it was released.
///
/// The comments at its top say what kind of step it is:
///
///     -- kind: expand
///     -- transaction: no
package struct Migration: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// Programs of the release before go on working beside it.
        case expand
        /// Takes away what the step of this name has replaced: programs that do not know that step cannot go on.
        case contract(of: String)
    }

    /// From 1, without gaps.
    package let number: Int
    /// The file's name without `.sql`, such as `0001-initial`.
    package let name: String
    package let kind: Kind
    /// Whether the step is one transaction. One that is not, because PostgreSQL does not allow it, consists of
    /// statements that may be run again.
    package let isTransactional: Bool
    package let sql: String
    let statements: [SQLStatement]
    /// 64-bit FNV-1a of the file, in hexadecimal digits: tells whether a step was changed after it was run.
    package let checksum: String

    /// - Parameter file: The name of the file, such as `0001-initial.sql`.
    /// - Throws: ``MigrationFileError``.
    package init(file: String, bytes: [UInt8]) throws(MigrationFileError) {
        guard let (number, name) = Self.parse(file: Array(file.utf8)) else {
            throw MigrationFileError(file, "its name is not four digits, '-', small letters, digits and '-', '.sql'")
        }
        guard let sql = String(validating: bytes, as: UTF8.self) else { throw MigrationFileError(file, "is not UTF-8") }
        do {
            statements = try SQLStatement.all(in: bytes)
        } catch {
            throw MigrationFileError(file, "\(error)")
        }
        guard !statements.isEmpty else { throw MigrationFileError(file, "holds no statement") }
        let header = try MigrationHeader(file: file, bytes: bytes)
        (self.number, self.name, self.sql) = (number, name, sql)
        (kind, isTransactional) = (header.kind, header.isTransactional)
        checksum = Self.checksum(of: bytes)
    }

    private static func parse(file: [UInt8]) -> (Int, String)? {
        let suffix = Array(".sql".utf8)
        let stem = file.dropLast(suffix.count)
        guard file.suffix(suffix.count).elementsEqual(suffix), stem.count > 5,
            stem.prefix(4).allSatisfy(\.isASCIIDigit), stem[4] == UInt8(ascii: "-"),
            stem.dropFirst(5).allSatisfy({
                $0.isASCIIDigit || $0 == UInt8(ascii: "-") || $0.isASCIILetter && $0 == $0.asciiLowercased
            }), let number = Int(String(decoding: stem.prefix(4), as: UTF8.self))
        else { return nil }
        return (number, String(decoding: stem, as: UTF8.self))
    }

    /// <http://www.isthe.com/chongo/tech/comp/fnv/>
    static func checksum(of bytes: [UInt8]) -> String {
        let hash = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}

extension Migration.Kind: CustomStringConvertible {
    /// As files and the database write it: `expand`, or `contract of 0007-settings`.
    package var description: String {
        switch self {
        case .expand: "expand"
        case .contract(let name): "contract of \(name)"
        }
    }

    /// Nil where the text is no kind that this version knows.
    package init?(_ text: String) {
        let contract = "contract of "
        if text == "expand" {
            self = .expand
        } else if text.hasPrefix(contract), text.utf8.count > contract.utf8.count {
            self = .contract(of: String(text.dropFirst(contract.utf8.count)))
        } else {
            return nil
        }
    }
}

/// What is wrong with the file of a step.
package struct MigrationFileError: Error, Hashable, CustomStringConvertible {
    package let description: String

    init(_ file: String, _ problem: String) {
        description = "\(file): \(problem)"
    }
}

/// What the comments at the top of a step's file say.
private struct MigrationHeader {
    private(set) var isTransactional = true
    let kind: Migration.Kind

    init(file: String, bytes: [UInt8]) throws(MigrationFileError) {
        var kind: Migration.Kind?
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            guard line.starts(with: "--".utf8) else { break }
            let parts = line.dropFirst(2).split(separator: UInt8(ascii: ":"), maxSplits: 1).map(Self.text)
            guard parts.count == 2 else { continue }
            switch parts[0] {
            case "kind":
                kind = Migration.Kind(parts[1])
                if kind == nil { throw MigrationFileError(file, "'\(parts[1])' is no kind of step") }
            case "transaction" where parts[1] == "no": isTransactional = false
            case "transaction": throw MigrationFileError(file, "'transaction:' can only be 'no'")
            default: continue
            }
        }
        guard let kind else {
            throw MigrationFileError(file, "begins with neither '-- kind: expand' nor '-- kind: contract of <step>'")
        }
        self.kind = kind
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        let end = bytes.lastIndex { !SQLScanner.isSpace($0) }.map { $0 + 1 } ?? bytes.startIndex
        return String(decoding: bytes[..<end].drop(while: SQLScanner.isSpace), as: UTF8.self)
    }
}
#endif
