import Logging
import ServiceLifecycle
import ServiceLifecycleTestKit
import ShrinkrCore
import StoreTestSupport
import Testing

@testable import ShrinkrWorker

@Suite("A worker says which frames it reads") struct WorkerAnnouncerTests {
    @Test("until it stops")
    func announcement() async throws {
        let store = MemoryStore()
        let announcer = WorkerAnnouncer(
            store: store, id: "00000000-0000-4000-8000-000000000001",
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        try await testGracefulShutdown { trigger in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await announcer.run() }
                try await eventually("it says so") { await store.workerVersions() == [ClickFrame.version] }
                trigger.triggerGracefulShutdown()
                try await group.waitForAll()
            }
        }
        #expect(await store.workerVersions().isEmpty)
    }
}
