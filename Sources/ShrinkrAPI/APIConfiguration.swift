package import ShrinkrBase
package import ShrinkrDestinations

/// Everything that can be set about the API, validated.
package struct APIConfiguration: Sendable {
    /// Address and port to listen on; port 0 lets the system choose.
    package var host: String
    package var port: Int
    /// The public origin, without a slash at its end.
    package var baseURL: DestinationURL
    package var limits: HTTPLimits
    /// Key from the configuration that opens everything.
    package var bootstrapKey: String?
    package var rateLimits: RateLimits
    /// Hosts that the API answers to beside the public origin's and this machine's own.
    package var apiHosts: AllowedHosts
    /// Whether to log a line for every answered request.
    package var accessLog: Bool
    /// Whether simple requests for links are answered in front of the web framework; never where each is logged.
    package var redirectLane: Bool
    package var trustedProxies: [IPNetwork]
    /// Field in which a trusted proxy names the client's country.
    package var countryHeader: String?
    /// Most bytes of cached links.
    package var cacheBytes: Int
    /// How long a list, a search or statistics may take.
    package var queryTimeout: Duration
    /// How often the journal is synchronised with the disk.
    package var journalSyncInterval: Duration
    package var allowPrivateDestinations: Bool
    /// File with one denied domain per line, read again when it changes.
    package var deniedDomainsFile: String?
    /// Whose web pages may use the API.
    package var crossOrigins: CrossOrigins
    /// Whether there are pages for people: `/`, `/docs` and what is below `/admin`.
    package var web: Bool
    /// Where visitors without access are sent who ask for `/`.
    package var rootURL: DestinationURL?
    /// Where browsers are sent that follow a link which is not there, or no more.
    package var notFoundURL: DestinationURL?
    /// How long to answer "not ready" before the listener closes, so that load balancers turn away first.
    package var drainDelay: Duration

    package init(host: String, port: Int, baseURL: DestinationURL) {
        self.host = host
        self.port = port
        self.baseURL = baseURL
        limits = HTTPLimits()
        bootstrapKey = nil
        rateLimits = RateLimits()
        apiHosts = AllowedHosts(addresses: .own)
        accessLog = false
        redirectLane = true
        trustedProxies = []
        countryHeader = nil
        cacheBytes = 64 * 1_024 * 1_024
        queryTimeout = .seconds(10)
        journalSyncInterval = .seconds(1)
        allowPrivateDestinations = false
        deniedDomainsFile = nil
        crossOrigins = .nobody
        web = true
        rootURL = nil
        notFoundURL = nil
        drainDelay = .zero
    }

    /// Where the server answers, as text.
    package var origin: String {
        UntrustedText(baseURL.string).ends(with: "/") ? String(baseURL.string.dropLast()) : baseURL.string
    }

    var crossOriginPolicy: CrossOriginPolicy { CrossOriginPolicy(origins: crossOrigins) }

    /// What leads back to this service: the public origin, and the address it listens on.
    package var ownURLs: [DestinationURL] {
        [baseURL, try? DestinationURL.parse("http://\(HostName.bracketed(host)):\(port)")].compactMap(\.self)
    }
}
