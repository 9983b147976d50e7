package import ShrinkrBase
package import ShrinkrCore

extension LinkSettings {
    /// 64 bits by which links with equal settings are found: FNV-1a (Fowler, Noll, Vo) over all members. Equal hashes
    /// do not prove equal settings, so whoever finds a link by it compares.
    package var searchHash: Int64 {
        let members: [String] =
            [
                url, title ?? "", String(redirectStatus.rawValue), String(forwardQuery), String(enabled),
                startsAt.text, expiresAt.text, maximumVisits.map { String($0) } ?? "",
            ] + tags
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for member in members {
            for byte in member.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
            // Not a byte of UTF-8, so it sets members apart.
            hash = (hash ^ 0xff) &* 0x0000_0100_0000_01b3
        }
        return Int64(bitPattern: hash)
    }
}

extension Timestamp? {
    fileprivate var text: String { map { String($0.milliseconds) } ?? "" }
}

extension Timestamp {
    /// The instant of a column that may be NULL.
    package init?(stored milliseconds: Int64?) {
        guard let milliseconds else { return nil }
        self.init(milliseconds: milliseconds)
    }
}
