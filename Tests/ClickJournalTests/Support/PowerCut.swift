import FoundationEssentials
import Glibc
import Synchronization
import TestSupport

@testable import ClickJournal

/// Remembers what was synchronised, and makes the image that a power cut would leave.
final class PowerCut: Sendable {
    private struct State {
        /// Synchronised bytes by path.
        var durable: [String: Int] = [:]
        /// Segments ever seen: their deletion may not have reached the disk.
        var seen: [String: [UInt8]] = [:]
    }
    private let state = Mutex(State())

    /// The system's calls, watched.
    var calls: SystemCalls {
        var calls = SystemCalls.live
        calls.synchronize = { [self] descriptor in
            let code = SystemCalls.live.synchronize(descriptor)
            var information = stat()
            guard code == 0, fstat(descriptor, &information) == 0,
                let name = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(descriptor)")
            else { return code }
            state.withLock { $0.durable[name] = Int(information.st_size) }
            return code
        }
        return calls
    }

    func see(_ image: DirectoryImage) {
        state.withLock { state in
            for name in image.segments { state.seen[name] = image.files[name] }
        }
    }

    /// What of the directory at `path` a power cut leaves: everything synchronised, any part of the rest, possibly as
    /// zeros or noise; perhaps no acknowledgements; perhaps segments again that were deleted.
    func image(of path: String, _ random: inout SeededGenerator) throws -> DirectoryImage {
        var image = try DirectoryImage(of: path)
        let (durable, seen) = state.withLock { ($0.durable, $0.seen) }
        for name in image.segments {
            guard let bytes = image.files[name] else { continue }
            let kept = min(bytes.count, durable["\(path)/\(name)"] ?? 0)
            image.files[name] = bytes[..<kept] + remains(of: bytes[kept...], &random)
            if kept == 0, Bool.random(using: &random) { image.files[name] = nil }
        }
        if Bool.random(using: &random) { image.files["acknowledged"] = nil }
        for (name, bytes) in seen where image.files[name] == nil && durable["\(path)/\(name)"] == bytes.count {
            if Bool.random(using: &random) { image.files[name] = bytes }
        }
        return image
    }

    private func remains(of bytes: ArraySlice<UInt8>, _ random: inout SeededGenerator) -> [UInt8] {
        let part = bytes.prefix(Int.random(in: 0...bytes.count, using: &random))
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return []
        case 1: return Array(part)
        case 2: return [UInt8](repeating: 0, count: part.count)
        default: return part.map { Bool.random(using: &random) ? $0 : UInt8.random(in: 0...255, using: &random) }
        }
    }
}
