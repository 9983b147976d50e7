/// What somebody may have meant who wrote a word that nobody knows.
package enum Suggestion {
    /// The known word that is nearest to `word`, if one is near: one slip in up to four characters, two in more; or the
    /// known word has it as a part between hyphens, as `--http-port` has `port`.
    package static func nearest(to word: String, among known: [String]) -> String? {
        let limit = word.utf8.count <= 4 ? 1 : 2
        let distances = known.map { (known: $0, distance: distance(Array(word.utf8), Array($0.utf8))) }
        if let best = distances.min(by: { $0.distance < $1.distance }), best.distance <= limit { return best.known }
        let parts = parts(of: word)
        return parts.isEmpty ? nil : known.first { Set(Self.parts(of: $0)).isSuperset(of: parts) }
    }

    private static func parts(of word: String) -> [ArraySlice<UInt8>] {
        Array(word.utf8).split(separator: UInt8(ascii: "-"))
    }

    /// How many characters to insert, remove, replace or swap with their neighbour (optimal string alignment). Words from
    /// a command line are short; longer ones are cut.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        let (left, right) = (Array(left.prefix(64)), Array(right.prefix(64)))
        var rows = [Array(0...right.count)]
        for (i, byte) in left.enumerated() {
            var row = [i + 1]
            for (j, other) in right.enumerated() {
                var cost = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (byte == other ? 0 : 1))
                if i > 0, j > 0, byte == right[j - 1], left[i - 1] == other { cost = min(cost, rows[i - 1][j - 1] + 1) }
                row.append(cost)
            }
            rows.append(row)
        }
        return rows[left.count][right.count]
    }
}
