import ShrinkrBase

/// What is known of user agents, read from `user-agents.txt`, which is built into the program.
///
/// A section begins with `[its name]`. A line of it is a rule: `Name = alternative | alternative`, where an alternative is
/// a mark or several with `&` between them, of which one with `!` in front must be missing; without `Name =` the name is
/// the line itself. The first rule that holds is the one that counts. A line that begins with a space goes on with the line
/// before, and one that begins with `#` is a remark.
///
/// A mark is text in small letters, from the beginning of a word to the end of one: `bot` is not in `botany`. With `*` at
/// its end its last word may go on, and with `^` in front it stands where a program's own name does
/// (``UserAgentText/nameWords``).
struct UserAgentData: Sendable {
    enum Section: Int, CaseIterable, Sendable {
        case beginnings, phones, engines, compatible, handhelds, relayed, addresses, domains
        case endings, programEndings, notEndings
        case bots, programs, tools, browsers, systems, devices

        init?(name: UntrustedText) {
            guard let section = Self.allCases.first(where: { name.equals($0.name) }) else { return nil }
            self = section
        }

        private var name: StaticString {
            switch self {
            case .beginnings: "beginnings"
            case .phones: "phones"
            case .engines: "engines"
            case .compatible: "compatible"
            case .handhelds: "handhelds"
            case .relayed: "relayed"
            case .addresses: "addresses"
            case .domains: "domains"
            case .endings: "endings"
            case .programEndings: "program endings"
            case .notEndings: "not endings"
            case .bots: "bots"
            case .programs: "programs"
            case .tools: "tools"
            case .browsers: "browsers"
            case .systems: "systems"
            case .devices: "devices"
            }
        }
    }

    /// A rule with one of several alternatives that is more than one mark.
    struct Combination: Sendable {
        let section: Section
        let rank: Int
        /// Numbers of marks that must be there, and of those that must not.
        let present: [Int]
        let missing: [Int]
    }

    /// Reads the file that is built in; it has no ``problems``.
    static let builtIn = UserAgentData(builtInText)

    static var builtInText: [UInt8] { PackageResources.user_agents_txt }

    /// Goes up with every change of the data, so that a count says by which rule it was made.
    private(set) var version = 0
    /// What could not be read.
    private(set) var problems: [String] = []
    private(set) var marks = UserAgentMarks()
    private(set) var combinations: [Combination] = []
    /// The endings of both sections.
    private(set) var endings = UserAgentEndings()
    /// Names of rules by section and rank.
    private var names = [[String]](repeating: [], count: Section.allCases.count)

    init(_ text: [UInt8]) {
        var section: Section?
        for line in Self.lines(of: text) {
            if line.begins(with: "version ") {
                version = line.dropFirst(8).trimmed.digits ?? 0
            } else if line.begins(with: "[") {
                section = Section(name: line.dropFirst().cut(at: "]").before)
                if section == nil { problems.append("no such section: \(line.string)") }
            } else if let section {
                read(line, in: section)
            } else {
                problems.append("a rule in no section: \(line.string)")
            }
        }
        if version == 0 { problems.append("there is no version") }
        marks.finish()
    }

    /// The name of a section's rule.
    func name(_ rank: Int, in section: Section) -> String { names[section.rawValue][rank] }

    /// The names of a section's rules, in their order.
    func names(in section: Section) -> [String] { names[section.rawValue] }

    private static func lines(of text: [UInt8]) -> [UntrustedText] {
        var lines: [[UInt8]] = []
        for line in text.split(separator: UInt8(ascii: "\n")) where line.first != UInt8(ascii: "#") {
            if line.first == UInt8(ascii: " "), !lines.isEmpty {
                lines[lines.count - 1] += line
            } else {
                lines.append(Array(line))
            }
        }
        return lines.map { UntrustedText(bytes: $0).trimmed }
    }

    private mutating func read(_ line: UntrustedText, in section: Section) {
        let (before, after) = line.cut(at: "=")
        let rank = names[section.rawValue].count
        names[section.rawValue].append(before.trimmed.string)
        let alternatives = (after ?? before.lowercasedASCII).bytes.split(separator: UInt8(ascii: "|"))
        if alternatives.isEmpty { problems.append("a rule without a mark: \(line.string)") }
        for alternative in alternatives {
            let terms = alternative.split(separator: UInt8(ascii: "&")).map { UntrustedText(bytes: $0).trimmed }
            if !add(terms, section, rank) { problems.append("not a mark: \(line.string)") }
        }
    }

    private mutating func add(_ terms: [UntrustedText], _ section: Section, _ rank: Int) -> Bool {
        if section == .endings || section == .programEndings {
            return terms.count == 1 && endings.add(terms[0], isOfPrograms: section == .programEndings)
        }
        if terms.count == 1, let mark = marks.number(of: terms[0]) {
            marks.add(section, rank, to: mark)
            return true
        }
        var (present, missing): ([Int], [Int]) = ([], [])
        for term in terms {
            let isMissing = term.begins(with: "!")
            guard let mark = marks.number(of: isMissing ? term.dropFirst() : term) else { return false }
            if isMissing { missing.append(mark) } else { present.append(mark) }
        }
        combinations.append(Combination(section: section, rank: rank, present: present, missing: missing))
        return !present.isEmpty
    }
}
