import ShrinkrBase
import ShrinkrStore

extension MemoryStore: VisitorKeyStore {
    package func visitorKey(ofDay day: Int64, proposal: [UInt8]) -> [UInt8] {
        let key = visitorKeys[day] ?? proposal
        visitorKeys[day] = key
        return key
    }

    package func destroyVisitorKeys(beforeDay day: Int64) {
        let end = min(day, VisitorKeys.firstDay(at: WallClock.system.now()))
        visitorKeys = visitorKeys.filter { $0.key >= end }
    }
}
