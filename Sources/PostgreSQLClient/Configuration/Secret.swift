#if PostgreSQL
/// A text that no description, dump or error shows.
struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let value: String?

    init(_ value: String?) {
        self.value = value.flatMap { $0.utf8.isEmpty ? nil : $0 }
    }

    var description: String { value == nil ? "none" : "hidden" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: [:]) }

    /// `text` with `***` in every place of the secret, compared byte by byte.
    func redact(_ text: String) -> String {
        guard let value else { return text }
        let secret = Array(value.utf8)
        var rest = Array(text.utf8)[...]
        var shown: [UInt8] = []
        while let byte = rest.first {
            if rest.starts(with: secret) {
                shown += Array("***".utf8)
                rest = rest.dropFirst(secret.count)
            } else {
                shown.append(byte)
                rest = rest.dropFirst()
            }
        }
        return String(decoding: shown, as: UTF8.self)
    }
}
#endif
