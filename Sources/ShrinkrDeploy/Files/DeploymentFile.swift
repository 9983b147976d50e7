/// A deployment file of CloudFormation Git sync: the template, and the parameters and tags of its stack.
package struct DeploymentFile: Sendable, Hashable {
    /// The parameter that a deployment changes.
    static let imageParameter = "ImageUri"
    /// The largest file read.
    static let maximumBytes = 64 << 10

    /// A value, and where it is.
    struct Value: Sendable, Hashable {
        let text: String
        /// The line of its key, from 1.
        let line: Int
        /// Where the value itself begins: line and column from 1, the column in Unicode scalars.
        let start: Position
    }

    /// A place in a text.
    struct Position: Sendable, Hashable {
        let line: Int
        let column: Int
    }

    /// The path of the file, as the user wrote it.
    let path: String
    var template: Value?
    /// The line of the key `parameters`.
    var parametersLine = 1
    var parameters: [String: Value] = [:]
    var tags: [String: Value] = [:]

    /// The image that the service is to run; `nil` where the file names none, or none that stays the same.
    package var image: ImageReference? {
        parameters[Self.imageParameter].flatMap { try? ImageReference(parsing: $0.text) }
    }
}
