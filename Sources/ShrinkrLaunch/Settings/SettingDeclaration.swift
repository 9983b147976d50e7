package import ArgumentParser
import ShrinkrProcess

/// What is to be said of a setting.
struct SettingDeclaration {
    /// The values that a setting may have. Numbers carry their range, the others the words that complete "not ...".
    enum Kind {
        case integer(ClosedRange<Int>)
        case bytes(ClosedRange<Int>)
        case duration(ClosedRange<Duration>)
        /// `true` or `false`.
        case bool
        /// One of some words.
        case choice([String])
        /// ASCII text of a form that its reader knows.
        case form(String)
        /// Any text, such as a path.
        case free(String)
    }

    /// Which services read it.
    enum Reader: String {
        case api = "API"
        case worker, all
    }

    let reader: Reader
    let kind: Kind
    let help: String
    let example: String
    /// What counts where nothing is given: a value, or words for one that depends on others. Nil for nothing.
    let standard: String?
    /// The same where the queue is in the process.
    let embeddedStandard: String?
    let isSecret: Bool
    let hasFlag: Bool

    /// - Parameter example: The default value, if nil.
    init(
        _ reader: Reader, _ kind: Kind, _ help: String, standard: String? = nil, embedded: String? = nil,
        example: String? = nil, isSecret: Bool = false, hasFlag: Bool = true
    ) {
        self.reader = reader
        self.kind = kind
        self.help = help
        self.example = example ?? standard ?? ""
        self.standard = standard
        embeddedStandard = embedded
        self.isSecret = isSecret
        self.hasFlag = hasFlag
    }

    /// The default as people read it: `30s; 2s without SQS`.
    var shownStandard: String {
        (standard ?? "none") + (embeddedStandard.map { "; \($0) without SQS" } ?? "")
    }

    /// What a value must be, as the end of the sentence "It is not ...".
    var expected: String {
        switch kind {
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .bytes(let range):
            "a size from \(range.lowerBound.byteSize) to \(range.upperBound.byteSize), in bytes or with a unit "
                + "(KiB, MiB, GiB)"
        case .duration(let range):
            "a duration from \(range.lowerBound.shorthand) to \(range.upperBound.shorthand), with its unit "
                + "(ms, s, m, h, d)"
        case .bool: "true or false"
        case .choice(let words):
            words.dropLast().joined(separator: ", ") + " or \(words.last ?? "")"
        case .form(let words), .free(let words): words
        }
    }
}

extension Setting {
    /// The help of its flag, with the default. A switch has none: it is off.
    package var help: ArgumentHelp {
        if case .bool = declaration.kind { return ArgumentHelp(declaration.help) }
        return ArgumentHelp("\(declaration.help) [\(declaration.shownStandard)]")
    }
}
