import Testing

/// A user agent of a browser or an app as seen from 2024 to 2026, and what it says.
struct PersonSample: CustomTestStringConvertible {
    let userAgent: String
    let browser: String
    let os: String
    let device: String

    var testDescription: String { userAgent }

    static let all: [PersonSample] = [
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 \
                Safari/537.36
                """,
            browser: "Chrome", os: "Windows", device: "desktop"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) \
                Chrome/140.0.0.0 Safari/537.36
                """,
            browser: "Chrome", os: "macOS", device: "desktop"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 \
                Safari/537.36
                """,
            browser: "Chrome", os: "Linux", device: "desktop"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 \
                Safari/537.36
                """,
            browser: "Chrome", os: "ChromeOS", device: "desktop"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile \
                Safari/537.36
                """,
            browser: "Chrome", os: "Android", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 \
                Safari/537.36
                """,
            browser: "Chrome", os: "Android", device: "tablet"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                CriOS/141.0.7390.41 Mobile/15E148 Safari/604.1
                """,
            browser: "Chrome", os: "iOS", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                CriOS/140.0.7339.122 Mobile/15E148 Safari/604.1
                """,
            browser: "Chrome", os: "iPadOS", device: "tablet"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Ubuntu \
                Chromium/128.0.6613.119 Chrome/128.0.6613.119 Safari/537.36
                """,
            browser: "Chromium", os: "Linux", device: "desktop"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 \
                Safari/537.36 Edg/141.0.0.0
                """,
            browser: "Edge", os: "Windows", device: "desktop"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) \
                Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0
                """,
            browser: "Edge", os: "macOS", device: "desktop"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile \
                Safari/537.36 EdgA/140.0.0.0
                """,
            browser: "Edge", os: "Android", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                Version/18.0 EdgiOS/140.0.3485.94 Mobile/15E148 Safari/604.1
                """,
            browser: "Edge", os: "iOS", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox Series X) AppleWebKit/537.36 (KHTML, like \
                Gecko) Chrome/140.0.0.0 Safari/537.36 Edge/44.18363.8131
                """,
            browser: "Edge", os: "Xbox", device: "console"),
        PersonSample(
            userAgent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
            browser: "Firefox", os: "Windows", device: "desktop"),
        PersonSample(
            userAgent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:144.0) Gecko/20100101 Firefox/144.0",
            browser: "Firefox", os: "macOS", device: "desktop"),
        PersonSample(
            userAgent: "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0",
            browser: "Firefox", os: "Linux", device: "desktop"),
        PersonSample(
            userAgent: "Mozilla/5.0 (X11; FreeBSD amd64; rv:128.0) Gecko/20100101 Firefox/128.0",
            browser: "Firefox", os: "BSD", device: "desktop"),
        PersonSample(
            userAgent: "Mozilla/5.0 (Android 15; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0",
            browser: "Firefox", os: "Android", device: "mobile"),
        PersonSample(
            userAgent: "Mozilla/5.0 (Android 14; Tablet; rv:140.0) Gecko/140.0 Firefox/140.0",
            browser: "Firefox", os: "Android", device: "tablet"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                FxiOS/143.0 Mobile/15E148 Safari/605.1.15
                """,
            browser: "Firefox", os: "iOS", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                Focus/139.0 Mobile/15E148
                """,
            browser: "Firefox Focus", os: "iOS", device: "mobile"),
        PersonSample(
            userAgent: "Mozilla/5.0 (Mobile; Nokia 2720 Flip; rv:84.0) Gecko/84.0 Firefox/84.0 KAIOS/3.0",
            browser: "Firefox", os: "KaiOS", device: "mobile"),
        PersonSample(
            userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0 SeaMonkey/2.53.21",
            browser: "SeaMonkey", os: "Linux", device: "desktop"),
        PersonSample(
            userAgent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Goanna/6.7 Firefox/128.0 PaleMoon/33.8.0",
            browser: "Pale Moon", os: "Windows", device: "desktop"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                Version/18.5 Safari/605.1.15
                """,
            browser: "Safari", os: "macOS", device: "desktop"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                Version/18.5 Mobile/15E148 Safari/604.1
                """,
            browser: "Safari", os: "iOS", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                Version/26.0 Mobile/15E148 Safari/604.1
                """,
            browser: "Safari", os: "iOS", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 \
                Mobile/15E148 Safari/604.1
                """,
            browser: "Safari", os: "iPadOS", device: "tablet"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (iPod touch; CPU iPhone OS 15_8 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                Version/15.6 Mobile/15E148 Safari/604.1
                """,
            browser: "Safari", os: "iOS", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                Mobile/15E148
                """,
            browser: "Apple WebView", os: "iOS", device: "mobile"),
        PersonSample(
            userAgent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)",
            browser: "Apple WebView", os: "macOS", device: "desktop"),
        PersonSample(
            userAgent: "Mozilla/5.0 (Apple TV; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)",
            browser: "Apple WebView", os: "tvOS", device: "tv"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 \
                Safari/537.36 OPR/122.0.0.0
                """,
            browser: "Opera", os: "Windows", device: "desktop"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile \
                Safari/537.36 OPR/91.0.0.0
                """,
            browser: "Opera", os: "Android", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                Version/18.5 Mobile/15E148 Safari/604.1 OPT/5.6.0
                """,
            browser: "Opera Touch", os: "iOS", device: "mobile"),
        PersonSample(
            userAgent: "Opera/9.80 (Android; Opera Mini/36.2.2254/119.132; U; id) Presto/2.12.423 Version/12.16",
            browser: "Opera Mini", os: "Android", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) \
                SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36
                """,
            browser: "Samsung Internet", os: "Android", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-X710) AppleWebKit/537.36 (KHTML, like Gecko) \
                SamsungBrowser/26.0 Chrome/122.0.0.0 Safari/537.36
                """,
            browser: "Samsung Internet", os: "Android", device: "tablet"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (SMART-TV; LINUX; Tizen 8.0) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/7.4 \
                Chrome/108.0.5359.1 TV Safari/537.36
                """,
            browser: "Samsung Internet", os: "Tizen", device: "tv"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (SMART-TV; LINUX; Tizen 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Version/5.0 TV \
                Safari/537.36
                """,
            browser: "Tizen Browser", os: "Tizen", device: "tv"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 \
                Safari/537.36 Vivaldi/7.6.3797.58
                """,
            browser: "Vivaldi", os: "Windows", device: "desktop"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 \
                YaBrowser/25.8.0.0 Safari/537.36
                """,
            browser: "Yandex Browser", os: "Windows", device: "desktop"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                Version/18.5 Mobile/15E148 DuckDuckGo/7 Safari/605.1.15
                """,
            browser: "DuckDuckGo", os: "iOS", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                Version/18.5 Safari/605.1.15 Ddg/18.5
                """,
            browser: "DuckDuckGo", os: "macOS", device: "desktop"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile \
                DuckDuckGo/5 Safari/537.36
                """,
            browser: "DuckDuckGo", os: "Android", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Mobile \
                Safari/537.36 (Ecosia android@139.0.7258.143)
                """,
            browser: "Ecosia", os: "Android", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Linux; U; Android 13; en-US; RMX3686) AppleWebKit/537.36 (KHTML, like Gecko) \
                Version/4.0 Chrome/100.0.4896.58 UCBrowser/15.1.8.1346 Mobile Safari/537.36
                """,
            browser: "UC Browser", os: "Android", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Linux; U; Android 14; zh-cn; 23127PN0CC) AppleWebKit/537.36 (KHTML, like Gecko) \
                Version/4.0 Chrome/109.0.5414.86 MQQBrowser/15.5 Mobile Safari/537.36
                """,
            browser: "QQ Browser", os: "Android", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Linux; U; Android 14; en-gb; 23117RA68G) AppleWebKit/537.36 (KHTML, like Gecko) \
                Version/4.0 Chrome/128.0.6613.127 Mobile Safari/537.36 XiaoMi/MiuiBrowser/14.39.0-gn
                """,
            browser: "Mi Browser", os: "Android", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Linux; U; Android 15; zh-cn; PKB110) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 \
                Chrome/115.0.5790.168 Mobile Safari/537.36 HeyTapBrowser/40.10.9.1
                """,
            browser: "OPPO Browser", os: "Android", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Linux; Android 14; V2324A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 \
                Chrome/123.0.6312.118 Mobile Safari/537.36 VivoBrowser/25.2.0.0
                """,
            browser: "vivo Browser", os: "Android", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 \
                Safari/537.36 ArkWeb/4.1.6.1 Mobile HuaweiBrowser/5.0.4.300
                """,
            browser: "Huawei Browser", os: "HarmonyOS", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/136.0.0.0 \
                Whale/4.32.315.22 Safari/537.36
                """,
            browser: "Whale", os: "Windows", device: "desktop"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                coc_coc_browser/138.0.180 Chrome/132.0.6834.180 Safari/537.36
                """,
            browser: "Coc Coc", os: "Windows", device: "desktop"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Linux; Android 11; KFTRWI) AppleWebKit/537.36 (KHTML, like Gecko) Silk/138.3.1 like \
                Chrome/138.0.7204.157 Safari/537.36
                """,
            browser: "Amazon Silk", os: "Fire OS", device: "tablet"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Linux; Android 9; AFTMM Build/PS7661) AppleWebKit/537.36 (KHTML, like Gecko) \
                Silk/137.5.1 like Chrome/137.0.7151.115 Safari/537.36
                """,
            browser: "Amazon Silk", os: "Fire OS", device: "tv"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (X11; Linux x86_64; Quest 3) AppleWebKit/537.36 (KHTML, like Gecko) \
                OculusBrowser/38.0.0.8.60 Chrome/136.0.7103.125 VR Safari/537.36
                """,
            browser: "Meta Quest Browser", os: "Horizon OS", device: "headset"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (PlayStation; PlayStation 5/9.00) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.4 \
                Safari/605.1.15
                """,
            browser: "PlayStation", os: "PlayStation", device: "console"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Nintendo Switch; WebApplet) AppleWebKit/613.0 (KHTML, like Gecko) NF/6.0.3.15.0 \
                NintendoBrowser/5.1.0.32061
                """,
            browser: "Nintendo", os: "Nintendo Switch", device: "console"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/108.0.5359.211 \
                Safari/537.36 WebAppManager
                """,
            browser: "LG Browser", os: "webOS", device: "tv"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Linux; Android 12; BRAVIA 4K VH2) AppleWebKit/537.36 (KHTML, like Gecko) \
                Chrome/138.0.0.0 Safari/537.36
                """,
            browser: "Chrome", os: "Android", device: "tv"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Linux; Android 14.0; Google TV Streamer) AppleWebKit/537.36 (KHTML, like Gecko) \
                Chrome/130.0.0.0 Safari/537.36 CrKey/1.56.500000
                """,
            browser: "Chrome", os: "Android", device: "tv"),
        PersonSample(
            userAgent: "Roku/DVP-14.5 (14.5.4.5934-88)",
            browser: "Roku", os: "Roku OS", device: "tv"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; Touch; .NET4.0C; Tablet PC 2.0; rv:11.0) like \
                Gecko
                """,
            browser: "Internet Explorer", os: "Windows", device: "desktop"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950) AppleWebKit/537.36 (KHTML, \
                like Gecko) Chrome/52.0.2743.116 Mobile Safari/537.36 Edge/15.15254
                """,
            browser: "Edge", os: "Windows Phone", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Linux; Android 15; Pixel 9 Build/BP2A.250705.008; wv) AppleWebKit/537.36 (KHTML, like \
                Gecko) Version/4.0 Chrome/140.0.7339.51 Mobile Safari/537.36
                """,
            browser: "Android WebView", os: "Android", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Linux; U; Android 4.4.2; de-de; GT-I9195) AppleWebKit/534.30 (KHTML, like Gecko) \
                Version/4.0 Mobile Safari/534.30
                """,
            browser: "Android Browser", os: "Android", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                Mobile/22F76 Instagram 394.0.0.24.71 (iPhone17,1; iOS 18_5; en_US; en; scale=3.00; 1206x2622; \
                770473063)
                """,
            browser: "Instagram", os: "iOS", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Linux; Android 15; SM-S928B Build/AP3A.240905.015.A2; wv) AppleWebKit/537.36 (KHTML, \
                like Gecko) Version/4.0 Chrome/140.0.7339.51 Mobile Safari/537.36 Instagram 398.0.0.45.77 Android \
                (35/15; 480dpi; 1080x2340; samsung; SM-S928B; e3q; qcom; de_DE; 793374012)
                """,
            browser: "Instagram", os: "Android", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                Mobile/22F76 Barcelona 389.0.0.28.91 (iPhone15,3; iOS 18_5; en_GB; en; scale=3.00)
                """,
            browser: "Threads", os: "iOS", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                Mobile/15E148 \
                [FBAN/FBIOS;FBAV/523.0.0.40.97;FBBV/758654215;FBDV/iPhone16,2;FBMD/iPhone;FBSN/iOS;FBSV/18.5;FBSS/3]
                """,
            browser: "Facebook", os: "iOS", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Linux; Android 14; SM-A546B Build/UP1A.231005.007; wv) AppleWebKit/537.36 (KHTML, like \
                Gecko) Version/4.0 Chrome/139.0.7258.158 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/528.0.0.63.76;]
                """,
            browser: "Facebook", os: "Android", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                Mobile/22F76 [FBAN/MessengerForiOS;FBAV/520.0.0.37.104;FBBV/755634021]
                """,
            browser: "Messenger", os: "iOS", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/UQ1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) \
                Version/4.0 Chrome/139.0.0.0 Mobile Safari/537.36 [FB_IAB/Orca-Android;FBAV/520.0.0.49.108;]
                """,
            browser: "Messenger", os: "Android", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                Mobile/15E148 musical_ly_40.7.0 JsSdk/2.0 NetType/WIFI Channel/App Store ByteLocale/en Region/US \
                ByteFullLocale/en
                """,
            browser: "TikTok", os: "iOS", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Linux; Android 14; 22101316G; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 \
                Chrome/138.0.7204.179 Mobile Safari/537.36 trill_400703 JsSdk/1.0 NetType/WIFI AppName/trill \
                BytedanceWebview/d8a21c6
                """,
            browser: "TikTok", os: "Android", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                Version/18.5 Mobile/15E148 Snapchat/13.49.0.45 (like Safari/8621.2.5.10.8, panda)
                """,
            browser: "Snapchat", os: "iOS", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                Mobile/15E148 MicroMessenger/8.0.60(0x18003c2b) NetType/4G Language/zh_CN
                """,
            browser: "WeChat", os: "iOS", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                Mobile/15E148 Safari Line/15.12.0
                """,
            browser: "LINE", os: "iOS", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Linux; Android 14; SM-S911N; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 \
                Chrome/138.0.0.0 Mobile Safari/537.36;KAKAOTALK 2610940
                """,
            browser: "KakaoTalk", os: "Android", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                Mobile/15E148 NAVER(inapp; search; 2100; 12.14.5; 15PROMAX)
                """,
            browser: "NAVER", os: "iOS", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                Mobile/22F76 [Pinterest/iOS]
                """,
            browser: "Pinterest", os: "iOS", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                Mobile/15E148 [LinkedInApp]/9.31.4325
                """,
            browser: "LinkedIn", os: "iOS", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                Mobile/15E148 Twitter for iPhone/11.15
                """,
            browser: "X", os: "iOS", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (Linux; Android 14; Pixel 7; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 \
                Chrome/138.0.0.0 Mobile Safari/537.36 Telegram-Android/11.14.1 (Google Pixel 7; Android 14; SDK 34; \
                HIGH)
                """,
            browser: "Telegram", os: "Android", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                Mobile/15E148 Reddit/Version 2025.32.0/Build 621534/iOS Version 18.5
                """,
            browser: "Reddit", os: "iOS", device: "mobile"),
        PersonSample(
            userAgent: """
                Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                GSA/380.0.788317806 Mobile/15E148 Safari/604.1
                """,
            browser: "Google app", os: "iOS", device: "mobile"),
    ]
}
