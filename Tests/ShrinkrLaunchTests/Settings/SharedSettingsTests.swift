import Logging
import ShrinkrObservability
import Testing

@testable import ShrinkrLaunch

#if PostgreSQL
import PostgreSQLClient
#endif

private func settings(_ environment: [String: String]) async throws -> SharedSettings {
    try await SharedSettings(SettingsReader(flags: [:], environment: environment))
}

@Suite("Shared settings") struct SharedSettingsTests {
    @Test("have defaults")
    func defaults() async throws {
        let settings = try await settings([:])
        #expect(settings.dataDirectory == ".shrinkr")
        #expect(settings.database.name == ".shrinkr/shrinkr.db")
        #expect(settings.clickQueueURL == nil)
        #expect(settings.adminHost == "127.0.0.1")
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
        #expect(settings.database.name == "/data/shrinkr.db")
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
        #expect(try await settings(["SHRINKR_DATABASE_URL": url, "SHRINKR_DATA_DIR": "/d"]).database.name == path)
    }

    @Test(
        "refuse databases that this build does not know, without showing a password",
        arguments: [
            "sqlite:", "sqlite", "sqlite://", "sqlite://links.db", "sqlite://host/hunter2.db", "SQLITE:x", " sqlite:x",
            "/var/lib/hunter2.db", "mysql://u:hunter2@h/d", "postgresql:shrinkr:hunter2", "POSTGRES://u:hunter2@h/d",
        ])
    func unknownDatabase(url: String) async throws {
        #expect(
            try await problem { _ = try await settings(["SHRINKR_DATABASE_URL": url]) } == """
                SHRINKR_DATABASE_URL (or --database-url) is not a database that Shrinkr knows (sqlite:<path> or \
                postgresql://<user>@<host>/<database>); for example: sqlite:/var/lib/shrinkr/shrinkr.db
                """)
    }

    #if PostgreSQL
    @Test("name a database of a server, without its password", arguments: ["postgresql", "postgres"])
    func server(scheme: String) async throws {
        let url = "\(scheme)://shrinkr:hunter2@localhost:5433/links"
        let settings = try await settings(["SHRINKR_DATABASE_URL": url])
        #expect(settings.database.name == "PostgreSQL at localhost:5433")
        #expect(settings.databaseSetting == .databaseURL)
        #expect(settings.placeFlags == " --database-url \"$SHRINKR_DATABASE_URL\"")
        var dumped = ""
        dump(settings.database, to: &dumped)
        #expect(!dumped.contains("hunter2") && !"\(settings.database)".contains("hunter2"))
    }

    @Test("say how a server is used")
    func serverUse() async throws {
        let settings = try await settings([
            "SHRINKR_DATABASE_URL": "postgresql://shrinkr@localhost/links", "SHRINKR_DATABASE_PASSWORD": "hunter2",
            "SHRINKR_DATABASE_CONNECTIONS": "3", "SHRINKR_DATABASE_WAIT_LIMIT": "700ms",
            "SHRINKR_DATABASE_PREPARED_STATEMENTS": "off",
        ])
        guard case .postgreSQL(let server) = settings.database else { return #expect(Bool(false)) }
        let configuration = try server.configuration()
        #expect(configuration.password == "hunter2")
        #expect(configuration.connections == 3)
        #expect(configuration.waitLimit == .milliseconds(700))
        #expect(!configuration.preparesStatements)
        var dumped = ""
        dump(settings, to: &dumped)
        #expect(!dumped.contains("hunter2"))
    }

    @Test(
        "refuse URLs of servers that cannot be used, without showing a password",
        arguments: [
            "postgresql://", "postgresql://shrinkr:hunter2@/links", "postgresql://shrinkr:hunter2@localhost",
            "postgresql://shrinkr:hunter2@db.internal/links?sslmode=prefer",
            "postgresql://shrinkr:hunter2@localhost/links?options=-chunter2", "postgresql://a:hunter2%@localhost/b",
        ])
    func wrongServer(url: String) async throws {
        let text = try #require(try await problem { _ = try await settings(["SHRINKR_DATABASE_URL": url]) })
        #expect(text.hasPrefix("SHRINKR_DATABASE_URL (or --database-url) cannot be used: "))
        #expect(!text.contains("hunter2"))
    }
    #else
    @Test("say that a program without PostgreSQL cannot use one, without showing a password")
    func server() async throws {
        let url = "postgresql://shrinkr:hunter2@localhost/links"
        #expect(
            try await problem { _ = try await settings(["SHRINKR_DATABASE_URL": url]) } == """
                SHRINKR_DATABASE_URL (or --database-url) names a PostgreSQL database, and this program was built without \
                PostgreSQL: build it with --traits PostgreSQL; for example: sqlite:/var/lib/shrinkr/shrinkr.db
                """)
    }
    #endif

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
