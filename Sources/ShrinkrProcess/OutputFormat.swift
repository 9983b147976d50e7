import ArgumentParser

/// How a command prints what it found.
package enum OutputFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
    case text, json
}
