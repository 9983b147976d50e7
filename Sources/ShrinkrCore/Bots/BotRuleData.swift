/// The data of ``BotRule``, in small letters. A change here changes counts: raise ``BotRule/version`` with it.
enum BotRuleData {
    /// First words of browsers' user agents; ``UserAgentText/claimsToBeBrowser``.
    static let browserBeginnings: [UserAgentMark] = [
        .init("mozilla"), .init("opera"),
        // Text browsers, televisions and phones from before smartphones.
        .init("lynx"), .init("links"), .init("elinks"), .init("w3m"), .init("netsurf"), .init("dillo"), .init("ucweb"),
        .init("roku"), .init("nokia*"), .init("blackberry*"),
    ]

    /// Words by which browsers name their engine.
    static let engines: [UserAgentMark] = [
        .init("applewebkit"), .init("gecko"), .init("trident"), .init("presto"), .init("khtml"), .init("goanna"),
        .init("msie"),
    ]

    /// Words that phones and tablets have in their user agents.
    static let handhelds: [[UInt8]] = ["mobile", "android", "iphone", "ipad", "ipod"].map { Array($0.utf8) }

    /// Browsers that say `compatible` of themselves, and platforms that follow the word in their place.
    static let compatibleBrowsers: [[UInt8]] = [
        "msie", "konqueror", "opera", "dillo", "abrowse", "ibrowse", "galeon", "netpositive", "icab", "webtv",
        "netfront", "u", "x11", "linux", "windows", "symbian",
    ].map { Array($0.utf8) }

    /// How the address of who runs a bot begins, anywhere.
    static let contacts: [[UInt8]] = ["+http", "+ http", "+mailto:", "+www."].map { Array($0.utf8) }

    /// The same in a desktop browser's clothes, where bots leave out the plus.
    static let addresses: [[UInt8]] = ["http://", "https://", "mailto:", "www."].map { Array($0.utf8) }

    /// Words that end as names of bots do, but name devices.
    static let notBots: [[UInt8]] = ["cubot", "irobot"].map { Array($0.utf8) }

    /// How words end that name bots, also after a desktop browser's name.
    static let kinds: [[UInt8]] = [
        "bot", "bots", "crawl", "crawler", "crawlers", "crawling", "spider", "spiders", "scraper", "scaper",
    ].map { Array($0.utf8) }

    /// How words end that name bots where there is no browser around them: people have apps with such names.
    static let programKinds: [[UInt8]] = [
        "preview", "previews", "previewer", "scanner", "monitor", "monitoring", "uptime", "validator", "fetcher",
        "checker", "healthcheck", "indexer", "archiver", "linkcheck", "checklink", "synthetic", "synthetics",
        "detector",
        "metadata", "favicon", "unfurler", "unfurl", "expander",
    ].map { Array($0.utf8) }

    /// Names of bots where there is no browser around them, above all of apps that fetch a page because somebody is about
    /// to send its address. In a browser's user agent the same names are apps that show pages to people.
    static let programs = table([
        .init("whatsapp"), .init("viber"), .init("snapchat"), .init("kakaotalk"), .init("line-poker"), .init("signal*"),
        .init("pinterest"), .init("tumblr"), .init("steamchaturllookup"), .init("disqus"), .init("hatena*"),
        .init("synapse"), .init("dendrite"), .init("mastodon"), .init("pleroma"), .init("akkoma"), .init("misskey"),
        .init("lemmy"), .init("friendica"), .init("wordpress"), .init("google*"), .init("expanse"), .init("check_http"),
        .init("crawl*"), .init("spider*"), .init("macoutlook"), .init("outlook-ios"), .init("outlook-android"),
    ])

    /// Names of bots, whatever is around them. A name that ends as one of ``kinds`` is here because it also comes in a
    /// phone's clothes.
    static let bots = table(previews + mail + crawlers + agents + monitors)

    private static let previews: [UserAgentMark] = [
        .init("facebookexternalhit*"), .init("facebookcatalog"), .init("facebot"), .init("meta-external*"),
        .init("twitterbot"), .init("slackbot"), .init("slack-imgproxy"), .init("discordbot"), .init("telegrambot"),
        .init("linkedinbot"), .init("skypeuripreview"), .init("microsoftpreview"), .init("bingpreview"),
        .init("vkshare"), .init("cardyb"), .init("flipboardproxy"), .init("flipboardrss"), .init("embedly"),
        .init("iframely"), .init("nuzzel"), .init("outbrain"), .init("google-pagerenderer"), .init("google-snippet"),
        .init("developers.google.com/+/web/snippet"), .init("snap url preview service"),
    ]

    /// What looks at the links of mails and documents before people do: the clients of Office, the image proxies of
    /// webmail, and scanners.
    private static let mail: [UserAgentMark] = [
        .init("ms-office"), .init("msoffice"), .init("microsoft office"), .init("microsoft outlook"),
        .init("microsoft-webdav-miniredir"),
        .init("microsoft data access"), .init("microsoft url control"), .init("microsoft-atl-native"),
        .init("office existence discovery"), .init("office protocol discovery"), .init("googleimageproxy"),
        .init("yahoomailproxy"), .init("yahoocachesystem"), .init("google-safety"), .init("safelinks"),
        .init("safe links"), .init("proofpoint*"), .init("urldefense"), .init("mimecast*"), .init("barracuda*"),
        .init("ironport"), .init("fireeye"), .init("messagelabs"), .init("cloudmark"), .init("avanan"),
        .init("urlscan"), .init("virustotal*"), .init("phishtank"),
    ]

    private static let crawlers: [UserAgentMark] = [
        .init("googlebot"), .init("adsbot"), .init("apis-google"), .init("mediapartners-google"), .init("feedfetcher"),
        .init("google-read-aloud"), .init("google-inspectiontool"), .init("googleother"), .init("google-physicalweb"),
        .init("google-site-verification"), .init("google favicon"), .init("google-ads-*"), .init("google web preview"),
        .init("google-adwords-*"), .init("google-extended"), .init("storebot-google"), .init("bingbot"),
        .init("msnbot"), .init("adidxbot"), .init("applebot"), .init("slurp"), .init("baiduspider"),
        .init("sogou web spider"), .init("yandexbot"), .init("yandex.com/bots"), .init("petalbot"),
        .init("ia_archiver"), .init("archive.org"), .init("heritrix"), .init("nutch"), .init("httrack"),
        .init("ips-agent"), .init("datanyze"), .init("brandverity"), .init("siteimprove.com"), .init("dareboost"),
        .init("screaming frog seo"),
    ]

    private static let agents: [UserAgentMark] = [
        .init("gptbot"), .init("oai-searchbot"), .init("chatgpt-user"), .init("claudebot"), .init("claude-web"),
        .init("claude-user"), .init("claude-searchbot"), .init("perplexity-user"), .init("perplexitybot"),
        .init("mistralai-user"), .init("cohere-ai"), .init("anthropic-ai"), .init("bytespider"), .init("amazonbot"),
        .init("moatbot"),
        .init("duckassistbot"),
    ]

    /// Scanners of the network, monitors and automated browsers.
    private static let monitors: [UserAgentMark] = [
        .init("censysinspect"), .init("zgrab"), .init("nmap"), .init("masscan"), .init("nuclei"), .init("pingdom*"),
        .init("uptimerobot"), .init("statuscake"), .init("site24x7"), .init("newrelicpinger"),
        .init("datadogsynthetics"), .init("chrome-lighthouse"), .init("google page speed insights"), .init("gtmetrix"),
        .init("ptst"), .init("headlesschrome"), .init("headlessedg"), .init("phantomjs"), .init("puppeteer"),
        .init("playwright"),
        .init("selenium"), .init("cypress"), .init("dotcom-monitor"), .init("monitorss"), .init("gotsitemonitor.com"),
        .init("sucuri integrity monitor"), .init("ruxitsynthetic"), .init("checkly"), .init("appinsights"),
        .init("health-check"), .init("elb-healthchecker"), .init("googlehc"), .init("kube-probe"),
        .init("blackbox-exporter"), .init("blackbox exporter"),
    ]

    /// Marks by their first byte.
    private static func table(_ marks: [UserAgentMark]) -> [UInt8: [UserAgentMark]] {
        Dictionary(grouping: marks, by: \.firstByte)
    }
}
