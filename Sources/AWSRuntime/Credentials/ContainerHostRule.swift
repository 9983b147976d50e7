/// Which hosts may be asked for container credentials: an attacker who sets `AWS_CONTAINER_CREDENTIALS_FULL_URI` must
/// not receive the authorization token (AWS SDKs and Tools reference, "Container credential provider").
enum ContainerHostRule {
    /// Whether the endpoint is HTTPS, on this machine, or one of the addresses of ECS and EKS.
    static func allows(_ endpoint: ServiceEndpoint) -> Bool {
        endpoint.scheme == .https || agents.contains(endpoint.host) || isLoopback(endpoint.host)
    }

    private static let agents: Set<String> = ["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"]

    private static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
