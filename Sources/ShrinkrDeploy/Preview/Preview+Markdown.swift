extension Preview {
    /// What a comment of a pull request begins with; nobody sees it, and the next look finds the comment by it.
    package var mark: String { "<!-- shrinkr-deploy preview of \(environment) -->" }

    /// The report, as GitHub shows it. Names and values may be anybody's text: they are code there, so that they neither
    /// call anybody nor look like ours.
    ///
    /// - Parameter head: The commit that it is about, where that is known.
    package func markdown(head: String?) -> String {
        var parts = [mark, "### What merging this does to \(environment)"]
        if stacks.isEmpty { parts.append("No stack of \(environment) changes.") }
        parts += stacks.flatMap(Self.paragraphs)
        let commit = head.map { " of \(Markdown.code(String($0.prefix(12))))" } ?? ""
        parts.append("Seen by change sets\(commit), which nobody executed. Every look writes this text anew.")
        return parts.joined(separator: "\n\n") + "\n"
    }

    private static func paragraphs(of stack: PreviewedStack) -> [String] {
        let title = "#### `\(stack.stack)`"
        switch stack.outcome {
        case .nothing: return [title, "CloudFormation finds nothing to change."]
        case .unfollowed: return [title, "Its deployment file goes. The stack stays as it is; nothing updates it."]
        case .refused(let reason): return [title, "**This could not be applied:** \(Markdown.code(reason))"]
        case .unseen(let reason): return [title, "What happens cannot be told: \(Markdown.code(reason))"]
        case .changes: break
        }
        let rest = stack.changes.filter { !stack.losses.contains($0) && !stack.permissions.contains($0) }
        return [title, summary(stack)] + list("Replaced or deleted", stack.losses.filter { !$0.isPartOfDeployments })
            + list("Permissions", stack.permissions) + values(stack.differences)
            + (stack.commits.map(commits) ?? [])
            + list("As with every new image", stack.losses.filter(\.isPartOfDeployments)) + list("Else", rest)
    }

    private static func summary(_ stack: PreviewedStack) -> String {
        let lost = stack.losses.filter { !$0.isPartOfDeployments }.count
        let parts = [
            "\(stack.changes.count) of its resources change",
            lost > 0 ? "**\(lost) replaced or deleted**" : "none is replaced or deleted but as with every new image",
            stack.permissions.isEmpty ? "no permissions" : "**permissions**",
        ]
        return parts.joined(separator: "; ") + "."
    }

    private static func list(_ title: String, _ changes: [ResourceChange]) -> [String] {
        if changes.isEmpty { return [] }
        return ["**\(title)**", changes.map { "- " + sentence($0) }.joined(separator: "\n")]
    }

    private static func sentence(_ change: ResourceChange) -> String {
        let what: String =
            switch (change.action, change.replacement) {
            case (.add, _): "is made"
            case (.remove, _): change.policyAction == "Retain" ? "leaves the stack, and stays" : "is deleted"
            case (.import, _): "is taken into the stack"
            case (.dynamic, _): "changes in a way that only the update will show"
            case (.modify, .no): "changes"
            case (.modify, .yes): "is replaced"
            case (.modify, .conditional): "may be replaced"
            }
        let policy = change.policyAction.map { " (the old one: \(Markdown.code($0)))" } ?? ""
        let names = change.properties.map(Markdown.code).joined(separator: ", ")
        let kind = "\(Markdown.code(change.logicalID)), \(Markdown.code(change.type))"
        return "\(kind), \(what)\(policy)\(names.isEmpty ? "" : ": \(names)")"
    }

    private static func values(_ differences: [PreviewedStack.Difference]) -> [String] {
        if differences.isEmpty { return [] }
        let rows = differences.map { difference in
            let (before, after) = (difference.before.map(Markdown.code), difference.after.map(Markdown.code))
            return "| \(Markdown.code(difference.parameter)) | \(before ?? "–") | \(after ?? "–") |"
        }
        let table = ["| value, resolved | now | then |", "|---|---|---|"] + rows
        return ["**Values**", table.joined(separator: "\n")]
    }

    private static func commits(_ commits: ImageCommits) -> [String] {
        if let obstacle = commits.obstacle { return ["**Commits**", "Not known: \(Markdown.code(obstacle))."] }
        var parts: [String] = []
        for (title, lines) in [("Commits", commits.brought), ("Commits taken back", commits.takenBack)]
        where !lines.isEmpty {
            let more = lines.count > ImageCommits.maximum ? ["    …"] : []
            // Indented text is code, too.
            let shown = lines.prefix(ImageCommits.maximum).map { "    \($0)" }
            parts += ["**\(title)**", (shown + more).joined(separator: "\n")]
        }
        return parts.isEmpty ? ["**Commits**", "None touches what the service is made of."] : parts
    }
}

/// Text of others in Markdown.
enum Markdown {
    /// The longest text that is shown, in characters.
    private static let maximum = 300

    /// A text as code in a line or in a cell of a table.
    static func code(_ text: String) -> String {
        let shown = text.count > maximum ? text.prefix(maximum) + "…" : text[...]
        let line = shown.map { character -> String in
            if character.isNewline { return " " }
            return character == "`" ? "'" : character == "|" ? "\\|" : String(character)
        }
        return line.isEmpty ? "(empty)" : "`\(line.joined())`"
    }
}
