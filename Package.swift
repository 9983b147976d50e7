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

let package = Package(
    name: "shrinkr",
    products: [
        .executable(name: "shrinkr", targets: ["shrinkr"]),
        .executable(name: "shrinkr-api", targets: ["shrinkr-api"]),
        .executable(name: "shrinkr-deploy", targets: ["shrinkr-deploy"]),
        .executable(name: "shrinkr-worker", targets: ["shrinkr-worker"]),
    ],
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
        // What a link, a click and a frame are.
        .target(name: "ShrinkrCore", swiftSettings: settings),
        // Where links and counts live.
        .target(
            name: "ShrinkrStore", dependencies: ["ShrinkrCore", logging, serviceLifecycle], swiftSettings: settings),
        .target(
            name: "ShrinkrStoreSQLite", dependencies: ["ShrinkrCore", "ShrinkrStore", grdb, logging],
            swiftSettings: settings),
        // The click's way: journal, then queue.
        .target(name: "ClickJournal", dependencies: [nioCore, nioPosix], swiftSettings: settings),
        .target(name: "ClickQueue", dependencies: ["ShrinkrCore"], swiftSettings: settings),
        // AWS, from the signature up.
        .target(name: "AWSSigning", dependencies: [crypto], swiftSettings: settings),
        .target(
            name: "AWSRuntime", dependencies: ["AWSSigning", asyncHTTPClient, crypto, logging, nioCore, nioHTTP1],
            swiftSettings: settings),
        .target(name: "AWSSQS", dependencies: ["AWSRuntime", crypto], swiftSettings: settings),
        .target(name: "AWSS3", dependencies: ["AWSRuntime", "AWSSigning", nioHTTP1], swiftSettings: settings),
        .target(name: "AWSCloudFormation", dependencies: ["AWSRuntime", "AWSSigning"], swiftSettings: settings),
        .target(name: "AWSCodeConnections", dependencies: ["AWSRuntime"], swiftSettings: settings),
        .target(name: "AWSECR", dependencies: ["AWSRuntime"], swiftSettings: settings),
        .target(name: "AWSECS", dependencies: ["AWSRuntime"], swiftSettings: settings),
        // What both services show of themselves, and the compression of reports.
        .target(
            name: "ShrinkrObservability",
            dependencies: ["ShrinkrCore", logging, nioCore, nioHTTP1, nioPosix, serviceLifecycle],
            swiftSettings: settings),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "Gzip", dependencies: ["CZlib"], swiftSettings: settings),
        // The two services.
        .target(
            name: "ShrinkrAPI",
            dependencies: [
                "AWSSQS", "ClickJournal", "ClickQueue", "ShrinkrCore", "ShrinkrObservability", "ShrinkrStore", crypto,
                httpTypes, hummingbird, hummingbirdCore, logging, nioCore, nioHTTP1, nioHTTPTypes, nioHTTPTypesHTTP1,
                nioPosix,
                serviceLifecycle,
            ],
            resources: [.embedInCode("WellKnown/openapi.yaml")], swiftSettings: settings),
        .target(
            name: "ShrinkrWorker",
            dependencies: [
                "AWSRuntime", "AWSS3", "AWSSQS", "ClickQueue", "Gzip", "ShrinkrCore", "ShrinkrObservability",
                "ShrinkrStore", logging, nioPosix, serviceLifecycle,
            ],
            resources: [.embedInCode("Classify/rules.json")], swiftSettings: settings),
        // What every program does at its edges: command line, exit code, units, version.
        .target(name: "ShrinkrProcess", dependencies: [argumentParser], swiftSettings: settings),
        // Deployment files, and whether AWS runs what they say.
        .target(
            name: "ShrinkrDeploy",
            dependencies: [
                "AWSCloudFormation", "AWSCodeConnections", "AWSECR", "AWSECS", "AWSRuntime", "ShrinkrProcess", yams,
            ], swiftSettings: settings),
        .executableTarget(
            name: "shrinkr-deploy",
            dependencies: ["AWSRuntime", "ShrinkrDeploy", "ShrinkrProcess", argumentParser, logging],
            swiftSettings: settings),
        // From settings to running services, and the three programs.
        .target(
            name: "ShrinkrLaunch",
            dependencies: [
                "AWSRuntime", "AWSSQS", "ShrinkrCore", "ShrinkrObservability", "ShrinkrProcess", "ShrinkrStore",
                "ShrinkrStoreSQLite",
                argumentParser, configuration, logging, serviceLifecycle, unixSignals,
            ], swiftSettings: settings),
        // What operators ask of running and stopped programs: the ledger, dead letters.
        .target(
            name: "ShrinkrOperations",
            dependencies: [
                "AWSRuntime", "AWSSQS", "ShrinkrCore", "ShrinkrLaunch", "ShrinkrObservability", "ShrinkrProcess",
                "ShrinkrStore", "ShrinkrStoreSQLite", argumentParser, logging,
            ], swiftSettings: settings),
        .target(
            name: "APILaunch",
            dependencies: [
                "ClickJournal", "ClickQueue", "ShrinkrAPI", "ShrinkrCore", "ShrinkrLaunch", "ShrinkrObservability",
                "ShrinkrOperations", "ShrinkrProcess", "ShrinkrStore", "ShrinkrStoreSQLite", argumentParser, crypto,
                logging, nioPosix,
                serviceLifecycle,
            ], swiftSettings: settings),
        .target(
            name: "WorkerLaunch",
            dependencies: [
                "AWSRuntime", "AWSS3", "AWSSQS", "ClickQueue", "ShrinkrLaunch", "ShrinkrObservability",
                "ShrinkrStoreSQLite", "ShrinkrWorker", argumentParser, logging, nioPosix, serviceLifecycle,
            ], swiftSettings: settings),
        .executableTarget(
            name: "shrinkr-api",
            dependencies: [
                "APILaunch", "AWSRuntime", "AWSSQS", "ShrinkrAPI", "ShrinkrLaunch", "ShrinkrObservability",
                "ShrinkrOperations", "ShrinkrProcess", "ShrinkrStoreSQLite", argumentParser, logging,
            ], swiftSettings: settings),
        .executableTarget(
            name: "shrinkr-worker",
            dependencies: [
                "AWSRuntime", "ShrinkrLaunch", "ShrinkrObservability", "ShrinkrOperations", "ShrinkrProcess",
                "ShrinkrStoreSQLite", "ShrinkrWorker", "WorkerLaunch", argumentParser, logging,
            ], swiftSettings: settings),
        .executableTarget(
            name: "shrinkr",
            dependencies: [
                "APILaunch", "AWSRuntime", "AWSSQS", "ClickQueue", "ShrinkrAPI", "ShrinkrLaunch",
                "ShrinkrObservability", "ShrinkrOperations", "ShrinkrProcess", "ShrinkrStoreSQLite", "ShrinkrWorker",
                "WorkerLaunch", argumentParser, logging,
            ], swiftSettings: settings),
        // Tests, one target per module; what needs whole programs is in Tests/EndToEnd.
        .target(name: "TestSupport", dependencies: ["CZlib"], path: "Tests/TestSupport", swiftSettings: settings),
        .testTarget(name: "PackageShapeTests", swiftSettings: settings),
        .testTarget(name: "ShrinkrCoreTests", dependencies: ["ShrinkrCore", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "ShrinkrStoreTests",
            dependencies: ["ShrinkrCore", "ShrinkrStore", "ShrinkrStoreSQLite", "TestSupport", grdb, logging],
            swiftSettings: settings),
        .testTarget(
            name: "ClickJournalTests", dependencies: ["ClickJournal", nioPosix, "TestSupport"], swiftSettings: settings),
        .testTarget(name: "ClickQueueTests", dependencies: ["ClickQueue", "ShrinkrCore"], swiftSettings: settings),
        .testTarget(
            name: "AWSSigningTests", dependencies: ["AWSSigning", crypto], exclude: ["Vectors"],
            swiftSettings: settings),
        .testTarget(
            name: "AWSRuntimeTests",
            dependencies: [
                "AWSCloudFormation", "AWSCodeConnections", "AWSECR", "AWSECS", "AWSRuntime", "AWSS3", "AWSSQS",
                "AWSSigning", asyncHTTPClient, crypto, logging, nioCore, nioHTTP1, nioPosix,
            ], swiftSettings: settings),
        .testTarget(
            name: "ShrinkrDeployTests",
            dependencies: [
                "AWSCloudFormation", "AWSCodeConnections", "AWSECR", "AWSECS", "AWSRuntime", "AWSSigning",
                "ShrinkrDeploy", "ShrinkrProcess", logging, nioHTTP1,
            ], swiftSettings: settings),
        .testTarget(
            name: "ShrinkrObservabilityTests",
            dependencies: [
                "ShrinkrCore", "ShrinkrObservability", logging, nioHTTP1, serviceLifecycle, serviceLifecycleTestKit,
            ], swiftSettings: settings),
        .testTarget(name: "GzipTests", dependencies: ["CZlib", "Gzip", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "ShrinkrAPITests",
            dependencies: [
                "ClickJournal", "ClickQueue", "ShrinkrAPI", "ShrinkrCore", "ShrinkrObservability", "ShrinkrStore",
                crypto, httpTypes, hummingbird, logging, nioCore, nioPosix, serviceLifecycle,
            ], swiftSettings: settings),
        .testTarget(
            name: "ShrinkrWorkerTests",
            dependencies: [
                "AWSRuntime", "AWSS3", "AWSSQS", "AWSSigning", "CZlib", "ClickQueue", "Gzip", "ShrinkrCore",
                "ShrinkrObservability", "ShrinkrStore", "ShrinkrWorker", "TestSupport", logging, nioHTTP1, nioPosix,
                serviceLifecycle, serviceLifecycleTestKit,
            ], swiftSettings: settings),
        .testTarget(name: "ProtocolModelTests", swiftSettings: settings),
        .testTarget(
            name: "ShrinkrOperationsTests",
            dependencies: ["ShrinkrCore", "ShrinkrOperations", "ShrinkrStore"], swiftSettings: settings),
        .testTarget(
            name: "ShrinkrLaunchTests",
            dependencies: [
                "APILaunch", "ClickJournal", "ShrinkrAPI", "ShrinkrLaunch", "ShrinkrObservability", "ShrinkrProcess",
                "ShrinkrWorker", "WorkerLaunch", argumentParser, logging,
            ], swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
