extension AWSEnvironment {
    /// The region: `AWS_REGION`, else `AWS_DEFAULT_REGION`, else the profile's `region`.
    ///
    /// - Throws: `AWSError` when none is set, or the value cannot be part of a host name.
    package func region() throws -> String {
        guard let region = try self["AWS_REGION"] ?? self["AWS_DEFAULT_REGION"] ?? profile()?["region"] else {
            throw AWSError(.configuration, "No AWS region is set; set AWS_REGION, for example AWS_REGION=eu-central-1")
        }
        guard region.utf8.count <= 32, region.utf8.allSatisfy(Self.isRegionCharacter) else {
            throw AWSError(.configuration, "The AWS region is malformed; it should look like eu-central-1")
        }
        return region
    }

    /// The endpoint of a service: `AWS_ENDPOINT_URL_<SERVICE>`, else `AWS_ENDPOINT_URL`, else the public one of the
    /// region (`amazonaws.com.cn` in China). FIPS and dual-stack endpoints are set by the first two.
    ///
    /// - Throws: `AWSError` when a configured URL is malformed.
    package func endpoint(for service: AWSService, region: String) throws -> ServiceEndpoint {
        let specific = "AWS_ENDPOINT_URL_\(service.environmentName)"
        for name in [specific, "AWS_ENDPOINT_URL"] {
            guard let text = self[name] else { continue }
            guard let endpoint = ServiceEndpoint(parsing: text) else {
                throw AWSError(
                    .configuration,
                    "\(name) is not a URL such as http://127.0.0.1:4566 or https://sqs.example.com"
                )
            }
            return endpoint
        }
        let domain = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
        return ServiceEndpoint(scheme: .https, host: "\(service.endpointPrefix).\(region).\(domain)")
    }

    private static func isRegionCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
        default: false
        }
    }
}
