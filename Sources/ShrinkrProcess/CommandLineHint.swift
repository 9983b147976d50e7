package import ArgumentParser

/// What a command line that cannot be used may have meant.
package enum CommandLineHint {
    /// A sentence about the first word that no command knows as a command or a flag; nil where all are known, and
    /// something else is wrong.
    package static func sentence(for arguments: [String], of root: any ParsableCommand.Type) -> String? {
        var command = root
        var path = [root._commandName]
        for argument in arguments {
            if argument == "--" || argument == "help" { return nil }
            guard argument.utf8.first != UInt8(ascii: "-") else {
                if let sentence = unknownFlag(argument, of: command, root: root) { return sentence }
                continue
            }
            let children = command.configuration.subcommands
            if let child = children.first(where: { $0._commandName == argument }) {
                command = child
                path.append(argument)
            } else if !children.isEmpty, isWord(argument, after: arguments, root: command) {
                return unknownCommand(argument, path: path, known: children.map { $0._commandName } + ["help"])
            } else {
                continue
            }
        }
        return nil
    }

    private static func unknownCommand(_ word: String, path: [String], known: [String]) -> String {
        let program = path.joined(separator: " ")
        let rest =
            Suggestion.nearest(to: word, among: known).map { "did you mean '\(program) \($0)'?" }
            ?? "there is \(known.dropLast().joined(separator: ", "))"
        return "There is no command '\(program) \(word)'; \(rest)"
    }

    private static func unknownFlag(
        _ argument: String, of command: any ParsableCommand.Type, root: any ParsableCommand.Type
    ) -> String? {
        guard argument.utf8.starts(with: "--".utf8) else { return nil }
        let name = String(argument.prefix { $0 != "=" })
        let own = flags(of: command, root: root)
        guard !own.contains(name) else { return nil }
        guard let meant = Suggestion.nearest(to: name, among: own) else { return nil }
        return "There is no flag \(name) here; did you mean \(meant)?"
    }

    /// Whether the word stands where a command could: not as the value of a flag before it.
    private static func isWord(_ word: String, after arguments: [String], root: any ParsableCommand.Type) -> Bool {
        guard let index = arguments.firstIndex(of: word), index > 0 else { return true }
        return arguments[index - 1].utf8.first != UInt8(ascii: "-")
    }

    /// The long flags of a command; one with a default subcommand has the flags of that.
    private static func flags(of command: any ParsableCommand.Type, root: any ParsableCommand.Type) -> [String] {
        let target = command.configuration.defaultSubcommand ?? command
        let help = root.helpMessage(for: target, includeHidden: true, columns: 200)
        let words = help.utf8.split { byte in
            !((0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "-"))
        }
        let flags = words.filter { $0.count > 2 && $0.starts(with: "--".utf8) }.map {
            String(decoding: $0, as: UTF8.self)
        }
        // In the order of the help, each once.
        return flags.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}
