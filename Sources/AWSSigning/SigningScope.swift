/// Where a signature is valid: one region of one service.
package struct SigningScope: Sendable, Hashable {
    /// The region, such as `eu-central-1`.
    package let region: String
    /// The service's signing name, such as `sqs` or `s3`.
    package let service: String

    /// Makes a scope.
    package init(region: String, service: String) {
        self.region = region
        self.service = service
    }

    /// S3 signs paths as they are sent and wants the payload hash as a header
    /// (Amazon S3 API reference, "Signature Calculations for the Authorization Header").
    var isS3: Bool { service == "s3" }

    /// `date/region/service/aws4_request`.
    func text(at time: UTCTime) -> String {
        "\(time.dateStamp)/\(region)/\(service)/aws4_request"
    }
}
