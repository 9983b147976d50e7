/// What can be fuzzed; the raw value is the name of its corpus.
enum FuzzTarget: String, CaseIterable {
    case destination, frame, http, journal, patch, request, signature

    /// Tries one input; ends the process where something does not hold.
    func run(_ input: [UInt8]) {
        switch self {
        case .destination: DestinationTarget.run(input)
        case .frame: FrameTarget.run(input)
        case .http: HTTPTarget.run(input)
        case .journal: JournalTarget.run(input)
        case .patch: PatchTarget.run(input)
        case .request: RequestTarget.run(input)
        case .signature: SignatureTarget.run(input)
        }
    }
}
