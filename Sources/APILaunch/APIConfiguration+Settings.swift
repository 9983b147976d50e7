import ClickJournal
package import ShrinkrAPI
import ShrinkrBase
import ShrinkrDestinations
package import ShrinkrLaunch

extension APIConfiguration {
    /// Reads the API's settings.
    ///
    /// - Throws: ``ConfigurationError``.
    package init(_ reader: SettingsReader) async throws {
        let host = try await ListenAddress.host(reader, .httpHost)
        var port = try await reader.integer(.httpPort)
        // Known before the start, because short links name it.
        if port == 0 { port = try Self.listenAddress(host: host, port: 0).port }
        let baseURL = try await Self.baseURL(reader, host: host, port: port)
        self.init(host: host, port: port, baseURL: baseURL)
        limits = try await HTTPLimits(reader)
        bootstrapKey = try await BootstrapKey.read(reader)
        rateLimits = try await RateLimits(reader)
        apiHosts = try await reader.hosts(.apiHosts, addedTo: apiHosts)
        accessLog = try await reader.value(.accessLog) { ["on": true, "off": false][$0] }
        redirectLane = try await reader.value(.redirectLane) { ["on": true, "off": false][$0] }
        trustedProxies =
            try await reader.given(.trustedProxies) { text in
                let parts = text.split(separator: ",").map { $0.filter { $0 != " " } }
                let networks = parts.compactMap { IPNetwork($0) }
                return networks.count == parts.count ? networks : nil
            } ?? []
        countryHeader = try await reader.given(.countryHeader) { text in
            text.utf8.allSatisfy {
                $0 == UInt8(ascii: "-") || (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF)
            }
                ? text : nil
        }
        cacheBytes = try await reader.bytes(.cacheSize)
        queryTimeout = try await reader.duration(.queryTimeout)
        journalSyncInterval = try await reader.duration(.journalSyncInterval)
        allowPrivateDestinations = try await reader.bool(.allowPrivateDestinations)
        deniedDomainsFile = try await reader.text(.deniedDomainsFile)
        crossOrigins = try await reader.given(.corsOrigins) { CrossOrigins($0) } ?? .nobody
        web = try await reader.value(.web) { ["on": true, "off": false][$0] }
        rootURL = try await elsewhere(.rootURL, reader)
        notFoundURL = try await elsewhere(.notFoundURL, reader)
        drainDelay = try await reader.duration(.drainDelay)
    }

    /// A URL that browsers are sent to in place of an answer: never to this server, where that could go on without end.
    private func elsewhere(_ setting: Setting, _ reader: SettingsReader) async throws -> DestinationURL? {
        guard let url = try await reader.given(setting, parse: { try? DestinationURL.parse($0) }) else { return nil }
        do throws(DestinationError) {
            try DestinationPolicy(baseURLs: ownURLs, hosts: apiHosts, allowPrivate: true).check(url)
        } catch .ownHost {
            throw ConfigurationError(setting, "leads back to this server")
        } catch {}
        return url
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
        guard let text = try await reader.text(.baseURL) else {
            do {
                return try DestinationURL.parse("http://\(HostName.bracketed(host)):\(port)")
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
        bodyBytes = try await reader.bytes(.httpMaxBody)
        batchBodyBytes = try await reader.bytes(.httpMaxBatchBody)
        headerBytes = try await reader.bytes(.httpMaxHeaders)
        connections = try await reader.integer(.httpMaxConnections)
        connectionsPerClient = try await reader.givenInteger(.httpMaxConnectionsPerClient)
        idleTimeout = try await reader.duration(.httpIdleTimeout)
        bodyTimeout = try await reader.duration(.httpBodyTimeout)
        writeTimeout = try await reader.duration(.httpWriteTimeout)
    }
}

extension JournalConfiguration {
    /// Reads the journal's settings.
    ///
    /// - Parameter isEmbedded: Whether the queue is in the same process.
    init(_ reader: SettingsReader, isEmbedded: Bool) async throws {
        self.init()
        maximumBytes = try await reader.bytes(.journalMaxSize)
        sealInterval = try await reader.duration(.sealInterval, isEmbedded: isEmbedded)
    }
}

/// The key of the configuration, which opens everything: it must be a random one.
enum BootstrapKey {
    /// Fewest characters.
    static let minimumLength = 16
    /// Fewest bits that ``GuessingEffort`` must find in it; what a random generator makes of 16 letters and digits has 95.
    static let minimumBits = 80.0

    /// - Throws: ``ConfigurationError`` where somebody could guess it.
    static func read(_ reader: SettingsReader) async throws -> String? {
        try await reader.given(.apiKey) { text in
            let bytes = Array(text.utf8)
            guard bytes.count >= minimumLength, bytes.allSatisfy({ (0x21...0x7E).contains($0) }),
                GuessingEffort.bits(of: bytes.prefix(1_024)) >= minimumBits
            else { return nil }
            return text
        }
    }
}
