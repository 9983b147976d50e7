import ShrinkrBase

/// Which server a command asks, and with which key.
package struct ChosenServer: Equatable, Sendable {
    package let address: ServerAddress
    /// Nil where the server is asked without one, as the local one may be.
    package let key: String?

    package init(address: ServerAddress, key: String?) {
        self.address = address
        self.key = key
    }

    /// The server is the one that is named, else `SHRINKR_CLIENT_SERVER`, else the one of the last `login`, else the
    /// local one. The key is `SHRINKR_CLIENT_KEY`, else the one that is stored for this very server.
    ///
    /// - Parameters:
    ///   - named: what `--server` says.
    ///   - allowsPlainText: whether a key may go unencrypted to another machine.
    /// - Throws: ``ClientError`` where an address is none, or a key would be there for all on the way to read.
    package init(
        named: String?, allowsPlainText: Bool, environment: ClientEnvironment, profiles: Profiles
    ) throws(ClientError) {
        if let named {
            address = try Self.address(named, of: "--server")
        } else if let named = environment[ClientVariable.server] {
            address = try Self.address(named, of: ClientVariable.server)
        } else if let profile = profiles.standard {
            address = profile.server
        } else if let local = ServerAddress.local(environment) {
            address = local
        } else {
            throw ClientError(
                .misuse, "SHRINKR_HTTP_HOST and SHRINKR_HTTP_PORT name no server; name yours with --server")
        }
        if let given = environment[ClientVariable.key] {
            guard let given = ClientKey.checked(given) else {
                throw ClientError(
                    .misuse, "\(ClientVariable.key) is no key: it has other characters than visible ASCII")
            }
            key = given
        } else {
            key = profiles[address]?.key
        }
        try Self.check(address, sendsKey: key != nil, allowsPlainText: allowsPlainText)
    }

    static func address(_ text: String, of source: String) throws(ClientError) -> ServerAddress {
        guard let address = ServerAddress(text) else {
            throw ClientError(
                .misuse,
                "\(source) is '\(UntrustedText(text).prefix(bytes: 100).string)', not an address such as https://sho.rt"
            )
        }
        return address
    }

    /// Keeps keys from networks where others read along.
    static func check(_ address: ServerAddress, sendsKey: Bool, allowsPlainText: Bool) throws(ClientError) {
        guard sendsKey, !address.isEncrypted, !address.isLoopback, !allowsPlainText else { return }
        throw ClientError(
            .misuse,
            "the key would go unencrypted to \(address); use https://, or --allow-http where the way is safe")
    }
}
