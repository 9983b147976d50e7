/// Replaces one quoted value of a deployment file and leaves every other byte as it is.
struct ValueEdit {
    private let scalars: String.UnicodeScalarView

    init(_ text: String) {
        scalars = text.unicodeScalars
    }

    /// The text with another value in the place of this one.
    ///
    /// - Returns: `nil` when the value is not written there just as it reads, between quotes in one line.
    func replacing(_ value: DeploymentFile.Value, with new: String) -> String? {
        guard let start = index(of: value.start), scalars[start] == "\"" || scalars[start] == "'" else { return nil }
        let content = scalars.index(after: start)
        guard let end = scalars.index(content, offsetBy: value.text.unicodeScalars.count, limitedBy: scalars.endIndex),
            end < scalars.endIndex, scalars[end] == scalars[start],
            scalars[content..<end].elementsEqual(value.text.unicodeScalars)
        else { return nil }
        var edited = String.UnicodeScalarView(scalars[..<content])
        edited.append(contentsOf: new.unicodeScalars)
        edited.append(contentsOf: scalars[end...])
        return String(edited)
    }

    /// Lines end as YAML 1.1 has it, which is how positions are counted.
    private func index(of position: DeploymentFile.Position) -> String.Index? {
        var index = scalars.startIndex
        for _ in 1..<position.line {
            guard let lineEnd = scalars[index...].firstIndex(where: Self.endsLine) else { return nil }
            index = scalars.index(after: lineEnd)
            if scalars[lineEnd] == "\r", index < scalars.endIndex, scalars[index] == "\n" {
                index = scalars.index(after: index)
            }
        }
        let found = scalars.index(index, offsetBy: position.column - 1, limitedBy: scalars.endIndex)
        return found.flatMap { $0 < scalars.endIndex ? $0 : nil }
    }

    private static func endsLine(_ scalar: Unicode.Scalar) -> Bool {
        ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"].contains(scalar)
    }
}
