/// The data of ``BotRule``: lower-case texts to look for in a lower-cased `User-Agent`. A change here changes counts:
/// raise ``BotRule/version`` with it.
enum BotRuleData {
    /// Device names that hold a mark below but are no bots.
    static let notBots: [StaticString] = ["cubot"]

    /// Found anywhere: crawlers, previews, scanners and monitors name themselves so.
    static let botMarks: [StaticString] = [
        // What most of them have in common.
        "bot", "crawl", "spider", "preview", "scanner", "monitor", "uptime", "validator", "fetcher", "+http://",
        "+https://",
        "+mailto:",
        // Link previews that do not.
        "facebookexternalhit", "facebookcatalog", "meta-external", "whatsapp/", "skypeuripreview", "slack-imgproxy",
        "vkshare", "flipboardproxy", "embedly", "iframely", "bitlybot", "nuzzel", "outbrain", "mastodon/", "pleroma",
        "misskey", "lemmy/", "cardyb/", "snapchat ", "viber/", "google-pagerenderer",
        "developers.google.com/+/web/snippet",
        // Search, archive, advertising and AI agents that do not.
        "slurp", "mediapartners-google", "adsbot", "google-read-aloud", "google-inspectiontool", "googleother",
        "feedfetcher", "bingpreview", "yandex.com/", "baiduspider", "ia_archiver", "archive.org", "chatgpt-user",
        "claude-web", "claude-user", "perplexity-user", "cohere-ai", "anthropic-ai",
        // Mail and security scanners, monitors, automated browsers.
        "safelinks", "proofpoint", "barracuda", "mimecast", "urlscan", "virustotal", "censysinspect", "zgrab", "nmap",
        "masscan", "nuclei", "pingdom", "statuscake", "site24x7", "newrelicpinger", "datadogsynthetics", "lighthouse",
        "gtmetrix", "headlesschrome", "phantomjs", "puppeteer", "playwright", "healthcheck", "health-check",
        "googlehc/",
        "kube-probe/", "blackbox-exporter", "blackbox exporter",
    ]

    /// Found at the start: HTTP libraries and command-line clients.
    static let toolPrefixes: [StaticString] = [
        "curl/", "wget/", "httpie/", "xh/", "python", "aiohttp", "httpx", "go-http-client", "java/", "okhttp",
        "apache-httpclient",
        "axios", "node", "undici", "got ", "got/", "ruby", "faraday", "php", "guzzlehttp", "symfony", "perl", "libwww",
        "lwp", "reqwest", "hyper/", "ureq", "dart", "swift", "async-http-client", "dotnet", "postmanruntime",
        "insomnia",
        "bruno", "powershell", "rest-client", "k6/", "wrk", "apachebench", "hey/", "vegeta", "locust",
    ]
}
