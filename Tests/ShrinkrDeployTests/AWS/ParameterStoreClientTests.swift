import AWSRuntime
import Testing

@testable import ShrinkrDeploy

@Suite("Parameter Store") struct ParameterStoreClientTests {
    @Test("is asked for ten values at a time, and for none where there is none to ask for")
    func batches() async throws {
        let aws = ScriptedAWS([
            "GetParameters": .json(
                #"{"Parameters":[{"Name":"/a/1","Value":"one","Type":"String"}],"InvalidParameters":["/a/2"]}"#)
        ])
        let client = aws.client
        let store = ParameterStoreClient(client: client)
        #expect(try await store.values(of: []) == [:])
        #expect(aws.operations.isEmpty)
        #expect(try await store.values(of: (1...21).map { "/a/\($0)" }) == ["/a/1": "one"])
        #expect(aws.operations.count == 3)
        try await client.shutdown()
    }
}
