import Testing

/// What a target must not be built of, however long the way.
struct ShapeRule: CustomTestStringConvertible {
    let target: String
    let excluded: Set<PackageManifest.Dependency>

    init(_ target: String, without targets: [String], products: [String] = []) {
        self.target = target
        excluded = Set(targets.map { .target($0) }).union(products.map { .product($0) })
    }

    var testDescription: String { target }

    /// What verifies deployments, and what asks services from outside; no service of ours carries it along.
    private static let delivery = ["ShrinkrDeploy"]
    private static let client = ["ShrinkrClient"]
    private static let aws = ["AWSRuntime", "AWSSQS", "AWSS3", "ClickQueueSQS"]
    private static let http = [
        "AsyncHTTPClient", "Hummingbird", "HummingbirdCore", "HTTPTypes", "NIOHTTP1", "NIOHTTPTypes",
        "NIOHTTPTypesHTTP1",
    ]
    private static let services = ["ShrinkrAPI", "ShrinkrWorker", "ShrinkrLaunch", "APILaunch", "WorkerLaunch"]

    static let all = [
        // The services are deployed alone: neither brings the other's code along.
        ShapeRule(
            "shrinkr-api", without: ["AWSS3", "ShrinkrWorker", "WorkerLaunch"] + client + delivery,
            products: ["Yams"]),
        ShapeRule(
            "shrinkr-worker", without: ["ShrinkrAPI", "APILaunch", "ClickJournal"] + client + delivery,
            products: ["Hummingbird", "HummingbirdCore", "Yams"]),
        ShapeRule("shrinkr", without: delivery, products: ["Yams"]),
        // What looks at deployments needs neither the services nor their stores.
        ShapeRule(
            "shrinkr-deploy",
            without: services + [
                "AWSSQS", "AWSS3", "ClickQueueSQS", "ClickJournal", "ClickQueue", "ShrinkrCore", "ShrinkrDestinations",
                "ShrinkrStore",
            ],
            products: ["Hummingbird", "HummingbirdCore", "GRDB", "Configuration", "ServiceLifecycle"]),
        // What asks a server over HTTP knows nothing of how one works.
        ShapeRule(
            "ShrinkrClient",
            without: aws + services + delivery + ["ShrinkrCore", "ShrinkrDestinations", "ShrinkrStore"],
            products: ["Hummingbird", "HummingbirdCore", "GRDB", "Configuration"]),
        ShapeRule(
            "ShrinkrAPI", without: aws + ["ShrinkrStoreSQLite", "ShrinkrWorker", "ShrinkrLaunch"], products: ["GRDB"]
        ),
        ShapeRule("ShrinkrWorker", without: ["ShrinkrStoreSQLite", "ShrinkrAPI", "ShrinkrLaunch"], products: ["GRDB"]),
        ShapeRule("ShrinkrLaunch", without: ["AWSS3", "ShrinkrAPI", "ShrinkrWorker"], products: ["Hummingbird"]),
        // Stores know neither each other nor the network.
        ShapeRule("ShrinkrStore", without: aws + services + ["ShrinkrStoreSQLite"], products: http + ["GRDB"]),
        ShapeRule("ShrinkrStoreSQLite", without: aws + services + ["ShrinkrStorePostgreSQL"], products: http),
        ShapeRule(
            "ShrinkrStorePostgreSQL", without: aws + services + ["ShrinkrStoreSQLite"], products: http + ["GRDB"]),
        ShapeRule(
            "PostgreSQLClient", without: aws + services + ["ShrinkrCore", "ShrinkrStore", "ShrinkrDestinations"],
            products: http + ["GRDB"]),
        // The click's way needs a disk, and nothing else.
        ShapeRule(
            "ClickJournal", without: aws + services + ["ShrinkrStore", "ShrinkrStoreSQLite"],
            products: http + ["GRDB"]),
        ShapeRule("ClickQueue", without: aws + services, products: http),
        ShapeRule("ClickQueueSQS", without: ["AWSS3", "ShrinkrStore"] + delivery + services),
        // AWS: a client, and services that do not know each other.
        ShapeRule(
            "AWSRuntime", without: ["AWSSQS", "AWSS3", "ShrinkrCore"] + delivery + services, products: ["Hummingbird"]),
        ShapeRule("AWSSQS", without: ["AWSS3", "ShrinkrCore"] + delivery + services),
        ShapeRule("AWSS3", without: ["AWSSQS", "ShrinkrCore"] + delivery + services),
        // Whoever logs does not carry the tables of international domain names along.
        ShapeRule(
            "ShrinkrObservability", without: aws + services + ["ShrinkrStore", "ShrinkrCore", "ShrinkrDestinations"],
            products: ["Hummingbird"]),
    ]
}
