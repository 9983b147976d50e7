/// Text of a link's owner as a page of ours may show it.
package enum VisibleText {
    /// The text without what cannot be seen, and could make the rest look like something else: format characters (general
    /// category Cf: bidirectional overrides and isolates, joiners, tags), line and paragraph separators, and code points
    /// that mean nothing.
    package static func of(_ text: String) -> String {
        var visible = String.UnicodeScalarView()
        visible.append(contentsOf: text.unicodeScalars.lazy.filter { isVisible($0) })
        return String(visible)
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .format, .control, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: false
        default: true
        }
    }
}
