/// A sequence diagram in Mermaid's language, of which every participant but people is a type of ours.
struct SequenceDiagram {
    struct Participant: Hashable {
        let type: String
        let target: String
    }

    struct Message: Hashable {
        let sender: String
        let receiver: String
        let isReturn: Bool
        let text: String
    }

    private(set) var participants: [String: Participant] = [:]
    private(set) var people: Set<String> = []
    private(set) var messages: [Message] = []
    /// Lines that are not understood.
    private(set) var unknown: [String] = []

    /// All diagrams of a page.
    static func all(in page: String) -> [SequenceDiagram] {
        page.split(separator: "```mermaid\n", omittingEmptySubsequences: false).dropFirst().compactMap { rest in
            guard let code = rest.split(separator: "```").first else { return nil }
            let lines = code.split(separator: "\n").map { $0.drop { $0 == " " } }
            return lines.first == "sequenceDiagram" ? SequenceDiagram(lines.dropFirst().map(String.init)) : nil
        }
    }

    private init(_ lines: [String]) {
        for line in lines {
            let words = line.split(separator: " ").map(String.init)
            switch words[0] {
            case "actor" where words.count == 2: people.insert(words[1])
            case "participant" where words.count == 4 && words[2] == "as":
                let parts = words[3].split(separator: "<br/>").map(String.init)
                guard parts.count == 2, parts[0] == words[1] else { fallthrough }
                participants[parts[0]] = Participant(type: parts[0], target: parts[1])
            case "Note", "opt", "alt", "else", "end", "loop": break
            default: read(line)
            }
        }
    }

    private mutating func read(_ line: String) {
        let halves = line.split(separator: ": ", maxSplits: 1).map(String.init)
        for (arrow, isReturn) in [("-->>", true), ("->>", false)] {
            let ends = halves[0].split(separator: arrow).map(String.init)
            guard halves.count == 2, ends.count == 2 else { continue }
            messages.append(Message(sender: ends[0], receiver: ends[1], isReturn: isReturn, text: halves[1]))
            return
        }
        unknown.append(line)
    }

    /// What the diagram says and the code does not.
    func lies(_ tree: SourceTree) -> [String] {
        var lies = unknown.map { "not understood: \($0)" }
        for participant in participants.values.sorted(by: { $0.type < $1.type })
        where !tree.declares(participant.type, in: participant.target) {
            lies.append("\(participant.target) declares no \(participant.type)")
        }
        for message in messages {
            let ends = [message.sender, message.receiver]
            lies += ends.filter { participants[$0] == nil && !people.contains($0) }.map { "no participant: \($0)" }
            // What people say and hear is no function.
            guard ends.allSatisfy({ !people.contains($0) }), let receiver = participants[message.receiver] else {
                continue
            }
            if message.isReturn {
                if !tree.files.keys.contains(where: { tree.declares(message.text, in: $0) }) {
                    lies.append("no target declares \(message.text)")
                }
            } else if !tree.declares(function: "\(receiver.type).\(message.text)", in: receiver.target) {
                lies.append("\(receiver.target) declares no \(receiver.type).\(message.text)")
            }
        }
        return lies
    }
}
