/// Where one journal lies: its own directory, and the folder for what cannot be read, which it shares with others.
struct JournalPlace: Sendable {
    let directory: JournalDirectory
    /// The identity that the directory is named by; nil for the outermost directory, in which release 0.1.0 had its
    /// only journal.
    let identity: JournalIdentity?
    let damageFolder: DamageFolder

    /// Whether something bears the name of a segment. Without one there is no journal.
    func hasSegments() throws(JournalError) -> Bool {
        try directory.names().contains { SegmentName($0) != nil }
    }

    /// Whether there is a file of a journal, or what bears the name of one.
    func hasFiles() throws(JournalError) -> Bool {
        try directory.names().contains(where: JournalFiles.isName(ofJournalFile:))
    }

    /// Whether frames that were handed out and not acknowledged must have been in segments that are gone.
    func lacksSegments() throws(JournalError) -> Bool {
        var identity = identity
        if identity == nil, case .valid(let stored) = try IdentityFile.read(from: directory) { identity = stored }
        guard let identity, let mark = try AcknowledgementFile.read(in: directory, identity: identity) else {
            return false
        }
        return mark.handedOut > mark.frame
    }

    /// What copies of the journal's bytes in the folder for damage are named by.
    var copyPrefix: String { identity.map { "\($0)." } ?? "" }
}
