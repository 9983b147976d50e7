/// A part of the bytes that one read has brought: a place, no copy.
struct ByteSlice {
    var start = 0
    /// Below 0 where there is no such part.
    var count = -1

    var isPresent: Bool { count >= 0 }

    /// The part itself; empty where there is none.
    @inline(__always) func of(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        count > 0
            ? UnsafeRawBufferPointer(rebasing: bytes[start..<(start + count)])
            : UnsafeRawBufferPointer(start: nil, count: 0)
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the bytes are `other`, where the case of letters in them does not count. `other` has small letters.
    @inline(__always) func equalsIgnoringCase(_ other: StaticString) -> Bool {
        guard count == other.utf8CodeUnitCount else { return false }
        let other = other.utf8Start
        for index in 0..<count where asciiLowercased(self[index]) != other[index] { return false }
        return true
    }

    /// Whether the bytes are `other`.
    @inline(__always) func equals(_ other: StaticString) -> Bool {
        guard count == other.utf8CodeUnitCount else { return false }
        let other = other.utf8Start
        for index in 0..<count where self[index] != other[index] { return false }
        return true
    }
}

/// The byte with `a` to `z` for `A` to `Z`.
@inline(__always) func asciiLowercased(_ byte: UInt8) -> UInt8 {
    byte &- 0x41 < 26 ? byte | 0x20 : byte
}
