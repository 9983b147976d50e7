/// Beyond which a request is none for the lane; the ordinary way has the last word on it.
package struct RequestLimits: Sendable {
    /// Most bytes of request line and header together.
    package let headerBytes: Int
    /// Most fields of a header.
    package let headerFields: Int
    /// Field, in small letters, in which a trusted proxy names the client's country; nil where none does.
    package let countryField: [UInt8]?

    package init(headerBytes: Int, headerFields: Int, countryField: [UInt8]?) {
        self.headerBytes = headerBytes
        self.headerFields = headerFields
        self.countryField = countryField
    }
}
