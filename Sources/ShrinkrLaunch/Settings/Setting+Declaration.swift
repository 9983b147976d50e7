import Logging
import ShrinkrCore
import ShrinkrObservability

/// The one table of all settings; `.github/CONFIGURATION.md` says more of each.
extension Setting {
    private static let ports = 0...65_535
    private static let bodies = 1_024...(1 << 30)
    private static let timeouts = Duration.milliseconds(100)...Duration.seconds(3_600)
    private static let intervals = Duration.milliseconds(10)...Duration.seconds(3_600)
    private static let address = "an IP address or the name of this machine (0.0.0.0 or :: for all addresses)"
    private static let hosts = "a list of host names and addresses without ports, separated by commas, or * for any"
    private static let page = "the URL of a page (http or https)"
    private static let limit = "a number and a time of whole seconds up to a day, or off"

    var declaration: SettingDeclaration {
        switch self {
        // The place and the parts
        case .dataDir:
            SettingDeclaration(
                .all, .free("a folder"), "Folder for everything that is kept on disk", standard: ".shrinkr",
                example: "/var/lib/shrinkr")
        case .databaseURL:
            SettingDeclaration(
                .all, .free("a database that Shrinkr knows (sqlite:<path> or postgresql://<user>@<host>/<database>)"),
                "Where links and counts live: sqlite:<path>, or postgresql://<user>@<host>/<database>",
                standard: "sqlite:<data-dir>/shrinkr.db", example: "sqlite:/var/lib/shrinkr/shrinkr.db", isSecret: true)
        case .databasePassword:
            SettingDeclaration(
                .all, .free("a password"), "Password at PostgreSQL", example: "the password of the user in the URL",
                isSecret: true, hasFlag: false)
        case .databaseConnections:
            SettingDeclaration(
                .all, .integer(1...100), "Most connections to PostgreSQL, besides one that listens for changes",
                standard: "8")
        case .databaseWaitLimit:
            SettingDeclaration(
                .all, .duration(.milliseconds(100)...(.seconds(60))),
                "How long a call waits for a connection to PostgreSQL before it fails", standard: "2s")
        case .databasePreparedStatements:
            SettingDeclaration(
                .all, .choice(["on", "off"]),
                "off prepares no statements, as PgBouncer before 1.21 needs it with pool_mode=transaction: on or off",
                standard: "on", example: "off")
        case .codeCase:
            SettingDeclaration(
                .all, .choice(CodeCase.allCases.map(\.rawValue)),
                "Whether a new database tells codes apart by case: insensitive or sensitive", standard: "insensitive",
                example: "sensitive")
        case .clickQueueURL:
            SettingDeclaration(
                .all, .form("the URL of a queue"),
                "SQS queue for clicks, e.g. https://sqs.eu-central-1.amazonaws.com/123456789012/clicks",
                example: "https://sqs.eu-central-1.amazonaws.com/123456789012/clicks")
        case .reportsURL:
            SettingDeclaration(
                .worker, .free("file:<folder> or s3://<bucket>/<prefix>"),
                "Where reports go: file:<folder> or s3://<bucket>/<prefix>", standard: "file:<data-dir>/reports",
                example: "s3://my-bucket/reports")

        // Addresses
        case .httpHost:
            SettingDeclaration(.api, .form(Self.address), "Address to listen on", standard: "127.0.0.1")
        case .httpPort:
            SettingDeclaration(.api, .integer(Self.ports), "Port to listen on; 0 takes a free one", standard: "8000")
        case .baseURL:
            SettingDeclaration(
                .api, .form("the origin of short links"), "Public origin of short links",
                standard: "http://<http-host>:<http-port>", example: "https://sho.rt")
        case .adminHost:
            SettingDeclaration(
                .all, .form(Self.address), "Address of /metrics, /livez and /readyz", standard: "127.0.0.1")
        case .adminPort:
            SettingDeclaration(
                .all, .integer(Self.ports), "Port of /metrics, /livez and /readyz", standard: "8001")
        case .adminHosts:
            SettingDeclaration(
                .all, .form(Self.hosts), "Further host names that requests to that port may ask for, or * for any",
                example: "shrinkr.internal")
        case .apiHosts:
            SettingDeclaration(
                .api, .form(Self.hosts), "Further hosts that requests to /api may ask for, or * for any",
                example: "sho.rt,links.internal")

        // Who may do what
        case .apiKey:
            SettingDeclaration(
                .api, .form("a random text of at least 16 visible characters that nobody can guess"),
                "Key that opens everything", example: "the output of 'openssl rand -hex 32'", isSecret: true,
                hasFlag: false)
        case .trustedProxies:
            SettingDeclaration(
                .api, .form("a list of networks, separated by commas"),
                "Networks of proxies that are believed who the client is, e.g. 10.0.0.0/16",
                example: "10.0.0.0/16,fd00::/8")
        case .countryHeader:
            SettingDeclaration(
                .api, .form("the name of a header field"),
                "Header in which a trusted proxy names the client's country", example: "CloudFront-Viewer-Country")
        case .corsOrigins:
            SettingDeclaration(
                .api, .form("a list of origins (scheme, host and port alone, no slash at the end), or *"),
                "Origins whose web pages may use the API, e.g. https://app.example.com; * for all",
                example: "https://app.example.com")
        case .web:
            SettingDeclaration(
                .api, .choice(["on", "off"]), "off leaves out the pages for people: /, /docs and /admin",
                standard: "on",
                example: "off")
        case .rootURL:
            SettingDeclaration(
                .api, .form(Self.page), "Where visitors without access are sent who ask for /",
                example: "https://example.com")
        case .notFoundURL:
            SettingDeclaration(
                .api, .form(Self.page), "Where browsers are sent that follow a link which is not there, or no more",
                example: "https://example.com/not-found")
        case .limitWrongKeys:
            SettingDeclaration(
                .api, .form(Self.limit), "Most keys that open nothing from one address, or off", standard: "60/1m")
        case .limitUnknownCodes:
            SettingDeclaration(
                .api, .form(Self.limit), "Most codes that no link has from one address, or off", standard: "600/1m")
        case .limitCreates:
            SettingDeclaration(
                .api, .form(Self.limit), "Most links made with one key, or off", standard: "6000/1m")
        case .allowPrivateDestinations:
            SettingDeclaration(
                .api, .bool, "Let links lead to private and loopback addresses", standard: "false", example: "true")
        case .deniedDomainsFile:
            SettingDeclaration(
                .api, .free("a file"),
                "File of domains that no link may lead to, one per line, read again when it changes",
                example: "/etc/shrinkr/denied.txt")

        // Bounds of requests. With less than 1 KiB for a body, hardly a link could be made.
        case .httpMaxBody:
            SettingDeclaration(.api, .bytes(Self.bodies), "Most bytes of a request body", standard: "64KiB")
        case .httpMaxBatchBody:
            SettingDeclaration(.api, .bytes(Self.bodies), "Most bytes of the body of a batch", standard: "1MiB")
        case .httpMaxHeaders:
            SettingDeclaration(
                .api, .bytes(1_024...(1 << 20)), "Most bytes of a request's header", standard: "16KiB")
        case .httpMaxConnections:
            SettingDeclaration(.api, .integer(1...1_000_000), "Most connections at once", standard: "4096")
        case .httpMaxConnectionsPerClient:
            SettingDeclaration(
                .api, .integer(1...1_000_000), "Most connections at once of one client's address",
                standard: "a quarter of all", example: "1024")
        case .httpIdleTimeout:
            SettingDeclaration(
                .api, .duration(Self.timeouts), "How long a connection may be silent", standard: "60s")
        case .httpBodyTimeout:
            SettingDeclaration(.api, .duration(Self.timeouts), "How long a request body may take", standard: "10s")
        case .httpWriteTimeout:
            SettingDeclaration(
                .api, .duration(Self.timeouts), "How long a client may leave answers untaken", standard: "30s")
        case .queryTimeout:
            SettingDeclaration(
                .api, .duration(Self.timeouts), "How long a list, a search, a batch or statistics may take",
                standard: "10s")
        case .cacheSize:
            SettingDeclaration(.api, .bytes(0...(1 << 40)), "Most bytes of cached links", standard: "64MiB")

        // Clicks. In one process frames cost nothing, and short ones show clicks sooner.
        case .journalMaxSize:
            SettingDeclaration(
                .api, .bytes((16 << 20)...(1 << 50)),
                "Most bytes of clicks on disk that the queue does not have yet", standard: "1GiB")
        case .journalSyncInterval:
            SettingDeclaration(
                .api, .duration(.milliseconds(10)...(.seconds(60))), "How often clicks are forced to the disk",
                standard: "1s")
        case .sealInterval:
            SettingDeclaration(
                .api, .duration(.milliseconds(10)...(.seconds(600))),
                "How long clicks are gathered before they are sent", standard: "1s", embedded: "250ms")
        case .flushInterval:
            SettingDeclaration(
                .worker, .duration(Self.intervals), "How long clicks are gathered before they are counted",
                standard: "30s", embedded: "2s")
        case .flushMaxClicks:
            SettingDeclaration(
                .worker, .integer(1...10_000_000), "How many clicks are gathered at most", standard: "250000")
        case .reportInterval:
            SettingDeclaration(
                .worker, .duration(Self.intervals), "How often reports are written", standard: "60s", embedded: "5s")
        case .receivers:
            SettingDeclaration(
                .worker, .integer(1...16), "How many long polls of the queue run at once", standard: "2")
        case .visibilityTimeout:
            // SQS: 0 s to 12 h (SQS developer guide, "Amazon SQS visibility timeout").
            SettingDeclaration(
                .worker, .duration(.seconds(1)...(.seconds(43_200))),
                "For how long the queue hides a received message", standard: "120s", embedded: "30s")

        // Start, end and log
        case .drainDelay:
            SettingDeclaration(
                .api, .duration(.zero...(.seconds(600))),
                "How long to report 'not ready' before the listener closes", standard: "0s", example: "5s")
        case .shutdownTimeout:
            SettingDeclaration(
                .all, .duration(.seconds(1)...(.seconds(3_600))), "Longest time from a signal to the end",
                standard: "25s")
        case .logLevel:
            SettingDeclaration(
                .all, .choice(Logger.Level.allCases.map(\.rawValue)),
                "trace, debug, info, notice, warning, error or critical", standard: "info")
        case .logFormat:
            SettingDeclaration(
                .all, .choice(LogFormat.allCases.map(\.rawValue)), "text or json", standard: "text on a terminal",
                example: "json")
        case .accessLog:
            SettingDeclaration(
                .api, .choice(["on", "off"]), "on logs a line for every answered request", standard: "off",
                example: "on")
        case .redirectLane:
            SettingDeclaration(
                .api, .choice(["on", "off"]), "off answers all redirects through the web framework", standard: "on",
                example: "off")
        }
    }
}
