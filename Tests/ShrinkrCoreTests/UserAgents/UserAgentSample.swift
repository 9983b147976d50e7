import ShrinkrCore
import Testing

/// A user agent as seen from 2023 to 2026, and what it says of itself.
struct UserAgentSample: CustomTestStringConvertible {
    let userAgent: String
    let verdict: UserAgentRule.Verdict

    var testDescription: String { userAgent }

    static let all = [
        (people, UserAgentRule.Verdict.person), (peopleInApps, .person), (peopleOnOddDevices, .person),
        (previews, .declaredBot), (lookAhead, .declaredBot), (crawlers, .declaredBot), (agents, .declaredBot),
        (scanners, .declaredBot),
        (monitors, .declaredBot), (tools, .tool),
    ].flatMap { texts, verdict in texts.map { UserAgentSample(userAgent: $0, verdict: verdict) } }

    private static let people = [
        """
        Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 \
        Safari/537.36
        """,
        """
        Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 \
        Safari/537.36 Edg/141.0.0.0
        """,
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
        "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
        """
        Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 \
        Safari/605.1.15
        """,
        """
        Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
        Version/18.5 Mobile/15E148 Safari/604.1
        """,
        """
        Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile \
        Safari/537.36
        """,
        """
        Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 \
        Chrome/130.0.0.0 Mobile Safari/537.36
        """,
        """
        Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36 \
        OPR/124.0.0.0
        """,
        """
        Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 \
        YaBrowser/25.8.0.0 Safari/537.36
        """,
        "Opera/9.80 (Android; Opera Mini/36.2.2254/119.132; U; id) Presto/2.12.423 Version/12.16",
        "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko",
        "Lynx/2.9.0 libwww-FM/2.14 SSL-MM/1.4.1 GNUTLS/3.8.3",
    ]

    private static let peopleInApps = [
        """
        Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
        Mobile/15E148 CamScanner/6.45.0
        """,
        """
        Mozilla/5.0 (Linux; Android 14; SM-A546B; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 \
        Chrome/128.0.0.0 Mobile Safari/537.36 com.scanner.qr QR Scanner/3.1
        """,
        """
        Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
        Mobile/15E148 Viber/22.9.0
        """,
        """
        Mozilla/5.0 (Linux; Android 13; SM-G991B; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 \
        Chrome/126.0.0.0 Mobile Safari/537.36 Viber/21.5.0
        """,
        """
        Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) WhatsApp/2.2126.14 \
        Chrome/88.0.4324.182 Electron/11.2.3 Safari/537.36
        """,
        """
        Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
        Mobile/15E148 WhatsApp/2.24.10.71
        """,
        """
        Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
        Mobile/15E148 iRobot/7.3
        """,
        """
        Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
        Mobile/15E148 SleepMonitor/2.8
        """,
        """
        Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 \
        Safari/537.36 Edg/130.0.0.0 OneOutlook/1.2024.529.200
        """,
        """
        Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
        Mobile/15E148 [FBAN/FBIOS;FBAV/480.0.0.32.108;FBDV/iPhone14,5;FBSS/3;FBLC/en_US]
        """,
        """
        Mozilla/5.0 (Linux; Android 14; SM-S918B; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 \
        Chrome/128.0.6613.88 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/480.0.0.54.88;]
        """,
        """
        Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
        Mobile/21F79 Instagram 341.0.3.23.93 (iPhone15,3; iOS 17_5; de_DE; scale=3.00)
        """,
        """
        Mozilla/5.0 (Linux; Android 13; V2206; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 \
        Chrome/126.0.6478.71 Mobile Safari/537.36 trill_360703 BytedanceWebview/d8a21c6
        """,
        """
        Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
        Mobile/15E148 Twitter for iPhone/10.44
        """,
        """
        Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
        Mobile/15E148 [LinkedInApp]/9.30.1234
        """,
        """
        Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
        Mobile/15E148 [Pinterest/iOS]
        """,
        """
        Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
        Version/16.6 Mobile/15E148 Snapchat/12.54.0.31 (like Safari/8615.3.12, panda)
        """,
        """
        Mozilla/5.0 (Linux; Android 12; M2102J20SG; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 \
        Chrome/116.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.49.2600 NetType/WIFI Language/zh_CN
        """,
        """
        Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
        Mobile/15E148 Safari Line/14.9.0
        """,
        """
        Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
        GSA/330.0.662212539 Mobile/15E148 Safari/604.1
        """,
        """
        Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 \
        Chrome/127.0.6533.64 Mobile Safari/537.36 Telegram-Android/11.1.3 (Google Pixel 8; Android 14; SDK 34;\
         HIGH)
        """,
    ]

    /// Phones of the make Cubot, and devices that are no computers.
    private static let peopleOnOddDevices = [
        """
        Mozilla/5.0 (Linux; Android 9; POWER BOT) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile \
        Safari/537.36
        """,
        """
        Mozilla/5.0 (Linux; Android 12; HUAWEI ABC-BOT Build/X) AppleWebKit/537.36 (KHTML, like Gecko) \
        Chrome/120.0.0.0 Mobile Safari/537.36
        """,
        """
        Mozilla/5.0 (SMART-TV; Linux; Tizen 6.5; Smart Monitor M7) AppleWebKit/537.36 (KHTML, like Gecko) \
        SamsungBrowser/4.0 Chrome/85.0 TV Safari/537.36
        """,
        """
        Mozilla/5.0 (Linux; Android 13; BabyMonitor X1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 \
        Safari/537.36
        """,
        """
        Mozilla/5.0 (Linux; Android 13; CUBOT P80) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/127.0.0.0 \
        Mobile Safari/537.36
        """,
        """
        Mozilla/5.0 (Linux; Android 11; KINGKONG 5 Pro Build/Cubot) AppleWebKit/537.36 (KHTML, like Gecko) \
        Chrome/120.0.0.0 Mobile Safari/537.36
        """,
        """
        Mozilla/5.0 (Linux; Android 8.1.0; CUBOT_X18_Plus Build/CUBOT_X18_Plus; wv) AppleWebKit/537.36 (KHTML,\
         like Gecko) Version/4.0 Chrome/119.0.0.0 Mobile Safari/537.36
        """,
        """
        Mozilla/5.0 (PlayStation; PlayStation 5/9.60) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.4 \
        Safari/605.1.15
        """,
        "Mozilla/5.0 (SMART-TV; LINUX; Tizen 7.0) AppleWebKit/537.36 (KHTML, like Gecko) Version/7.0 TV Safari/537.36",
        """
        Mozilla/5.0 (X11; Linux armv7l like Android; OculusBrowser/35.0) AppleWebKit/537.36 (KHTML, like \
        Gecko) Chrome/128.0.0.0 VR Safari/537.36
        """,
    ]

    private static let previews = [
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "facebookexternalhit/1.1;line-poker/1.0",
        "facebookcatalog/1.0",
        """
        Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 \
        Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0
        """,
        "Twitterbot/1.0",
        "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "Slack-ImgProxy (+https://api.slack.com/robots)",
        "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
        "TelegramBot (like TwitterBot)",
        "WhatsApp/2.23.20.0 A",
        "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com",
        "Mozilla/5.0 (compatible; Bluesky Cardyb/1.1; +mailto:support@bsky.app)",
        "Mastodon/4.4.3 (http.rb/5.3.1; +https://mastodon.social/)",
        "Synapse (bot; +https://github.com/matrix-org/synapse)",
        "Snap URL Preview Service; bot; snapchat; https://developers.snap.com/robots",
        "Mozilla/5.0 (compatible; vkShare; +http://vk.com/dev/Share)",
        "Pinterest/0.2 (+https://www.pinterest.com/bot.html)",
        "Iframely/1.3.1 (+https://iframely.com/docs/about)",
        "Mozilla/5.0 (compatible; Embedly/0.2; +http://support.embed.ly/)",
    ]

    /// What follows the links of mails and documents before people do.
    private static let lookAhead = [
        "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.12026; Pro)",
        "Office/16.0 (Microsoft Outlook 16.0.17531; Pro)",
        """
        Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; Win64; x64; Trident/7.0; .NET4.0C; .NET4.0E; \
        Microsoft Outlook 16.0.17531)
        """,
        "MacOutlook/16.70.23021201 (Intelx64 Mac OS X Version 13.2.1 (Build 22D68))",
        "Outlook-iOS/709.2226530.prod.iphone (3.24.1)",
        "Microsoft Office Existence Discovery",
        "Microsoft Office Protocol Discovery",
        "Microsoft Office Word 2014 (16.0.12527) Windows NT 10.0",
        "Mozilla/4.0 (compatible; ms-office; MSOffice 16)",
        "Mozilla/4.0 (compatible; ms-office; MSOffice rmj)",
        """
        Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; WOW64; Trident/7.0; .NET4.0C; Microsoft Outlook \
        16.0.4266; ms-office; MSOffice 16)
        """,
        "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
        "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
        "Mozilla/5.0 (compatible; Proofpoint URL Defense)",
        "BarracudaCentral",
        "Barracuda Sentinel (EE)",
        """
        Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 \
        Safari/537.36 Mimecast
        """,
        "Mozilla/5.0 (compatible; MicrosoftPreview/2.0; +https://aka.ms/MicrosoftPreview)",
    ]

    private static let crawlers = [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        """
        Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) \
        Chrome/140.0.7339.127 Mobile Safari/537.36 (compatible; Googlebot/2.1; \
        +http://www.google.com/bot.html)
        """,
        "AdsBot-Google (+http://www.google.com/adsbot.html)",
        "Mediapartners-Google",
        """
        Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) \
        Chrome/130.0.6723.69 Mobile Safari/537.36 (compatible; GoogleOther)
        """,
        """
        Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; \
        +http://www.bing.com/bingbot.htm) Chrome/136.0.0.0 Safari/537.36
        """,
        """
        Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 \
        Safari/605.1.15 (Applebot/0.1; +http://www.apple.com/go/applebot)
        """,
        "Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)",
        "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
        "Sogou web spider/4.0(+http://www.sogou.com/docs/help/webmasters.htm#07)",
        "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
        "ia_archiver (+http://www.alexa.com/site/help/webmasters; crawler@alexa.com)",
        "SomeNewCrawler/1.0",
    ]

    private static let agents = [
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; GPTBot/1.2; +https://openai.com/gptbot",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; ChatGPT-User/1.0; +https://openai.com/bot",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0; +claudebot@anthropic.com)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Claude-User/1.0; +Claude-User@anthropic.com)",
        """
        Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Perplexity-User/1.0; \
        +https://perplexity.ai/perplexity-user)
        """,
        "meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)",
        "meta-externalfetcher/1.1",
        "CCBot/2.0 (https://commoncrawl.org/faq/)",
        """
        Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Mobile Safari/537.36 \
        (compatible; Bytespider; spider-feedback@bytedance.com)
        """,
        """
        Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; MistralAI-User/1.0; \
        +https://docs.mistral.ai/robots)
        """,
        "cohere-ai",
    ]

    /// Scanners of mail and of the network, and automated browsers.
    private static let scanners = [
        "AppEngine-Google; (+http://code.google.com/appengine; appid: s~virustotalcloud)",
        "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/534+ (KHTML, like Gecko) BingPreview/1.0b",
        "Mozilla/5.0 (compatible; CensysInspect/1.1; +https://about.censys.io/)",
        "Mozilla/5.0 zgrab/0.x",
        "Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)",
        "masscan/1.3 (https://github.com/robertdavidgraham/masscan)",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36",
        """
        Mozilla/5.0 (Linux; Android 11; moto g power (2022)) AppleWebKit/537.36 (KHTML, like Gecko) \
        Chrome/119.0.0.0 Mobile Safari/537.36 Chrome-Lighthouse
        """,
    ]

    private static let monitors = [
        "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)",
        "Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)",
        "Mozilla/5.0 (compatible; StatusCake)",
        "Datadog/Synthetics DatadogSynthetics",
        "ELB-HealthChecker/2.0",
        "Amazon-Route53-Health-Check-Service (ref 4cd4f9a4-bea2-4e4b-9a54-cd6d6b3ea0f5; report http://amzn.to/1vsZADi)",
        "GoogleHC/1.0",
        "kube-probe/1.29",
        "Blackbox Exporter/0.24.0",
        "check_http/v2.4.9 (monitoring-plugins 2.4.9)",
    ]

    private static let tools = [
        "curl/8.5.0", "Wget/1.21.4", "HTTPie/3.2.2", "python-requests/2.32.3", "Python-urllib/3.12",
        "Python/3.12 aiohttp/3.9.5",
        "python-httpx/0.27.0", "Go-http-client/2.0", "Java/17.0.2", "okhttp/4.12.0",
        "Apache-HttpClient/4.5.14 (Java/17.0.9)",
        "axios/1.7.9", "node-fetch/1.0", "undici", "got (https://github.com/sindresorhus/got)", "Ruby",
        "Faraday v2.9.0",
        "GuzzleHttp/7", "PHP/8.2.0", "libwww-perl/6.77", "reqwest/0.12.4", "Dart/3.4 (dart:io)",
        "PostmanRuntime/7.43.0",
        "insomnia/9.3.2", "k6/0.51.0 (https://k6.io/)",
    ]
}
