import HTTPTypes
import ShrinkrCore

extension HTTPFields {
    /// The value of a field that a client sent, lines of one name joined with a comma (RFC 9110, section 5.3); nil where
    /// there is none.
    ///
    /// The only way to read a field of a request: what it gives cannot be compared as a `String`.
    func text(_ name: HTTPField.Name) -> UntrustedText? {
        // text: this is where fields become untrusted text.
        self[name].map { UntrustedText($0) }
    }

    /// The same, line by line, of a field whose lines are not to be joined.
    func texts(_ name: HTTPField.Name) -> [UntrustedText] { self[values: name].map { UntrustedText($0) } }

    /// Whether `Connection` is `close`, as ``RequestHeadRules`` and the server itself write it.
    var saysClose: Bool { text(.connection)?.equals("close") ?? false }
}
