extension TemplateParameter {
    /// The longest value that CloudFormation takes, in bytes.
    private static let maximumBytes = 4_096

    /// Why CloudFormation would refuse a value of this parameter; `nil` if it would not.
    ///
    /// - Throws: ``UnreadablePattern``.
    func refusal(of value: String) throws(UnreadablePattern) -> String? {
        if value.utf8.count > Self.maximumBytes { return "has more than \(Self.maximumBytes) bytes" }
        if type == "Number" || type == "List<Number>", let refusal = numberRefusal(of: value) { return refusal }
        if let allowedValues, let other = parts(of: value).first(where: { !allowedValues.contains($0) }) {
            return "is '\(other)', not one of \(allowedValues.map { "'\($0)'" }.joined(separator: ", "))"
        }
        if let minimumLength, value.unicodeScalars.count < minimumLength {
            return "has fewer than \(minimumLength) characters"
        }
        if let maximumLength, value.unicodeScalars.count > maximumLength {
            return "has more than \(maximumLength) characters"
        }
        if let allowedPattern, try !matches(value, allowedPattern) {
            return "is '\(value)', which does not match the pattern \(allowedPattern)"
        }
        return nil
    }

    /// The template's pattern is no regular expression that can be read here.
    struct UnreadablePattern: Error {}

    /// A pattern is for the whole value; its classes such as `\d` hold ASCII only, as in Java.
    private func matches(_ value: String, _ pattern: String) throws(UnreadablePattern) -> Bool {
        guard let regex = try? Regex(pattern) else { throw UnreadablePattern() }
        let match = try? regex.matchingSemantics(.unicodeScalar).asciiOnlyCharacterClasses().wholeMatch(in: value)
        return match != nil
    }

    private func numberRefusal(of value: String) -> String? {
        for part in parts(of: value) {
            guard let number = Double(part), number.isFinite else { return "is '\(part)', not a number" }
            if let minimumValue, number < minimumValue { return "is less than \(minimumValue)" }
            if let maximumValue, number > maximumValue { return "is more than \(maximumValue)" }
        }
        return nil
    }

    /// The items of a list, or the value itself.
    private func parts(of value: String) -> [String] {
        guard type == "CommaDelimitedList" || type.hasPrefix("List<") else { return [value] }
        return value.split(separator: ",", omittingEmptySubsequences: false).map { item in
            String(item.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
    }
}
