/// One thing that can be configured, by an environment variable or, mostly, by the flag of the same name. What is to be
/// said of each, ``declaration`` says, for the flag's help, the reader and the page about the configuration alike.
///
/// A case has the name of the option that gives it: ``SettingOptions`` finds it by that.
package enum Setting: String, CaseIterable, Sendable {
    case dataDir, databaseURL, databasePassword, databaseConnections, databaseWaitLimit, databasePreparedStatements
    case codeCase, clickQueueURL, reportsURL
    case httpHost, httpPort, baseURL, adminHost, adminPort, adminHosts, apiHosts
    case apiKey, trustedProxies, countryHeader, corsOrigins
    case web, rootURL, notFoundURL
    case limitWrongKeys, limitUnknownCodes, limitCreates
    case allowPrivateDestinations, deniedDomainsFile
    case httpMaxBody, httpMaxBatchBody, httpMaxHeaders, httpMaxConnections, httpMaxConnectionsPerClient
    case httpIdleTimeout, httpBodyTimeout, httpWriteTimeout
    case queryTimeout, cacheSize
    case journalMaxSize, journalSyncInterval, sealInterval
    case flushInterval, flushMaxClicks, reportInterval, receivers, visibilityTimeout
    case drainDelay, shutdownTimeout, logLevel, logFormat, accessLog, redirectLane

    /// Variables that earlier versions read, and why nothing needs them any more. They are not errors: one set of
    /// variables may serve an old and a new version while one takes over from the other.
    static let retired = [
        "SHRINKR_VISITOR_SECRET": "visitors are hashed with a random key of each day, which the database keeps"
    ]

    /// `["http", "port"]`, under which configuration providers know it. Capitals begin words; those in a row are one.
    var words: [String] {
        var words = [""]
        var isCapital = false
        for character in rawValue {
            if character.isUppercase, !isCapital { words.append("") }
            isCapital = character.isUppercase
            words[words.count - 1] += character.lowercased()
        }
        return words
    }

    /// `SHRINKR_HTTP_PORT`.
    package var variable: String { "SHRINKR_" + words.map { $0.uppercased() }.joined(separator: "_") }

    /// `--http-port`.
    package var flag: String { "--" + words.joined(separator: "-") }

    /// A value that would be accepted; error messages quote it.
    package var example: String { declaration.example }

    /// Whether the value must never be shown.
    package var isSecret: Bool { declaration.isSecret }

    /// Whether there is a flag for it; the flags of a process are there for all to see.
    package var hasFlag: Bool { declaration.hasFlag }
}
