// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target. Computed, not stored: SwiftPM drops settings that targets share by reference.
var settings: [SwiftSetting] {
    var settings: [SwiftSetting] = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
    // `make test` sets this; a fork built by a newer compiler with new warnings still builds without it.
    if Context.environment["SHRINKR_WARNINGS_AS_ERRORS"] != nil {
        settings.append(.treatAllWarnings(as: .error))
    }
    return settings
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioHTTPTypesHTTP1 = Target.Dependency.product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let serviceLifecycleTestKit = Target.Dependency.product(
    name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

/// What only programs with PostgreSQL need: built with `--traits PostgreSQL`, on machines that have libpq.
let withPostgreSQL = TargetDependencyCondition.when(traits: ["PostgreSQL"])

let package = Package(
    name: "shrinkr",
    products: [
        .executable(name: "shrinkr", targets: ["shrinkr"]),
        .executable(name: "shrinkr-api", targets: ["shrinkr-api"]),
        .executable(name: "shrinkr-deploy", targets: ["shrinkr-deploy"]),
        .executable(name: "shrinkr-worker", targets: ["shrinkr-worker"]),
    ],
    traits: [.trait(name: "PostgreSQL", description: "Keeps links and counts in PostgreSQL as well; needs libpq.")],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Text as bytes, time, addresses, JSON, signals: what everything stands on.
        .target(name: "ShrinkrBase", swiftSettings: settings),
        // Where a link may lead: the URL standard's parser with IDNA, and the rules for destinations.
        .target(name: "ShrinkrDestinations", dependencies: ["ShrinkrBase"], swiftSettings: settings),
        // What a link, a click and a frame are.
        .target(
            name: "ShrinkrCore", dependencies: ["ShrinkrBase"],
            resources: [.embedInCode("UserAgents/user-agents.txt")], swiftSettings: settings),
        // Where links and counts live.
        .target(
            name: "ShrinkrStore", dependencies: ["ShrinkrBase", "ShrinkrCore", "ShrinkrDestinations"],
            swiftSettings: settings),
        .target(
            name: "ShrinkrStoreSQLite",
            dependencies: ["ShrinkrBase", "ShrinkrCore", "ShrinkrDestinations", "ShrinkrStore", grdb],
            swiftSettings: settings),
        // The same on PostgreSQL. Without the trait of that name these targets are empty.
        .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .target(
            name: "PostgreSQLClient",
            dependencies: [.target(name: "CLibpq", condition: withPostgreSQL), "ShrinkrBase", logging],
            swiftSettings: settings),
        .target(
            name: "ShrinkrStorePostgreSQL",
            dependencies: [
                "PostgreSQLClient", "ShrinkrBase", "ShrinkrCore", "ShrinkrDestinations", "ShrinkrStore", logging,
            ],
            resources: [
                .embedInCode("Migrations/0001-initial.sql"),
                .embedInCode("Migrations/0002-worker-versions.sql"),
                .embedInCode("Migrations/0003-visitor-sketches.sql"),
                .embedInCode("Migrations/0004-link-clicks-and-search.sql"),
                .embedInCode("Migrations/0005-links-filled-in.sql"),
            ], swiftSettings: settings),
        // The click's way: journal, then queue.
        .target(name: "ClickJournal", dependencies: ["ShrinkrBase", nioPosix], swiftSettings: settings),
        .target(name: "ClickQueue", dependencies: ["ShrinkrBase", "ShrinkrCore"], swiftSettings: settings),
        .target(name: "ClickQueueSQS", dependencies: ["AWSSQS", "ClickQueue"], swiftSettings: settings),
        // AWS: one client (credentials, signatures, retries), and the services that Shrinkr runs on.
        .target(
            name: "AWSRuntime", dependencies: ["ShrinkrBase", asyncHTTPClient, crypto, logging, nioCore, nioHTTP1],
            swiftSettings: settings),
        .target(name: "AWSSQS", dependencies: ["AWSRuntime", crypto], swiftSettings: settings),
        .target(name: "AWSS3", dependencies: ["AWSRuntime", "CZlib", nioHTTP1], swiftSettings: settings),
        // What both services show of themselves.
        .target(
            name: "ShrinkrObservability",
            dependencies: ["ShrinkrBase", logging, nioCore, nioHTTP1, nioPosix, serviceLifecycle],
            swiftSettings: settings),
        // QR codes and their pictures.
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "ShrinkrQR", dependencies: ["CZlib"], swiftSettings: settings),
        // The pages for people: HTML, a style sheet, a script.
        .target(
            name: "ShrinkrWeb", dependencies: ["ShrinkrBase", crypto],
            resources: [
                .embedInCode("Assets/icon.svg"), .embedInCode("Assets/script.js"), .embedInCode("Assets/style.css"),
                .embedInCode("Docs/reference.html"),
            ], swiftSettings: settings),
        // The short way from a request for a link to its answer.
        .target(name: "RedirectLane", dependencies: ["ShrinkrCore", nioCore, nioHTTP1], swiftSettings: settings),
        // The two services.
        .target(
            name: "ShrinkrAPI",
            dependencies: [
                "ClickJournal", "ClickQueue", "RedirectLane", "ShrinkrBase", "ShrinkrCore", "ShrinkrDestinations",
                "ShrinkrObservability", "ShrinkrQR", "ShrinkrStore", "ShrinkrWeb", crypto, httpTypes, hummingbird,
                hummingbirdCore, logging, nioCore, nioHTTP1, nioHTTPTypes, nioHTTPTypesHTTP1, nioPosix,
                serviceLifecycle,
            ],
            resources: [.embedInCode("WellKnown/openapi.yaml")], swiftSettings: settings),
        .target(
            name: "ShrinkrWorker",
            dependencies: [
                "AWSS3", "CZlib", "ClickQueue", "ShrinkrBase", "ShrinkrCore", "ShrinkrObservability", "ShrinkrStore",
                logging, nioPosix, serviceLifecycle,
            ], swiftSettings: settings),
        // What every program does at its edges: command line, exit code, units, version.
        .target(name: "ShrinkrProcess", dependencies: [argumentParser], swiftSettings: settings),
        // What the command line asks of a running server.
        .target(
            name: "ShrinkrClient",
            dependencies: ["ShrinkrBase", "ShrinkrProcess", argumentParser, asyncHTTPClient, nioCore, nioHTTP1],
            swiftSettings: settings),
        // Deployment files, and whether AWS runs what they say.
        .target(name: "ShrinkrDeploy", dependencies: ["AWSRuntime", "ShrinkrProcess", yams], swiftSettings: settings),
        .executableTarget(
            name: "shrinkr-deploy",
            dependencies: ["AWSRuntime", "ShrinkrDeploy", "ShrinkrProcess", argumentParser, logging],
            swiftSettings: settings),
        // From settings to running services, what operators ask of them, and the three programs.
        .target(
            name: "ShrinkrLaunch",
            dependencies: [
                "AWSRuntime", "AWSSQS", .target(name: "PostgreSQLClient", condition: withPostgreSQL), "ShrinkrBase",
                "ShrinkrCore", "ShrinkrDestinations", "ShrinkrObservability", "ShrinkrProcess", "ShrinkrStore",
                .target(name: "ShrinkrStorePostgreSQL", condition: withPostgreSQL), "ShrinkrStoreSQLite",
                argumentParser, configuration, logging,
                serviceLifecycle, unixSignals,
            ], swiftSettings: settings),
        .target(
            name: "APILaunch",
            dependencies: [
                "ClickJournal", "ClickQueue", "ShrinkrAPI", "ShrinkrBase", "ShrinkrDestinations", "ShrinkrLaunch",
                "ShrinkrObservability", "ShrinkrProcess", "ShrinkrStore", argumentParser, logging, nioPosix,
                serviceLifecycle,
            ], swiftSettings: settings),
        .target(
            name: "WorkerLaunch",
            dependencies: [
                "AWSRuntime", "AWSS3", "ClickQueue", "ClickQueueSQS", "ShrinkrLaunch", "ShrinkrObservability",
                "ShrinkrStore", "ShrinkrWorker", argumentParser, logging, nioPosix, serviceLifecycle,
            ], swiftSettings: settings),
        .executableTarget(
            name: "shrinkr-api",
            dependencies: [
                "APILaunch", "AWSRuntime", "AWSSQS", "ClickQueueSQS", "ShrinkrAPI", "ShrinkrLaunch",
                "ShrinkrObservability", "ShrinkrProcess", "ShrinkrStore", argumentParser, logging,
            ], swiftSettings: settings),
        .executableTarget(
            name: "shrinkr-worker",
            dependencies: [
                "AWSRuntime", "ShrinkrLaunch", "ShrinkrObservability", "ShrinkrProcess", "ShrinkrStore",
                "ShrinkrWorker", "WorkerLaunch", argumentParser, logging,
            ], swiftSettings: settings),
        .executableTarget(
            name: "shrinkr",
            dependencies: [
                "APILaunch", "AWSRuntime", "ClickQueue", "ClickQueueSQS", "ShrinkrAPI", "ShrinkrBase", "ShrinkrClient",
                "ShrinkrLaunch", "ShrinkrObservability", "ShrinkrProcess", "ShrinkrQR", "ShrinkrStore", "ShrinkrWorker",
                "WorkerLaunch",
                argumentParser, logging,
            ], swiftSettings: settings),
        // Tests, one target per module; what needs whole programs is in Tests/EndToEnd.
        .target(name: "TestSupport", dependencies: ["CZlib"], path: "Tests/TestSupport", swiftSettings: settings),
        .target(
            name: "CoreTestSupport", dependencies: ["ShrinkrBase", "ShrinkrCore"], path: "Tests/CoreTestSupport",
            swiftSettings: settings),
        .target(
            name: "AWSTestSupport", dependencies: ["AWSRuntime", logging, nioCore, nioHTTP1, nioPosix],
            path: "Tests/AWSTestSupport", swiftSettings: settings),
        .target(
            name: "StoreTestSupport", dependencies: ["ShrinkrBase", "ShrinkrCore", "ShrinkrStore"],
            path: "Tests/StoreTestSupport",
            swiftSettings: settings),
        .testTarget(name: "PackageShapeTests", swiftSettings: settings),
        .testTarget(
            name: "ShrinkrBaseTests", dependencies: ["ClickQueue", "ShrinkrBase", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "ShrinkrDestinationsTests", dependencies: ["ShrinkrBase", "ShrinkrDestinations", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "ShrinkrCoreTests", dependencies: ["CoreTestSupport", "ShrinkrBase", "ShrinkrCore", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "ShrinkrStoreTests",
            dependencies: [
                "PostgreSQLClient", "ShrinkrBase", "ShrinkrCore", "ShrinkrStore", "ShrinkrStorePostgreSQL",
                "ShrinkrStoreSQLite", "StoreTestSupport", "TestSupport", grdb, grdbSQLite, logging,
            ],
            swiftSettings: settings),
        .testTarget(
            name: "PostgreSQLClientTests", dependencies: ["PostgreSQLClient", "ShrinkrBase", logging],
            swiftSettings: settings),
        .testTarget(
            name: "ClickJournalTests", dependencies: ["ClickJournal", "ShrinkrBase", "TestSupport", nioPosix],
            swiftSettings: settings),
        .testTarget(name: "ClickQueueTests", dependencies: ["ClickQueue", "ShrinkrCore"], swiftSettings: settings),
        .testTarget(
            name: "ClickQueueSQSTests",
            dependencies: ["AWSRuntime", "AWSSQS", "AWSTestSupport", "ClickQueue", "ClickQueueSQS"],
            swiftSettings: settings),
        .testTarget(
            name: "AWSRuntimeTests",
            dependencies: ["AWSRuntime", "AWSS3", "AWSSQS", "AWSTestSupport", crypto, logging, nioHTTP1],
            exclude: ["Signing/Vectors"], swiftSettings: settings),
        .testTarget(
            name: "ShrinkrClientTests",
            dependencies: [
                "AWSTestSupport", "ShrinkrBase", "ShrinkrClient", argumentParser, asyncHTTPClient, nioHTTP1,
            ],
            swiftSettings: settings),
        .testTarget(
            name: "ShrinkrDeployTests",
            dependencies: ["AWSRuntime", "AWSTestSupport", "ShrinkrDeploy", logging, nioHTTP1],
            swiftSettings: settings),
        .testTarget(
            name: "ShrinkrObservabilityTests",
            dependencies: [
                "ShrinkrBase", "ShrinkrObservability", "TestSupport", logging, nioHTTP1, serviceLifecycle,
                serviceLifecycleTestKit,
            ], swiftSettings: settings),
        .testTarget(
            name: "ShrinkrAPITests",
            dependencies: [
                "ClickJournal", "ClickQueue", "CoreTestSupport", "ShrinkrAPI", "ShrinkrBase", "ShrinkrCore",
                "ShrinkrDestinations", "ShrinkrObservability", "ShrinkrStore", "StoreTestSupport", "TestSupport",
                crypto,
                httpTypes, hummingbird, logging, nioCore, nioHTTP1, nioPosix, serviceLifecycle,
            ], swiftSettings: settings),
        .testTarget(
            name: "ShrinkrWorkerTests",
            dependencies: [
                "AWSRuntime", "AWSS3", "AWSTestSupport", "ClickQueue", "CoreTestSupport", "ShrinkrBase", "ShrinkrCore",
                "ShrinkrObservability", "ShrinkrStore", "ShrinkrWorker", "StoreTestSupport", "TestSupport", logging,
                nioHTTP1, nioPosix, serviceLifecycle, serviceLifecycleTestKit,
            ], swiftSettings: settings),
        .testTarget(name: "ShrinkrWebTests", dependencies: ["ShrinkrBase", "ShrinkrWeb"], swiftSettings: settings),
        .testTarget(name: "ShrinkrQRTests", dependencies: ["ShrinkrQR"], swiftSettings: settings),
        .testTarget(name: "ProtocolModelTests", dependencies: ["TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "ShrinkrLaunchTests",
            dependencies: [
                "APILaunch", "AWSRuntime", "ClickJournal", .target(name: "PostgreSQLClient", condition: withPostgreSQL),
                "ShrinkrAPI", "ShrinkrBase", "ShrinkrCore", "ShrinkrDestinations", "ShrinkrLaunch",
                "ShrinkrObservability", "ShrinkrProcess", "ShrinkrStore", "ShrinkrWorker", "WorkerLaunch",
                argumentParser, logging,
            ], swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
