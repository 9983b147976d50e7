import Logging
import ShrinkrObservability
import Testing

@testable import ShrinkrLaunch

private func settings(_ environment: [String: String]) async throws -> SharedSettings {
    try await SharedSettings(SettingsReader(flags: [:], environment: environment))
}

@Suite("Shared settings") struct SharedSettingsTests {
    @Test("have defaults")
    func defaults() async throws {
        let settings = try await settings([:])
        #expect(settings.dataDirectory == ".shrinkr")
        #expect(settings.databasePath == ".shrinkr/shrinkr.db")
        #expect(settings.clickQueueURL == nil)
        #expect(settings.adminHost == nil)
        #expect(settings.adminPort == 8_001)
        #expect(settings.shutdownTimeout == .seconds(25))
        #expect(settings.logFactory.makeLogger(label: "test").logLevel == .info)
    }

    @Test("are read")
    func given() async throws {
        let settings = try await settings([
            "SHRINKR_DATA_DIR": "/data", "SHRINKR_CLICK_QUEUE_URL": "http://localhost:9324/q",
            "SHRINKR_ADMIN_HOST": "::1",
            "SHRINKR_ADMIN_PORT": "0", "SHRINKR_SHUTDOWN_TIMEOUT": "1m", "SHRINKR_LOG_LEVEL": "Debug",
            "SHRINKR_LOG_FORMAT": "TEXT",
        ])
        #expect(settings.dataDirectory == "/data")
        #expect(settings.databasePath == "/data/shrinkr.db")
        #expect(settings.clickQueueURL == "http://localhost:9324/q")
        #expect(settings.adminHost == "::1")
        #expect(settings.adminPort == 0)
        #expect(settings.shutdownTimeout == .seconds(60))
        #expect(settings.logFactory.makeLogger(label: "test").logLevel == .debug)
    }

    @Test(
        "choose the form of logs",
        arguments: [("text", "TextLogHandler"), ("json", "JSONLogHandler"), ("JSON", "JSONLogHandler")])
    func logFormat(text: String, handler: String) async throws {
        let factory = try await settings(["SHRINKR_LOG_FORMAT": text]).logFactory
        #expect("\(type(of: factory.makeHandler(label: "test")))" == handler)
    }

    @Test("know every log level", arguments: Logger.Level.allCases)
    func logLevel(level: Logger.Level) async throws {
        let factory = try await settings(["SHRINKR_LOG_LEVEL": level.rawValue]).logFactory
        #expect(factory.makeLogger(label: "test").logLevel == level)
    }

    @Test(
        "name the database's file",
        arguments: [
            ("sqlite:links.db", "links.db"), ("sqlite:./a/b.db", "./a/b.db"), ("sqlite:/var/lib/x.db", "/var/lib/x.db"),
            ("sqlite:///var/lib/x.db", "/var/lib/x.db"), ("sqlite:a b?c#d%20", "a b?c#d%20"),
        ])
    func database(url: String, path: String) async throws {
        #expect(try await settings(["SHRINKR_DATABASE_URL": url, "SHRINKR_DATA_DIR": "/d"]).databasePath == path)
    }

    @Test(
        "refuse databases that this build does not know, without showing a password",
        arguments: [
            "sqlite:", "sqlite", "sqlite://", "sqlite://links.db", "sqlite://host/hunter2.db", "SQLITE:x", " sqlite:x",
            "/var/lib/hunter2.db", "postgresql://shrinkr:hunter2@db.internal/shrinkr", "mysql://u:hunter2@h/d",
        ])
    func unknownDatabase(url: String) async throws {
        #expect(
            try await problem { _ = try await settings(["SHRINKR_DATABASE_URL": url]) } == """
                SHRINKR_DATABASE_URL (or --database-url) is not a database that this build knows (sqlite:<path>); \
                for example: sqlite:/var/lib/shrinkr/shrinkr.db
                """)
    }

    @Test(
        "say what is wrong with the URL of a queue",
        arguments: [
            ("https://sqs.eu-central-1.amazonaws.com/123456789012/clicks.fifo", "a FIFO queue"),
            ("arn:aws:sqs:eu-central-1:123456789012:clicks", "the queue's ARN"),
            ("https://sqs.eu-central-1.amazonaws.com/", "ends in no queue's name"),
            ("https://sqs.eu-central-1.amazonaws.com", "not the URL of a queue"),
            ("https:///clicks", "not the URL of a queue"), ("https://host/cli cks", "not the URL of a queue"),
            ("https://host/1/clicks?x", "not the URL of a queue"), ("https://host/1/clicks/", "no queue's name"),
            ("https://host/1/clïcks", "not the URL of a queue"), ("clicks", "not an http(s) URL"),
            ("https://host/1/" + String(repeating: "q", count: 81), "no queue's name"),
        ])
    func wrongQueue(url: String, words: String) async throws {
        let text = try #require(try await problem { _ = try await settings(["SHRINKR_CLICK_QUEUE_URL": url]) })
        #expect(text.hasPrefix("SHRINKR_CLICK_QUEUE_URL (or --click-queue-url) is '") && text.contains(words))
    }

    @Test("blame the setting that led to the database")
    func databaseSetting() async throws {
        #expect(try await settings([:]).databaseSetting == .dataDir)
        #expect(try await settings(["SHRINKR_DATA_DIR": "/d"]).databaseSetting == .dataDir)
        #expect(try await settings(["SHRINKR_DATABASE_URL": "sqlite:x"]).databaseSetting == .databaseURL)
    }

    @Test("give the flags that lead to the same database")
    func placeFlags() async throws {
        #expect(try await settings([:]).placeFlags == "")
        #expect(try await settings(["SHRINKR_DATA_DIR": "/var/lib/x"]).placeFlags == " --data-dir /var/lib/x")
        #expect(try await settings(["SHRINKR_DATA_DIR": "/a b"]).placeFlags == " --data-dir '/a b'")
        #expect(
            try await settings(["SHRINKR_DATA_DIR": "/d", "SHRINKR_DATABASE_URL": "sqlite:/x.db"]).placeFlags
                == " --database-url sqlite:/x.db")
    }

    @Test(
        "know addresses and names to listen on", arguments: ["127.0.0.1", "::1", "0.0.0.0", "::", "localhost", "a-1.b"])
    func host(text: String) async throws {
        #expect(try await settings(["SHRINKR_ADMIN_HOST": text]).adminHost == text)
    }

    @Test(
        "refuse hosts that only a resolver understands, or nobody",
        arguments: [
            "*", "0", "1", "127.1", "0x7f000001", "[::1]", "http://localhost", "localhost:8000", "a b", "-a", "é",
        ])
    func wrongHost(text: String) async throws {
        let sentence = try #require(try await problem { _ = try await settings(["SHRINKR_ADMIN_HOST": text]) })
        #expect(sentence.hasPrefix("SHRINKR_ADMIN_HOST (or --admin-host) is '\(text)', not an IP address"))
    }

    @Test(
        "refuse what cannot be",
        arguments: [
            ("SHRINKR_CLICK_QUEUE_URL", "clicks"), ("SHRINKR_CLICK_QUEUE_URL", "sqs://q"),
            ("SHRINKR_ADMIN_PORT", "65536"),
            ("SHRINKR_ADMIN_PORT", "-1"), ("SHRINKR_SHUTDOWN_TIMEOUT", "25"), ("SHRINKR_SHUTDOWN_TIMEOUT", "0s"),
            ("SHRINKR_SHUTDOWN_TIMEOUT", "2h"), ("SHRINKR_LOG_LEVEL", "verbose"), ("SHRINKR_LOG_FORMAT", "xml"),
        ])
    func impossible(variable: String, value: String) async throws {
        let text = try #require(try await problem { _ = try await settings([variable: value]) })
        #expect(text.hasPrefix("\(variable) (or --"))
        #expect(text.contains("is '\(value)', not "))
        #expect(text.contains("; for example: "))
    }
}
