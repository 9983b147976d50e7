import ShrinkrBase

/// Variables that the client reads.
enum ClientVariable {
    /// The key for the server.
    static let key = "SHRINKR_CLIENT_KEY"
    /// The server that is asked where none is named.
    static let server = "SHRINKR_CLIENT_SERVER"
}

/// The environment variables of the process; one that is empty counts as not set.
package struct ClientEnvironment: Sendable {
    private let lookUp: @Sendable (String) -> String?

    package init(_ lookUp: @escaping @Sendable (String) -> String?) {
        self.lookUp = lookUp
    }

    package subscript(_ name: String) -> String? {
        lookUp(name).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The folder for configuration of this user's programs (XDG Base Directory Specification): `$XDG_CONFIG_HOME`,
    /// which has to be absolute, else `~/.config`. Nil where there is no home either.
    package var configurationFolder: String? {
        if let folder = self["XDG_CONFIG_HOME"], UntrustedText(folder).begins(with: "/") { return folder }
        return self["HOME"].map { $0 + "/.config" }
    }
}
