import AWSRuntime

/// Something that was looked for in AWS: seen, or not, and why not.
package enum Observed<Value: Sendable>: Sendable {
    case seen(Value)
    case unseen(Unseen)

    /// The value, where it was seen.
    package var value: Value? {
        if case .seen(let value) = self { value } else { nil }
    }

    /// Looks, and takes a refusal of AWS for not seeing.
    ///
    /// - Throws: `CancellationError`, and `AWSError` of the program's own settings or credentials.
    static func of(_ look: () async throws -> Value) async throws -> Self {
        do {
            return .seen(try await look())
        } catch let error as AWSError where error.code != .configuration && error.code != .credentials {
            return .unseen(Unseen(error))
        }
    }
}

/// Why something could not be seen.
package struct Unseen: Sendable, Hashable {
    /// What that means for the answer as a whole.
    package enum Kind: Sendable, Hashable {
        /// It cannot be seen there at all, by anybody: there is nothing to look at, or the server has no such call.
        case unavailable
        /// It is there, and may not be looked at.
        case denied
        /// Looking failed, and may succeed later.
        case failed
    }

    package let kind: Kind
    package let reason: String

    package init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }

    init(_ error: AWSError) {
        let code = error.serviceCode ?? ""
        if Self.deniedCodes.contains(code) || error.httpStatus == 401 || error.httpStatus == 403 {
            self.init(.denied, "no permission: \(error)")
        } else if Self.missingCallCodes.contains(code) || error.httpStatus == 501 {
            self.init(.unavailable, "the server does not have the call: \(error)")
        } else {
            self.init(.failed, "\(error)")
        }
    }

    private static let deniedCodes: Set<String> = [
        "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized",
    ]

    private static let missingCallCodes: Set<String> = [
        "InvalidAction", "UnknownOperation", "UnknownOperationException", "NotImplemented", "NotImplementedException",
        "UnsupportedFeatureException", "UnsupportedOperation", "UnsupportedOperationException",
    ]
}
