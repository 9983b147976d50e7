import ArgumentParser
import ShrinkrDeploy

/// `set-image`: changes the image line of a deployment file.
struct SetImageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set-image", abstract: "Set the image in a deployment file, and change nothing else in it.",
        discussion: """
            Only the value of ImageUri is replaced, in one step; comments and line ends
            stay. Prints 'changed' or 'unchanged' and what. Refused are a file that is not
            as it should be, an image whose tag can be moved, and an image of another
            repository or registry than the file has; while the file has a placeholder, a
            commit of forty zeros, the registry may be another.

            Exit codes: 0 set, 1 refused and nothing changed, 2 the command line cannot be
            used.
            """)

    @Option(help: ArgumentHelp("The deployment file", valueName: "path"))
    var file: String

    @Option(help: ArgumentHelp("registry/repository:sha-<40 hex>, or …@sha256:<64 hex>", valueName: "uri"))
    var imageUri: String

    func run() async throws {
        print(try ImageEditor.setImage(imageUri, inFile: file))
    }
}
