/// Appending several records with one write(2).
extension JournalCore {
    /// Most bytes that one write takes: beyond it, a copy costs more than a call.
    private static let batchBytes = 64 << 10

    /// Appends records as ``append(_:now:)`` does one after the other, in as few writes as frames allow.
    mutating func append(_ records: UnsafeRawBufferPointer, ends: [Int], now: () -> Int64) -> BatchOutcome {
        var outcome = BatchOutcome()
        var next = 0
        while next < ends.count {
            let run = appendRun(records, ends: ends, from: next, now: now)
            if run > 0 {
                outcome.recorded += run
                next += run
            } else {
                // The first of them ends a frame, changes segments or fails; alone, it is told why.
                let start = next == 0 ? 0 : ends[next - 1]
                outcome.add(append(UnsafeRawBufferPointer(rebasing: records[start..<ends[next]]), now: now))
                next += 1
            }
        }
        return outcome
    }

    /// Writes as many records as fit into the open frame; returns how many, 0 where nothing could be written.
    private mutating func appendRun(
        _ records: UnsafeRawBufferPointer, ends: [Int], from first: Int, now: () -> Int64
    ) -> Int {
        guard !active.isSuspect, !sealer.isEmpty || active.size < configuration.segmentBytes else { return 0 }
        if buffer.count < Self.batchBytes { buffer += [UInt8](repeating: 0, count: Self.batchBytes - buffer.count) }
        var (trial, bytes, next) = (sealer, 0, first)
        var start = first == 0 ? 0 : ends[first - 1]
        while next < ends.count {
            let count = ends[next] - start
            guard bytes + RecordFormat.headerBytes + count <= Self.batchBytes, !trial.mustSeal(before: count),
                refusal(of: count, behind: bytes) == nil
            else { break }
            let record = UnsafeRawBufferPointer(rebasing: records[start..<ends[next]])
            bytes += buffer.withUnsafeMutableBytes { target in
                RecordFormat.encode(
                    .click, frame: trial.number, payload: record, seed: active.seed,
                    into: UnsafeMutableRawBufferPointer(rebasing: target[bytes...]))
            }
            trial.add(count, at: now())
            (start, next) = (ends[next], next + 1)
        }
        guard next > first else { return 0 }
        let code = buffer.withUnsafeBytes {
            system.writeAll(active.file.descriptor, UnsafeRawBufferPointer(rebasing: $0[..<bytes]), at: active.size)
        }
        active.isDirty = true
        guard code == 0 else {
            _ = undoWrite(code)
            return 0
        }
        if sealer.isEmpty { openStart = JournalPosition(segment: active.name.sequence, offset: active.size) }
        sealer = trial
        active.size += bytes
        status.storedBytes += bytes
        return next - first
    }
}
