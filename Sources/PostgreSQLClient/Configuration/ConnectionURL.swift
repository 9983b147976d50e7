#if PostgreSQL
import CLibpq
import ShrinkrBase

/// A URI of libpq's, taken apart by libpq and checked.
struct ConnectionURL {
    let hosts: [PostgreSQLConfiguration.Host]
    /// All other parameters.
    let parameters: [String: String]
    let password: String?

    init(_ url: String) throws(PostgreSQLConfigurationError) {
        var given = try Self.parse(url)
        password = given.removeValue(forKey: "password")
        hosts = try Self.hosts(&given)
        try Self.check(&given, hosts)
        parameters = given
    }

    /// The parameters that the URI names. libpq's own words about a bad one are left out: they repeat parts of it.
    private static func parse(_ url: String) throws(PostgreSQLConfigurationError) -> [String: String] {
        let text = UntrustedText(url)
        guard text.begins(with: "postgresql://") || text.begins(with: "postgres://"), !text.bytes.contains(0) else {
            throw PostgreSQLConfigurationError(description: "A URL of PostgreSQL begins with postgresql://")
        }
        var words: UnsafeMutablePointer<CChar>?
        let options = PQconninfoParse(url, &words)
        if let words { PQfreemem(words) }
        guard let options else {
            throw PostgreSQLConfigurationError(
                description: "The URL of PostgreSQL is not of the form"
                    + " postgresql://USER:PASSWORD@HOST:PORT/DATABASE?PARAMETER=VALUE, with other bytes percent-encoded"
            )
        }
        defer { PQconninfoFree(options) }
        var given: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { given[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        return given
    }

    private static func hosts(
        _ given: inout [String: String]
    ) throws(PostgreSQLConfigurationError) -> [PostgreSQLConfiguration.Host] {
        let names = list(given.removeValue(forKey: "host"))
        let addresses = list(given.removeValue(forKey: "hostaddr"))
        let ports = list(given.removeValue(forKey: "port"))
        guard !names.isEmpty, names.allSatisfy({ !$0.utf8.isEmpty }) else {
            throw PostgreSQLConfigurationError(description: "The URL of PostgreSQL names no host")
        }
        guard addresses.isEmpty || addresses.count == names.count,
            ports.count <= 1 || ports.count == names.count
        else {
            throw PostgreSQLConfigurationError(
                description: "The URL of PostgreSQL has as many ports and addresses as hosts")
        }
        guard ports.allSatisfy({ $0.utf8.isEmpty || UInt16($0).map { $0 > 0 } ?? false }) else {
            throw PostgreSQLConfigurationError(description: "A port of the URL of PostgreSQL is a number up to 65535")
        }
        return names.enumerated().map { index, name in
            let port = ports.count > 1 ? ports[index] : ports.first ?? ""
            let address = addresses.isEmpty ? "" : addresses[index]
            return PostgreSQLConfiguration.Host(
                name: name, address: address.utf8.isEmpty ? nil : address, port: port.utf8.isEmpty ? "5432" : port)
        }
    }

    private static func list(_ text: String?) -> [String] {
        text.map {
            $0.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map { String($0) ?? "" }
        }
            ?? []
    }
}

// MARK: - Checks and defaults

extension ConnectionURL {
    private static func check(
        _ given: inout [String: String], _ hosts: [PostgreSQLConfiguration.Host]
    ) throws(PostgreSQLConfigurationError) {
        guard given["user"] != nil, given["dbname"] != nil else {
            throw PostgreSQLConfigurationError(description: "The URL of PostgreSQL names a user and a database")
        }
        for keyword in ["service", "options", "replication", "client_encoding"] where given[keyword] != nil {
            throw PostgreSQLConfigurationError(description: "The URL of PostgreSQL may not set \(keyword)")
        }
        try checkTLS(&given, isLocal: hosts.allSatisfy(isThisMachine))
        let target = given["target_session_attrs"] ?? (hosts.count > 1 ? "read-write" : "any")
        guard isOne(target, of: ["any", "read-write", "primary"]) else {
            throw PostgreSQLConfigurationError(
                description: "target_session_attrs is read-write, primary or any, since Shrinkr writes")
        }
        given["target_session_attrs"] = target
        // Kerberos takes another round trip, and is asked for by name.
        let defaults = [
            "gssencmode": "disable", "keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3",
            "tcp_user_timeout": "30000",
        ]
        given.merge(defaults) { given, _ in given }
    }

    /// Other machines are asked for their certificate. Modes that fall back to plain text without a word are refused.
    private static func checkTLS(
        _ given: inout [String: String], isLocal: Bool
    ) throws(PostgreSQLConfigurationError) {
        let mode = given["sslmode"] ?? (isLocal ? "prefer" : "verify-full")
        if !isLocal, isOne(mode, of: ["allow", "prefer"]) {
            throw PostgreSQLConfigurationError(
                description: "sslmode \(mode) falls back to plain text; verify-full with sslrootcert keeps others out")
        }
        guard isOne(mode, of: ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]) else {
            throw PostgreSQLConfigurationError(description: "sslmode is verify-full, verify-ca, require or disable")
        }
        given["sslmode"] = mode
    }

    private static func isOne(_ text: String, of choices: [StaticString]) -> Bool {
        choices.contains { UntrustedText(text).equals($0) }
    }

    private static func isThisMachine(_ host: PostgreSQLConfiguration.Host) -> Bool {
        // libpq connects to the address where there is one, whatever the name is.
        if let address = host.address { return HostName.isLoopback(UntrustedText(address)) }
        let name = UntrustedText(host.name)
        return name.begins(with: "/") || name.begins(with: "@") || HostName.isLoopback(name)
    }
}
#endif
