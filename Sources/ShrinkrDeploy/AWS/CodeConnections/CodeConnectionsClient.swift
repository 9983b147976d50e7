import AWSRuntime

/// AWS CodeConnections: reading how CloudFormation Git sync fares.
struct CodeConnectionsClient: Sendable {
    private static let service = AWSService("codeconnections")

    private let client: AWSClient

    /// Uses the process's AWS client; its owner shuts it down.
    init(client: AWSClient) {
        self.client = client
    }

    /// The latest attempt to bring a stack to what its branch holds (`GetResourceSyncStatus`).
    ///
    /// - Returns: `nil` when the stack has no Git sync, or none has run yet.
    /// - Throws: `AWSError`; `CancellationError`.
    func latestSync(ofStack stack: String) async throws -> GitSyncAttempt? {
        struct Input: Encodable {
            let resourceName: String
            let syncType = "CFN_STACK_SYNC"

            enum CodingKeys: String, CodingKey {
                case resourceName = "ResourceName"
                case syncType = "SyncType"
            }
        }
        struct Output: Decodable {
            let latestSync: GitSyncAttempt?

            enum CodingKeys: String, CodingKey {
                case latestSync = "LatestSync"
            }
        }
        let operation = AWSJSONOperation(
            service: Self.service,
            targetPrefix: "com.amazonaws.codeconnections.CodeConnections_20231201",
            name: "GetResourceSyncStatus"
        )
        do {
            let output: Output = try await client.callJSON(operation, Input(resourceName: stack))
            return output.latestSync
        } catch let error as AWSError where error.serviceCode == "ResourceNotFoundException" {
            return nil
        }
    }
}
