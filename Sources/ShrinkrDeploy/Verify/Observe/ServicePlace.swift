/// Where an ECS service is, by its ARN: `arn:aws:ecs:<region>:<account>:service/<cluster>/<name>`.
struct ServicePlace: Sendable, Hashable {
    /// The cluster's name, or its ARN.
    let cluster: String
    let service: String

    /// Reads an ARN; `nil` when it names no cluster.
    init?(arn: String) {
        guard let kind = arn.firstRange(of: ":service/") else { return nil }
        let path = arn[kind.upperBound...]
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return nil }
        cluster = String(path[..<slash])
        service = String(path[path.index(after: slash)...])
        if service.isEmpty { return nil }
    }
}
