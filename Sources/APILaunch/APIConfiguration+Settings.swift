import ClickJournal
package import ShrinkrAPI
import ShrinkrCore
package import ShrinkrLaunch

extension APIConfiguration {
    /// Reads the API's settings.
    ///
    /// - Throws: ``ConfigurationError``.
    package init(_ reader: SettingsReader) async throws {
        let host = try await ListenAddress.host(reader, .httpHost) ?? "127.0.0.1"
        var port = try await reader.integer(.httpPort, in: 0...65_535) ?? 8_000
        // Known before the start, because short links name it.
        if port == 0 { port = try Self.listenAddress(host: host, port: 0).port }
        let baseURL = try await Self.baseURL(reader, host: host, port: port)
        self.init(host: host, port: port, baseURL: baseURL)
        limits = try await HTTPLimits(reader)
        bootstrapKey = try await BootstrapKey.read(reader)
        rateLimits = try await RateLimits(reader)
        apiHosts = try await reader.hosts(.apiHosts, addedTo: apiHosts)
        accessLog = try await reader.value(.accessLog, "on or off") { ["on": true, "off": false][$0] } ?? accessLog
        trustedProxies =
            try await reader.value(.trustedProxies, "a list of networks, separated by commas") { text in
                let parts = text.split(separator: ",").map { $0.filter { $0 != " " } }
                let networks = parts.compactMap { IPNetwork($0) }
                return networks.count == parts.count ? networks : nil
            } ?? []
        countryHeader = try await reader.value(.countryHeader, "the name of a header field") { text in
            text.utf8.allSatisfy {
                $0 == UInt8(ascii: "-") || (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF)
            }
                ? text : nil
        }
        cacheBytes = try await reader.bytes(.cacheSize, in: 0...(1 << 40)) ?? cacheBytes
        queryTimeout =
            try await reader.duration(.queryTimeout, in: .milliseconds(100)...(.seconds(3_600))) ?? queryTimeout
        journalSyncInterval =
            try await reader.duration(.journalSyncInterval, in: .milliseconds(10)...(.seconds(60)))
            ?? journalSyncInterval
        allowPrivateDestinations = try await reader.bool(.allowPrivateDestinations) ?? false
        deniedDomainsFile = try await reader.text(.deniedDomainsFile)
        crossOrigins =
            try await reader.value(
                .corsOrigins, "a list of origins (scheme, host and port alone, no slash at the end), or *"
            ) { CrossOrigins($0) } ?? .nobody
        drainDelay = try await reader.duration(.drainDelay, in: .zero...(.seconds(600))) ?? drainDelay
    }

    /// The address to listen on, once it is known to be free.
    static func listenAddress(host: String, port: Int) throws(ConfigurationError) -> ListenAddress {
        try ListenAddress.checked(host: host, port: port, hostSetting: .httpHost, portSetting: .httpPort)
    }

    /// Whether a browser gets anywhere with the host. A URL may name more than a DNS name can be: `*`.
    private static func canBeOpened(_ host: DestinationHost) -> Bool {
        switch host {
        case .ipv4(let address): address != 0
        case .ipv6(let address): address != 0
        case .domain(let name):
            name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || "-_.".utf8.contains(byte)
            }
        }
    }

    private static func baseURL(_ reader: SettingsReader, host: String, port: Int) async throws -> DestinationURL {
        let authority = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        guard let text = try await reader.text(.baseURL) else {
            do {
                return try DestinationURL.parse("http://\(authority):\(port)")
            } catch {
                throw ConfigurationError(.httpHost, "is '\(host)', which cannot stand in short links: \(error)")
            }
        }
        let shown = text.prefix(100)
        let url: DestinationURL
        do {
            url = try DestinationURL.parse(text)
        } catch {
            // User information may hold a password.
            let value = error == .userInfoNotAllowed ? "" : " '\(shown)',"
            throw ConfigurationError(.baseURL, "is\(value) not usable: \(error)")
        }
        guard url.path.utf8.elementsEqual("/".utf8) else {
            throw ConfigurationError(
                .baseURL,
                "is '\(shown)', with a path, but short links stand at the root of a host; give Shrinkr a host name of its own"
            )
        }
        guard url.query == nil, !url.string.utf8.contains(UInt8(ascii: "#")) else {
            throw ConfigurationError(.baseURL, "is '\(shown)', but must have no query or fragment")
        }
        guard Self.canBeOpened(url.host) else {
            throw ConfigurationError(.baseURL, "is '\(shown)', with a host that nobody can open")
        }
        return url
    }
}

extension HTTPLimits {
    /// Reads the bounds of connections and requests.
    init(_ reader: SettingsReader) async throws {
        self.init()
        let body = 1...(1 << 30)
        bodyBytes = try await reader.bytes(.httpMaxBody, in: body) ?? bodyBytes
        batchBodyBytes = try await reader.bytes(.httpMaxBatchBody, in: body) ?? batchBodyBytes
        headerBytes = try await reader.bytes(.httpMaxHeaders, in: 1_024...(1 << 20)) ?? headerBytes
        connections = try await reader.integer(.httpMaxConnections, in: 1...1_000_000) ?? connections
        connectionsPerClient =
            try await reader.integer(.httpMaxConnectionsPerClient, in: 1...1_000_000) ?? connectionsPerClient
        let time = Duration.milliseconds(100)...Duration.seconds(3_600)
        idleTimeout = try await reader.duration(.httpIdleTimeout, in: time) ?? idleTimeout
        bodyTimeout = try await reader.duration(.httpBodyTimeout, in: time) ?? bodyTimeout
        writeTimeout = try await reader.duration(.httpWriteTimeout, in: time) ?? writeTimeout
    }
}

extension JournalConfiguration {
    /// Reads the journal's settings.
    ///
    /// - Parameter isEmbedded: Whether the queue is in the same process: then frames cost nothing, and short ones show
    ///   clicks sooner.
    init(_ reader: SettingsReader, isEmbedded: Bool) async throws {
        self.init()
        maximumBytes = try await reader.bytes(.journalMaxSize, in: (16 << 20)...(1 << 50)) ?? maximumBytes
        sealInterval =
            try await reader.duration(.sealInterval, in: .milliseconds(10)...(.seconds(600)))
            ?? (isEmbedded ? .milliseconds(250) : sealInterval)
    }
}
