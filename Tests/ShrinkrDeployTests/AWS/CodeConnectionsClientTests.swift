import AWSRuntime
import AWSTestSupport
import NIOHTTP1
import Testing

@testable import ShrinkrDeploy

@Suite("CodeConnections client")
struct CodeConnectionsClientTests {
    @Test("Reads the latest sync of a stack")
    func latestSync() async throws {
        try await withFakeAWS { _ in
            .json(
                """
                {"DesiredState":{"Branch":"main","Directory":"","OwnerId":"o","RepositoryName":"r",
                  "ProviderType":"GitHub","Sha":"abc"},
                 "LatestSync":{"Status":"FAILED","StartedAt":1738000002.5,"Target":"shrinkr-api-devstg",
                  "Events":[{"Event":"Template error: x","Time":1738000003.1,"Type":"ERROR"}],
                  "InitialRevision":{"Sha":"000"},"TargetRevision":{"Sha":"abc","Branch":"main"}}}
                """)
        } _: { client, server in
            let sync = try await CodeConnectionsClient(client: client).latestSync(ofStack: "shrinkr-api-devstg")
            #expect(
                sync
                    == GitSyncAttempt(
                        status: "FAILED", startedAt: 1_738_000_002.5, targetRevision: .init(sha: "abc"),
                        events: [.init(event: "Template error: x")]))
            let request = try #require(server.requests.first)
            #expect(request.operation == "GetResourceSyncStatus")
            #expect(request.headers.first(name: "content-type") == "application/x-amz-json-1.0")
            #expect(request.isSigned(with: .test, region: "eu-central-1", service: "codeconnections"))
            #expect(request.text.contains(#""SyncType":"CFN_STACK_SYNC""#))
        }
    }

    @Test("A stack without Git sync has none")
    func none() async throws {
        try await withFakeAWS { _ in
            .json(#"{"__type":"ResourceNotFoundException","Message":"no sync"}"#, status: 400)
        } _: { client, _ in
            let sync = try await CodeConnectionsClient(client: client).latestSync(ofStack: "x")
            #expect(sync == nil)
        }
    }
}
