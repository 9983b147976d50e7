/// Finds folders of a target that need each other: such folders are one, whatever their names say.
///
/// A folder needs another where one of its files uses the name of a type that a file of the other declares.
struct FolderCycles {
    /// Of a folder, the folders that it needs; and of these, the words that show it, as `Type in File.swift`.
    private var needs: [String: [String: Set<String>]] = [:]

    init(_ files: [SourceFile]) {
        var owners: [String: String] = [:]
        for file in files { for type in file.types { owners[type] = file.folder } }
        for file in files {
            for word in file.words {
                guard let owner = owners[word], owner != file.folder else { continue }
                let name = file.path.split(separator: "/").last ?? ""
                needs[file.folder, default: [:]][owner, default: []].insert("\(word) in \(name)")
            }
        }
    }

    /// Each cycle once, as the folders on its way; a shortest one for each pair of neighbours on it.
    ///
    /// Pairs that need each other come as `A ⇄ B`. Longer cycles are looked for among the others.
    var all: Set<String> {
        var cycles: Set<String> = []
        for (folder, needed) in needs {
            for other in needed.keys where needs[other]?[folder] != nil {
                cycles.insert("\(min(folder, other)) ⇄ \(max(folder, other))")
            }
        }
        for folder in needs.keys {
            guard let way = shortestWay(from: folder) else { continue }
            let first = way.indices.min { way[$0] < way[$1] } ?? 0
            cycles.insert((way[first...] + way[..<first] + [way[first]]).joined(separator: " → "))
        }
        return cycles
    }

    /// What makes up a cycle of two: few words are often enough to end it.
    func evidence(_ cycle: String) -> String {
        let folders = cycle.split(separator: " ⇄ ").map(String.init)
        guard folders.count == 2 else { return cycle }
        let uses = [(folders[0], folders[1]), (folders[1], folders[0])].map { from, to in
            let words = needs[from]?[to, default: []].sorted() ?? []
            let more = words.count > 4 ? " and \(words.count - 4) more" : ""
            return "\(from) uses \(words.prefix(4).joined(separator: ", "))\(more)"
        }
        return "\(cycle): \(uses.joined(separator: "; "))"
    }

    /// The shortest way back to a folder, along needs that are not mutual.
    private func shortestWay(from start: String) -> [String]? {
        var ways = [[start]]
        var seen: Set<String> = []
        while !ways.isEmpty {
            var longer: [[String]] = []
            for way in ways {
                let last = way[way.count - 1]
                for next in needs[last, default: [:]].keys.sorted() where needs[next]?[last] == nil {
                    if next == start { return way }
                    if seen.insert(next).inserted { longer.append(way + [next]) }
                }
            }
            ways = longer
        }
        return nil
    }
}
