import AWSRuntime

/// Parameter Store of AWS Systems Manager: reading parameters, never changing them.
struct ParameterStoreClient: Sendable {
    private static let service = AWSService("ssm")
    /// The most names in one call (AWS Systems Manager API reference, `GetParameters`).
    private static let maximumNames = 10

    private let client: AWSClient

    /// Uses the process's AWS client; its owner shuts it down.
    init(client: AWSClient) {
        self.client = client
    }

    /// The values of parameters by name (`GetParameters`); those that do not exist are left out.
    ///
    /// - Throws: `AWSError`; `CancellationError`.
    func values(of names: [String]) async throws -> [String: String] {
        struct Input: Encodable {
            let names: [String]

            enum CodingKeys: String, CodingKey {
                case names = "Names"
            }
        }
        struct Output: Decodable {
            struct Parameter: Decodable {
                let name: String
                let value: String

                enum CodingKeys: String, CodingKey {
                    case name = "Name"
                    case value = "Value"
                }
            }
            let parameters: [Parameter]?

            enum CodingKeys: String, CodingKey {
                case parameters = "Parameters"
            }
        }
        let operation = AWSJSONOperation(
            service: Self.service, version: "1.1", targetPrefix: "AmazonSSM", name: "GetParameters")
        var values: [String: String] = [:]
        var rest = Set(names).sorted()[...]
        while !rest.isEmpty {
            let output: Output = try await client.callJSON(
                operation, Input(names: Array(rest.prefix(Self.maximumNames))))
            for parameter in output.parameters ?? [] { values[parameter.name] = parameter.value }
            rest = rest.dropFirst(Self.maximumNames)
        }
        return values
    }
}
