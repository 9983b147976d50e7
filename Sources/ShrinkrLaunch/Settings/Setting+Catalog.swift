/// Every setting there is; each names its unit in its example. The README's table lists the same.
extension Setting {
    package static let httpHost = Setting("http-host", example: "127.0.0.1")
    package static let httpPort = Setting("http-port", example: "8000")
    package static let adminHost = Setting("admin-host", example: "127.0.0.1")
    package static let adminPort = Setting("admin-port", example: "8001")
    package static let baseURL = Setting("base-url", example: "https://sho.rt")
    package static let dataDir = Setting("data-dir", example: "/var/lib/shrinkr")
    package static let databaseURL = Setting(
        "database-url", example: "sqlite:/var/lib/shrinkr/shrinkr.db", isSecret: true)
    package static let codeCase = Setting("code-case", example: "sensitive")
    package static let clickQueueURL = Setting(
        "click-queue-url", example: "https://sqs.eu-central-1.amazonaws.com/123456789012/clicks")
    package static let reportsURL = Setting("reports-url", example: "s3://my-bucket/reports")
    package static let flushInterval = Setting("flush-interval", example: "30s")
    package static let apiKey = Setting(
        "api-key", example: "the output of 'openssl rand -hex 32'", isSecret: true, hasFlag: false)
    package static let apiHosts = Setting("api-hosts", example: "sho.rt,links.internal")
    package static let adminHosts = Setting("admin-hosts", example: "shrinkr.internal")
    package static let limitWrongKeys = Setting("limit-wrong-keys", example: "60/1m")
    package static let limitUnknownCodes = Setting("limit-unknown-codes", example: "600/1m")
    package static let limitCreates = Setting("limit-creates", example: "6000/1m")
    package static let accessLog = Setting("access-log", example: "on")
    package static let trustedProxies = Setting("trusted-proxies", example: "10.0.0.0/16,fd00::/8")
    package static let countryHeader = Setting("country-header", example: "CloudFront-Viewer-Country")
    package static let allowPrivateDestinations = Setting("allow-private-destinations", example: "true")
    package static let deniedDomainsFile = Setting("denied-domains-file", example: "/etc/shrinkr/denied.txt")
    package static let corsOrigins = Setting("cors-origins", example: "https://app.example.com")
    package static let httpMaxBody = Setting("http-max-body", example: "64KiB")
    package static let httpMaxBatchBody = Setting("http-max-batch-body", example: "1MiB")
    package static let httpMaxHeaders = Setting("http-max-headers", example: "16KiB")
    package static let httpMaxConnections = Setting("http-max-connections", example: "4096")
    package static let httpMaxConnectionsPerClient = Setting("http-max-connections-per-client", example: "1024")
    package static let httpIdleTimeout = Setting("http-idle-timeout", example: "60s")
    package static let httpBodyTimeout = Setting("http-body-timeout", example: "10s")
    package static let httpWriteTimeout = Setting("http-write-timeout", example: "30s")
    package static let queryTimeout = Setting("query-timeout", example: "10s")
    package static let cacheSize = Setting("cache-size", example: "64MiB")
    package static let journalMaxSize = Setting("journal-max-size", example: "1GiB")
    package static let journalSyncInterval = Setting("journal-sync-interval", example: "1s")
    package static let sealInterval = Setting("seal-interval", example: "1s")
    package static let receivers = Setting("receivers", example: "2")
    package static let visibilityTimeout = Setting("visibility-timeout", example: "120s")
    package static let flushMaxClicks = Setting("flush-max-clicks", example: "50000")
    package static let reportInterval = Setting("report-interval", example: "60s")
    package static let drainDelay = Setting("drain-delay", example: "5s")
    package static let shutdownTimeout = Setting("shutdown-timeout", example: "25s")
    package static let logLevel = Setting("log-level", example: "info")
    package static let logFormat = Setting("log-format", example: "json")

    /// All of them; a `SHRINKR_` variable that is not among them is reported.
    static let all: [Setting] = [
        httpHost, httpPort, adminHost, adminPort, baseURL, dataDir, databaseURL, codeCase, clickQueueURL, reportsURL,
        flushInterval, apiKey, apiHosts, adminHosts, limitWrongKeys, limitUnknownCodes, limitCreates, accessLog,
        trustedProxies, countryHeader, allowPrivateDestinations,
        deniedDomainsFile, corsOrigins, httpMaxBody, httpMaxBatchBody, httpMaxHeaders, httpMaxConnections,
        httpMaxConnectionsPerClient, queryTimeout, httpIdleTimeout,
        httpBodyTimeout, httpWriteTimeout, cacheSize, journalMaxSize, journalSyncInterval, sealInterval, receivers,
        visibilityTimeout,
        flushMaxClicks, reportInterval, drainDelay, shutdownTimeout, logLevel, logFormat,
    ]

    /// Variables that earlier versions read, and why nothing needs them any more. They are not errors: one set of
    /// variables may serve an old and a new version while one takes over from the other.
    static let retired = [
        "SHRINKR_VISITOR_SECRET": "visitors are hashed with a random key of each day, which the database keeps"
    ]
}
