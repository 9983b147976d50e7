/// What became of the image of a deployment file.
package struct ImageChange: Sendable, Hashable, CustomStringConvertible {
    /// The deployment file.
    package let file: String
    package let before: ImageReference
    package let after: ImageReference

    /// Whether the file was written.
    package var isChange: Bool { before != after }

    package var description: String {
        isChange ? "changed \(file): \(before) -> \(after)" : "unchanged \(file): \(after)"
    }
}
