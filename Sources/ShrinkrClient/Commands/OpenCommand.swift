package import ArgumentParser
import Glibc
import ShrinkrBase
import ShrinkrProcess

/// `open`: opens a link in the browser.
package struct OpenCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "open", abstract: "Open a link in the browser.",
        discussion: """
            Follows the short URL, which counts a click; with --destination the browser is sent where the link leads, and
            nothing is counted. The browser is what $BROWSER names, else xdg-open's.

            \(ClientOptions.discussion)
            """)

    @Argument(help: "The link's code or short URL")
    package var code: CodeArgument

    @Flag(help: "Open the destination, and count no click")
    package var destination = false

    @OptionGroup package var client: ClientOptions

    package init() {}

    package func run() async throws {
        let url = try await client.withClient { session in
            let link = try await session.api.send(APIRequest(.get, "links", code.code)).document
            let url = destination ? link["url"].text : LinkDocument(link).shortURL
            // A browser is given the address of a page, and never a flag or a file.
            guard let url, UntrustedText(url).begins(with: "http://") || UntrustedText(url).begins(with: "https://")
            else {
                throw ClientError(.failure, "\(session.api.server) answers with no address for '\(code.code)'")
            }
            try session.output.write(session.format == .text ? TerminalText.safe(url) : TerminalText.json(link))
            return url
        }
        let browser = ProcessEnvironment.variable("BROWSER").flatMap { $0.isEmpty ? nil : $0 } ?? "xdg-open"
        try Browser.start(browser, url)
    }
}

/// The program that shows pages.
enum Browser {
    /// Starts it with the URL as its one argument, without a shell, and waits until it has ended, as programs do that hand
    /// the URL on.
    static func start(_ program: String, _ url: String) throws(ClientError) {
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(program), strdup(url), nil]
        var variables = ProcessEnvironment.variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (arguments + variables).forEach { free($0) } }
        var process: pid_t = 0
        let failure = posix_spawnp(&process, program, nil, nil, &arguments, &variables)
        guard failure == 0 else {
            throw ClientError(
                .failure,
                "\(program) could not be started: \(String(cString: strerror(failure))); name one with $BROWSER")
        }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        guard status == 0 else { throw ClientError(.failure, "\(program) could not open \(url)") }
    }
}
