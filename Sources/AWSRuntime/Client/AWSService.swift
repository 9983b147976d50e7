/// What differs between services before a request is made.
package struct AWSService: Sendable, Hashable {
    /// The name in the credential scope and in logs.
    package let signingName: String
    /// The first labels of the public endpoint's host.
    package let endpointPrefix: String
    /// The suffix of `AWS_ENDPOINT_URL_…`.
    package let environmentName: String

    /// Makes a service whose names are all the same word.
    ///
    /// - Parameter endpointPrefix: What its host begins with, where that is another.
    package init(_ name: String, endpointPrefix: String? = nil) {
        self.signingName = name
        self.endpointPrefix = endpointPrefix ?? name
        self.environmentName = name.uppercased()
    }
}
