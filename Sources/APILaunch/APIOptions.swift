package import ArgumentParser
import ShrinkrLaunch

/// Flags of the programs that serve HTTP.
package struct APIOptions: SettingOptions {
    @Option(help: Setting.httpHost.help)
    package var httpHost: String?

    @Option(help: Setting.httpPort.help)
    package var httpPort: String?

    @Option(help: Setting.baseURL.help)
    package var baseURL: String?

    @Option(help: Setting.apiHosts.help)
    package var apiHosts: String?

    @Option(help: Setting.limitWrongKeys.help)
    package var limitWrongKeys: String?

    @Option(help: Setting.limitUnknownCodes.help)
    package var limitUnknownCodes: String?

    @Option(help: Setting.limitCreates.help)
    package var limitCreates: String?

    @Option(help: Setting.accessLog.help)
    package var accessLog: String?

    @Option(help: Setting.redirectLane.help)
    package var redirectLane: String?

    @Option(help: Setting.trustedProxies.help)
    package var trustedProxies: String?

    @Option(help: Setting.countryHeader.help)
    package var countryHeader: String?

    @Flag(help: Setting.allowPrivateDestinations.help)
    package var allowPrivateDestinations = false

    @Option(help: Setting.deniedDomainsFile.help)
    package var deniedDomainsFile: String?

    @Option(help: Setting.corsOrigins.help)
    package var corsOrigins: String?

    @Option(help: Setting.web.help)
    package var web: String?

    @Option(help: Setting.rootURL.help)
    package var rootURL: String?

    @Option(help: Setting.notFoundURL.help)
    package var notFoundURL: String?

    @Option(help: Setting.httpMaxBody.help)
    package var httpMaxBody: String?

    @Option(help: Setting.httpMaxBatchBody.help)
    package var httpMaxBatchBody: String?

    @Option(help: Setting.httpMaxHeaders.help)
    package var httpMaxHeaders: String?

    @Option(help: Setting.httpMaxConnections.help)
    package var httpMaxConnections: String?

    @Option(help: Setting.httpMaxConnectionsPerClient.help)
    package var httpMaxConnectionsPerClient: String?

    @Option(help: Setting.httpIdleTimeout.help)
    package var httpIdleTimeout: String?

    @Option(help: Setting.httpBodyTimeout.help)
    package var httpBodyTimeout: String?

    @Option(help: Setting.httpWriteTimeout.help)
    package var httpWriteTimeout: String?

    @Option(help: Setting.queryTimeout.help)
    package var queryTimeout: String?

    @Option(help: Setting.cacheSize.help)
    package var cacheSize: String?

    @Option(help: Setting.journalMaxSize.help)
    package var journalMaxSize: String?

    @Option(help: Setting.journalSyncInterval.help)
    package var journalSyncInterval: String?

    @Option(help: Setting.sealInterval.help)
    package var sealInterval: String?

    @Option(help: Setting.drainDelay.help)
    package var drainDelay: String?

    package init() {}
}
