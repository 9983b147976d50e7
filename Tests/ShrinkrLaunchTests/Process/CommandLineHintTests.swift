import ArgumentParser
import ShrinkrProcess
import Testing

private struct Program: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prog", subcommands: [Serve.self, Keys.self, Ledger.self], defaultSubcommand: Serve.self)

    struct Serve: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "serve")

        @Option var httpPort: String?
        @Option var adminPort: String?
        @Flag var allowAll = false
    }

    struct Keys: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "keys", subcommands: [Create.self, List.self])
    }

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "create")

        @Option var name: String?
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list")
    }

    struct Ledger: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "ledger")
    }
}

@Suite("Hints for a wrong command line") struct CommandLineHintTests {
    @Test(
        "say what may have been meant",
        arguments: [
            (["key", "create"], "There is no command 'prog key'; did you mean 'prog keys'?"),
            (["serv"], "There is no command 'prog serv'; did you mean 'prog serve'?"),
            (["legder"], "There is no command 'prog legder'; did you mean 'prog ledger'?"),
            (
                ["keys", "creat", "--name", "x"],
                "There is no command 'prog keys creat'; did you mean 'prog keys create'?"
            ),
            (["frobnicate"], "There is no command 'prog frobnicate'; there is serve, keys, ledger"),
            (["--port", "80"], "There is no flag --port here; did you mean --http-port?"),
            (["--htp-port=80"], "There is no flag --htp-port here; did you mean --http-port?"),
            (["serve", "--allow"], "There is no flag --allow here; did you mean --allow-all?"),
            (["keys", "create", "--nam", "x"], "There is no flag --nam here; did you mean --name?"),
        ])
    func hint(arguments: [String], sentence: String) {
        #expect(CommandLineHint.sentence(for: arguments, of: Program.self) == sentence)
    }

    @Test(
        "leave to the parser what it says better",
        arguments: [
            [], ["--no-such-flag"], ["--http-port"], ["keys", "create", "extra"], ["--http-port", "serv"],
            ["help", "x"],
            ["--", "serv"], ["-x"],
        ])
    func noHint(arguments: [String]) {
        #expect(CommandLineHint.sentence(for: arguments, of: Program.self) == nil)
    }

    @Test("know long words and empty ones")
    func edges() {
        #expect(Suggestion.nearest(to: "", among: ["a"]) == "a")
        #expect(Suggestion.nearest(to: String(repeating: "x", count: 100_000), among: ["keys"]) == nil)
        let known = ["SHRINKR_HTTP_HOST", "SHRINKR_HTTP_PORT"]
        #expect(Suggestion.nearest(to: "SHRINKR_HTTP_PROT", among: known) == "SHRINKR_HTTP_PORT")
    }
}
