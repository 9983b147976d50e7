package import ArgumentParser

/// `dead-letters`: messages that no worker could count.
package struct DeadLettersCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "dead-letters", abstract: "List dead letters, or send them to the click queue again.",
        discussion: """
            SQS moves a message to the dead-letter queue once it was received too often. The queue is found through the \
            click queue's redrive policy. Looking hides the messages while it lasts, and for a quarter of an hour at most if it is broken off.
            """,
        subcommands: [DeadLettersListCommand.self, DeadLettersRedriveCommand.self])

    package init() {}
}
