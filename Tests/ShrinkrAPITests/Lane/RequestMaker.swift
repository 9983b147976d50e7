import TestSupport

/// Makes what clients might send, sensible and not: one or several requests, and where to cut them into packets.
struct RequestMaker {
    private var random: SeededGenerator

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    /// What one client sends on a connection of its own before it closes its side, in packets.
    mutating func script() -> [String] {
        let count = [1, 1, 1, 2, 3, 6][pick(6)]
        let requests = (0..<count).map { _ in request() }
        // Bytes beyond ASCII are escaped only in a line that begins a read, and what does is up to the network.
        let odd = requests.first { $0.utf8.contains { $0 >= 0x80 } }
        return packets(odd ?? requests.joined())
    }

    private mutating func packets(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        guard chance(40), bytes.count > 1, bytes.allSatisfy({ $0 < 0x80 }) else { return [text] }
        let cuts = Set((0...pick(3)).map { _ in 1 + pick(bytes.count - 1) }).sorted() + [bytes.count]
        var start = 0
        return cuts.map { end in
            defer { start = end }
            return String(decoding: bytes[start..<end], as: UTF8.self)
        }
    }

    private mutating func request() -> String {
        if chance(40) {
            let fields = browser() + ["Host: sho.rt"]
            return (["GET /\(of(Self.plainCodes)) HTTP/1.1"] + fields.shuffled(using: &random) + ["", ""])
                .joined(separator: "\r\n")
        }
        let end = chance(2) ? "\n" : "\r\n"
        var lines = [line()]
        if !chance(2) { lines.append("Host: \(of(Self.hosts))") }
        let style = pick(10)
        if style < 4 { lines += browser() }
        if style < 7 { for _ in 0..<pick(4) { lines.append(field()) } }
        var body = ""
        if chance(3) {
            body = String(repeating: "x", count: pick(20))
            lines.append("Content-Length: \(body.utf8.count)")
        }
        if chance(50) { lines = [lines[0]] + lines.dropFirst().shuffled(using: &random) }
        return lines.map { $0 + end }.joined() + end + body
    }

    private mutating func line() -> String {
        let method = chance(90) ? "GET" : of(["HEAD", "POST", "get", "GET ", "DELETE", "OPTIONS", "BREW"])
        let version = chance(96) ? "HTTP/1.1" : of(["HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "http/1.1", "HTTP/1.1 ", ""])
        return "\(method) \(target()) \(version)"
    }

    private mutating func target() -> String {
        let code = of(Self.codes)
        switch pick(20) {
        case 0: return "/\(code)?a=b"
        case 1: return "/\(code)+"
        case 2: return "/\(code)/"
        case 3:
            return of(["//\(code)", "/\(code).", "/%6Dine", "http://sho.rt/\(code)", "/ü", "*", "/", "", "/\(code)#x"])
        default: return "/\(code)"
        }
    }

    private mutating func browser() -> [String] {
        let all = [
            "User-Agent: \(of(Self.userAgents))", "Accept: text/html,*/*;q=0.8",
            "Accept-Language: \(of(Self.languages))",
            "Accept-Encoding: gzip, deflate, br", "Referer: \(of(Self.referrers))", "Connection: keep-alive",
            "Upgrade-Insecure-Requests: 1", "Sec-Fetch-Dest: document", "Sec-Fetch-Mode: navigate",
            "Sec-Fetch-Site: cross-site", "X-Forwarded-For: \(of(Self.chains))", "X-Forwarded-Proto: https",
            "X-Amzn-Trace-Id: Root=1-67891233-abcdef012345678912345678", "Cookie: a=b; c=\"d\"",
            "Sec-CH-UA: \(of(Self.brands))", "Sec-CH-UA-Mobile: ?0", "Sec-CH-UA-Platform: \(of(Self.platforms))",
        ]
        return all.filter { _ in !chance(15) } + (chance(10) ? ["Via: 1.1 proxy"] : [])
    }

    private mutating func field() -> String {
        let name = of([
            "Host", "User-Agent", "Referer", "Accept-Language", "X-Forwarded-For", "X-Real-IP", "Forwarded",
            "Connection",
            "Expect", "Transfer-Encoding", "Upgrade", "Purpose", "Sec-Purpose", "X-Moz", "Sec-Fetch-Mode",
            "Sec-Fetch-Dest",
            "X-Request-Id", "X-Country", "Content-Length", "TE", "Range", "Origin", "Proxy-Connection", "x-y z", "X_Y",
            "", "If-None-Match", "Next-Router-Prefetch", "Authorization", "HTTP2-Settings", "Trailer", "Keep-Alive",
            "Sec-CH-UA", "sec-ch-ua-platform", "X-Forwarded-Proto", "Accept", "Via",
        ])
        let value =
            switch pick(8) {
            case 0: of(Self.userAgents)
            case 1: of(Self.chains)
            case 2: of(Self.languages)
            case 3: of(Self.referrers)
            case 4: of(Self.brands)
            case 5: of(Self.platforms)
            default: of(Self.values)
            }
        return name + of([": ", ":", ":  ", ": ", ": ", " : ", ""]) + value + of(["", "", "", " ", "\t", " \t "])
    }

    private mutating func chance(_ percent: Int) -> Bool { pick(100) < percent }

    private mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }

    private mutating func of(_ choices: [String]) -> String { choices[pick(choices.count)] }
}

extension RequestMaker {
    /// Links that the tests make, and some that they do not.
    static let codes = [
        "plain", "plain", "plain", "PLAIN", "permanent", "kept", "moved", "long-code_with-more-than-sixteen-letters",
        "limited", "expiring", "starting", "disabled", "forwarding", "nothing", "stats", "api", "a", "plain plain",
    ]

    /// Those of them that the lane has an answer to.
    private static let plainCodes = codes.prefix(9).filter { $0 != "limited" }

    private static let hosts = [
        "sho.rt", "sho.rt", "sho.rt", "127.0.0.1:8000", "sho.rt:", "sho.rt:70000", "[::1]:80", "", "a b", "x_y", "ü",
        "sho.rt:0080",
    ]

    private static let userAgents = [
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0", "Mozilla/5.0 (",
        "curl/8.5.0", "", "a \"quoted\" \\ one", "ü", "Googlebot/2.1", "x\u{7F}y",
        String(repeating: "ab\"", count: 200),
    ]

    private static let brands = [
        "\"Google Chrome\";v=\"131\", \"Chromium\";v=\"131\", \"Not_A Brand\";v=\"24\"",
        "\"Brave\";v=\"131\", \"Chromium\";v=\"131\"", "\"HeadlessChrome\";v=\"131\"", "\"Brave", "",
        String(repeating: "\"B", count: 255) + "\"Brave\"",
    ]

    private static let platforms = [
        "\"Windows\"", "\"Linux\"", "\"Android\"", "\"macOS\"", "Android", "\"", "", "https", "http", "https, http",
        "HTTPS", "httpsx",
    ]

    private static let languages = [
        "en-US,en;q=0.9", "de", "*", "", " ,, fr;q=0.5", "x y", "de-Latn-DE-1996", "en , de", "zh_TW",
        String(repeating: "a", count: 40), String(repeating: ",", count: 300) + "de",
    ]

    private static let referrers = [
        "https://example.com/page?secret=1#f", "HTTP://user:word@example.com/x", "android-app://com.example",
        "about:blank",
        "https://", "https://@", "https://a@b@c/d@e", "https://example.com/\"quote\\", "", "http://x#y?z",
        "https://example.com/" + String(repeating: "p", count: 400),
    ]

    private static let chains = [
        "203.0.113.9", "203.0.113.9, 10.0.0.7", "203.0.113.9,127.0.0.1", "2001:db8::17", "[2001:db8::17]:80",
        "203.0.113.9:1234", "203.0.113.09", "999.1.1.1", "unknown", "", ",", "203.0.113.9,",
        "198.51.100.1, 203.0.113.9",
        "::ffff:203.0.113.4", "127.0.0.1", "1.2.3", "1.2.3.4.5", " 203.0.113.9 ",
    ]

    private static let values = [
        "close", "keep-alive", "Keep-Alive", "100-continue", "chunked", "websocket", "prefetch", "navigate", "document",
        "no-cors", "DE", "de", "deu", "0", "5", "abc-123", "for=203.0.113.9", "203.0.113.9", "2001:db8::17", "\"etag\"",
        "bad id!", String(repeating: "r", count: 70), "bytes=0-1", "upgrade", "",
    ]
}
