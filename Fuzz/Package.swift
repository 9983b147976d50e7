// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who builds Shrinkr builds this. `Modules` is a link to Shrinkr's own sources: as
// targets of this package they are instrumented, and what they hold is in reach, without a change to them.

/// Settings of every target: those of Shrinkr, instrumented, and with internal declarations in reach in release builds.
var settings: [SwiftSetting] {
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .unsafeFlags([sanitizers, "-enable-testing"]),
    ]
}

/// libFuzzer finds the inputs, the address sanitizer what reads outside of them.
let sanitizers = "-sanitize=fuzzer,address"

/// One of Shrinkr's modules.
@MainActor func module(
    _ name: String, _ dependencies: [Target.Dependency] = [], folder: String? = nil, resources: [Resource] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Modules/\(folder ?? name)", resources: resources,
        swiftSettings: settings)
}

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioHTTPTypesHTTP1 = Target.Dependency.product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")

let package = Package(
    name: "shrinkr-fuzz",
    dependencies: [
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        module("ShrinkrBase"),
        module("ShrinkrDestinations", ["ShrinkrBase"]),
        module("ShrinkrCore", ["ShrinkrBase"], resources: [.embedInCode("UserAgents/user-agents.txt")]),
        module("ShrinkrStore", ["ShrinkrBase", "ShrinkrCore", "ShrinkrDestinations", logging, serviceLifecycle]),
        module("ClickJournal", ["ShrinkrBase", nioPosix]),
        module("ClickQueue", ["ShrinkrBase", "ShrinkrCore"]),
        // Signatures alone, without the HTTP client around them.
        module("AWSSigning", [crypto], folder: "AWSRuntime/Signing"),
        module("ShrinkrObservability", ["ShrinkrBase", logging, nioCore, nioHTTP1, nioPosix, serviceLifecycle]),
        .systemLibrary(name: "CZlib", path: "Modules/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        module("ShrinkrQR", ["CZlib"]),
        module("RedirectLane", ["ShrinkrCore", nioCore, nioHTTP1]),
        module(
            "ShrinkrWeb", ["ShrinkrBase", crypto],
            resources: [
                .embedInCode("Assets/icon.svg"), .embedInCode("Assets/script.js"), .embedInCode("Assets/style.css"),
                .embedInCode("Docs/reference.html"),
            ]),
        module(
            "ShrinkrAPI",
            [
                "ClickJournal", "ClickQueue", "RedirectLane", "ShrinkrBase", "ShrinkrCore", "ShrinkrDestinations",
                "ShrinkrObservability", "ShrinkrQR", "ShrinkrStore", "ShrinkrWeb", crypto, httpTypes, hummingbird,
                hummingbirdCore, logging, nioCore, nioHTTP1, nioHTTPTypes, nioHTTPTypesHTTP1, nioPosix,
                serviceLifecycle,
            ], resources: [.embedInCode("WellKnown/openapi.yaml")]),
        .target(
            name: "CoreTestSupport", dependencies: ["ShrinkrBase", "ShrinkrCore"], path: "TestSupport/CoreTestSupport",
            swiftSettings: settings),
        .target(
            name: "StoreTestSupport", dependencies: ["ShrinkrBase", "ShrinkrCore", "ShrinkrStore"],
            path: "TestSupport/StoreTestSupport", swiftSettings: settings),
        .systemLibrary(name: "CLibFuzzer"),
        .executableTarget(
            name: "shrinkr-fuzz",
            dependencies: [
                "AWSSigning", "CLibFuzzer", "ClickJournal", "ClickQueue", "CoreTestSupport", "ShrinkrAPI",
                "ShrinkrBase",
                "ShrinkrCore", "ShrinkrDestinations", "ShrinkrObservability", "ShrinkrStore", "StoreTestSupport",
                crypto, httpTypes,
                hummingbird,
                logging,
                nioCore, nioEmbedded, nioHTTP1, nioHTTPTypes, nioPosix,
            ],
            swiftSettings: settings,
            // Gold, the default linker of some systems, fails on what the sanitizers bring.
            linkerSettings: [.unsafeFlags([sanitizers, "-use-ld=lld"])]),
    ],
    swiftLanguageModes: [.v6]
)
