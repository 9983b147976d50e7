/// Where and why a deny-list cannot be read.
package struct DomainDenyListError: Error, Sendable, Equatable {
    /// What is wrong with the line.
    package enum Reason: Sendable, Equatable {
        /// The line is neither a domain nor an IP address or network.
        case invalidDomain
        /// The line is one entry more than the list may have.
        case tooManyEntries(limit: Int)
    }

    /// The line, counted from 1.
    package let line: Int
    /// What is wrong with it.
    package let reason: Reason

    /// An error at a line, counted from 1.
    package init(line: Int, reason: Reason) {
        self.line = line
        self.reason = reason
    }
}

extension DomainDenyListError: CustomStringConvertible {
    package var description: String {
        switch reason {
        case .invalidDomain:
            "Line \(line) of the deny-list is no domain, address or network; write one per line, such as example.com"
        case .tooManyEntries(let limit):
            "Line \(line) of the deny-list is beyond the limit of \(limit) entries"
        }
    }
}
