package import ArgumentParser
package import ShrinkrLaunch

/// Flags of the programs that serve HTTP.
package struct APIOptions: SettingOptions {
    @Option(help: "Address to listen on [127.0.0.1]")
    package var httpHost: String?

    @Option(help: "Port to listen on; 0 takes a free one [8000]")
    package var httpPort: String?

    @Option(help: "Public origin of short links [http://<http-host>:<http-port>]")
    package var baseURL: String?

    @Option(help: "Further hosts that requests to /api may ask for, or * for any [none]")
    package var apiHosts: String?

    @Option(help: "Most keys that open nothing from one address, or off [60/1m]")
    package var limitWrongKeys: String?

    @Option(help: "Most codes that no link has from one address, or off [600/1m]")
    package var limitUnknownCodes: String?

    @Option(help: "Most links made with one key, or off [6000/1m]")
    package var limitCreates: String?

    @Option(help: "on logs a line for every answered request [off]")
    package var accessLog: String?

    @Option(help: "Networks of proxies that are believed who the client is, e.g. 10.0.0.0/16 [none]")
    package var trustedProxies: String?

    @Option(help: "Header in which a trusted proxy names the client's country [none]")
    package var countryHeader: String?

    @Flag(help: "Let links lead to private and loopback addresses")
    package var allowPrivateDestinations = false

    @Option(help: "File of domains that no link may lead to, one per line, read again when it changes [none]")
    package var deniedDomainsFile: String?

    @Option(help: "Origins whose web pages may use the API, e.g. https://app.example.com; * for all [none]")
    package var corsOrigins: String?

    @Option(help: "Most bytes of a request body [64KiB]")
    package var httpMaxBody: String?

    @Option(help: "Most bytes of the body of a batch [1MiB]")
    package var httpMaxBatchBody: String?

    @Option(help: "Most bytes of a request's header [16KiB]")
    package var httpMaxHeaders: String?

    @Option(help: "Most connections at once [4096]")
    package var httpMaxConnections: String?

    @Option(help: "Most connections at once of one client's address [a quarter of all]")
    package var httpMaxConnectionsPerClient: String?

    @Option(help: "How long a connection may be silent [60s]")
    package var httpIdleTimeout: String?

    @Option(help: "How long a request body may take [10s]")
    package var httpBodyTimeout: String?

    @Option(help: "How long a client may leave answers untaken [30s]")
    package var httpWriteTimeout: String?

    @Option(help: "How long a list, a search or statistics may take [10s]")
    package var queryTimeout: String?

    @Option(help: "Most bytes of cached links [64MiB]")
    package var cacheSize: String?

    @Option(help: "Most bytes of clicks on disk that the queue does not have yet [1GiB]")
    package var journalMaxSize: String?

    @Option(help: "How often clicks are forced to the disk [1s]")
    package var journalSyncInterval: String?

    @Option(help: "How long clicks are gathered before they are sent [1s; 250ms without SQS]")
    package var sealInterval: String?

    @Option(help: "How long to report 'not ready' before the listener closes [0s]")
    package var drainDelay: String?

    package init() {}

    package var settings: [Setting: String?] {
        [
            .httpHost: httpHost, .httpPort: httpPort, .baseURL: baseURL, .apiHosts: apiHosts,
            .limitWrongKeys: limitWrongKeys, .limitUnknownCodes: limitUnknownCodes, .limitCreates: limitCreates,
            .accessLog: accessLog, .trustedProxies: trustedProxies,
            .countryHeader: countryHeader, .allowPrivateDestinations: allowPrivateDestinations ? "true" : nil,
            .deniedDomainsFile: deniedDomainsFile, .corsOrigins: corsOrigins, .httpMaxBody: httpMaxBody,
            .httpMaxBatchBody: httpMaxBatchBody,
            .httpMaxHeaders: httpMaxHeaders, .httpMaxConnections: httpMaxConnections,
            .httpMaxConnectionsPerClient: httpMaxConnectionsPerClient, .queryTimeout: queryTimeout,
            .httpIdleTimeout: httpIdleTimeout, .httpBodyTimeout: httpBodyTimeout, .httpWriteTimeout: httpWriteTimeout,
            .cacheSize: cacheSize,
            .journalMaxSize: journalMaxSize, .journalSyncInterval: journalSyncInterval, .sealInterval: sealInterval,
            .drainDelay: drainDelay,
        ]
    }
}
