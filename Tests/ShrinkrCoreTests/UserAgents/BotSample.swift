import Testing

/// A user agent of a program as seen from 2024 to 2026, and the program's name.
struct BotSample: CustomTestStringConvertible {
    let userAgent: String
    let name: String

    var testDescription: String { userAgent }

    static let all: [BotSample] = [
        BotSample(
            userAgent: "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            name: "Googlebot"),
        BotSample(
            userAgent: """
                Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) \
                Chrome/140.0.7339.127 Mobile Safari/537.36 (compatible; Googlebot/2.1; \
                +http://www.google.com/bot.html)
                """,
            name: "Googlebot"),
        BotSample(
            userAgent: """
                Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; \
                +http://www.bing.com/bingbot.htm) Chrome/136.0.0.0 Safari/537.36
                """,
            name: "Bingbot"),
        BotSample(
            userAgent: """
                Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                Version/17.4 Safari/605.1.15 (Applebot/0.1; +http://www.apple.com/go/applebot)
                """,
            name: "Applebot"),
        BotSample(
            userAgent: "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
            name: "Facebook preview"),
        BotSample(
            userAgent: "meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)",
            name: "Meta crawler"),
        BotSample(
            userAgent: "Twitterbot/1.0",
            name: "X preview"),
        BotSample(
            userAgent: "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
            name: "LinkedIn preview"),
        BotSample(
            userAgent: "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
            name: "Slack preview"),
        BotSample(
            userAgent: "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
            name: "Discord preview"),
        BotSample(
            userAgent: "TelegramBot (like TwitterBot)",
            name: "Telegram preview"),
        BotSample(
            userAgent: "WhatsApp/2.23.20.0 A",
            name: "WhatsApp preview"),
        BotSample(
            userAgent: "Mozilla/5.0 (compatible; Bluesky Cardyb/1.1; +mailto:support@bsky.app) bot",
            name: "Bluesky preview"),
        BotSample(
            userAgent: "Mastodon/4.4.3 (http.rb/5.3.1; +https://mastodon.social/)",
            name: "Mastodon"),
        BotSample(
            userAgent: """
                Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; GPTBot/1.2; \
                +https://openai.com/gptbot
                """,
            name: "OpenAI"),
        BotSample(
            userAgent: """
                Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; ChatGPT-User/1.0; \
                +https://openai.com/bot
                """,
            name: "OpenAI"),
        BotSample(
            userAgent: """
                Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0; \
                +claudebot@anthropic.com)
                """,
            name: "Anthropic"),
        BotSample(
            userAgent: """
                Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; PerplexityBot/1.0; \
                +https://perplexity.ai/perplexitybot)
                """,
            name: "Perplexity"),
        BotSample(
            userAgent: """
                Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Mobile Safari/537.36 \
                (compatible; Bytespider; spider-feedback@bytedance.com)
                """,
            name: "Bytespider"),
        BotSample(
            userAgent: "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
            name: "AhrefsBot"),
        BotSample(
            userAgent: "Mozilla/5.0 (compatible; SemrushBot/7~bl; +http://www.semrush.com/bot.html)",
            name: "SemrushBot"),
        BotSample(
            userAgent: "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
            name: "YandexBot"),
        BotSample(
            userAgent: "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)",
            name: "UptimeRobot"),
        BotSample(
            userAgent: """
                Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 \
                Safari/537.36
                """,
            name: "Headless browser"),
        BotSample(
            userAgent: "curl/8.5.0",
            name: "curl"),
        BotSample(
            userAgent: "Wget/1.21.4",
            name: "Wget"),
        BotSample(
            userAgent: "python-requests/2.32.3",
            name: "Python"),
        BotSample(
            userAgent: "Go-http-client/2.0",
            name: "Go"),
        BotSample(
            userAgent: "okhttp/4.12.0",
            name: "Java"),
        BotSample(
            userAgent: "axios/1.7.9",
            name: "Node.js"),
        BotSample(
            userAgent: "GuzzleHttp/7",
            name: "PHP"),
        BotSample(
            userAgent: "PostmanRuntime/7.43.0",
            name: "Postman"),
        BotSample(
            userAgent: "SomeNewCrawler/1.0",
            name: "(other bot)"),
    ]
}
