/// Verifies an environment: looks, compares, and looks again while that makes sense.
package struct Verifier: Sendable {
    /// What is to be verified.
    package struct Request: Sendable {
        package var environment: String
        /// The services; all that the environment has when empty.
        package var services: [String]
        /// What the names of stacks begin with: `<prefix>-<service>-<environment>`.
        package var stackPrefix: String
        /// The image that the deployment file is to name; any when `nil`.
        package var expectedImage: String?
        /// The longest wait; zero looks once.
        package var wait: Duration
        /// The time between two looks.
        package var interval: Duration

        package init(
            environment: String,
            services: [String] = [],
            stackPrefix: String = "shrinkr",
            expectedImage: String? = nil,
            wait: Duration = .zero,
            interval: Duration = .seconds(10)
        ) {
            self.environment = environment
            self.services = services
            self.stackPrefix = stackPrefix
            self.expectedImage = expectedImage
            self.wait = wait
            self.interval = interval
        }
    }

    /// A service, what its deployment file says, and what is said of that file.
    private struct Target {
        let service: String
        let stack: String
        let file: CheckResult
        let desired: DesiredState?
    }

    private let request: Request
    private let targets: [Target]

    /// Reads the deployment files.
    ///
    /// - Parameter git: Asked for the commit that Git sync has to reach.
    /// - Throws: ``DeployError`` when the environment or a service does not exist.
    package init(
        _ request: Request, in folder: GitopsFolder, git: CommandLineTool = CommandLineTool(named: "git")
    ) throws(DeployError) {
        self.request = request
        let all = try folder.services(environment: request.environment)
        if let unknown = request.services.first(where: { !all.contains($0) }) {
            throw DeployError(
                "\(request.environment) has no service '\(unknown)'; it has \(all.joined(separator: ", ")).")
        }
        guard !all.isEmpty else { throw DeployError("\(request.environment) has no deployment files.") }
        targets = (request.services.isEmpty ? all : request.services).map { service in
            Self.target(service, request, folder, git)
        }
    }

    /// Verifies.
    ///
    /// - Parameters:
    ///   - observe: Looks at a stack and its service.
    ///   - uptime: A clock that never jumps; only read when there is something to wait for.
    ///   - sleep: Waits.
    ///   - progress: Told each look that another one follows, and the time since the first.
    /// - Throws: What `observe` and `sleep` throw.
    package func run(
        observe: (DesiredState) async throws -> Observation,
        uptime: () -> Duration,
        sleep: (Duration) async throws -> Void,
        progress: (EnvironmentVerification, _ elapsed: Duration) -> Void
    ) async throws -> EnvironmentVerification {
        // What a deployment file says does not change while we wait.
        let isDecided = targets.contains { $0.file.verdict == .drift }
        var rule = WaitRule(limit: isDecided ? .zero : request.wait)
        let start = uptime()
        while true {
            let look = try await self.look(observe)
            let elapsed = uptime() - start
            guard rule.looksAgain(after: look, elapsed: elapsed) else { return look }
            progress(look, elapsed)
            try await sleep(min(request.interval, max(.zero, request.wait - elapsed)))
        }
    }

    private func look(_ observe: (DesiredState) async throws -> Observation) async throws -> EnvironmentVerification {
        var services: [ServiceVerification] = []
        for target in targets {
            var results = [target.file]
            if let desired = target.desired {
                results += Comparison(desired: desired, observed: try await observe(desired)).results
            }
            services.append(ServiceVerification(service: target.service, stack: target.stack, results: results))
        }
        return EnvironmentVerification(environment: request.environment, services: services)
    }

    private static func target(
        _ service: String, _ request: Request, _ folder: GitopsFolder, _ git: CommandLineTool
    ) -> Target {
        let stack = "\(request.stackPrefix)-\(service)-\(request.environment)"
        let path = folder.deploymentFile(environment: request.environment, service: service)
        let check = DeploymentFileCheck(path: path, repositoryRoot: folder.repositoryRoot)
        let desired: DesiredState
        do throws(DeployError) {
            desired = try DesiredState(check, service: service, stack: stack, in: folder, git: git)
        } catch {
            let reasons = error.description.split(separator: "\n").joined(separator: "; ")
            return Target(service: service, stack: stack, file: .drift(.deploymentFile, reasons), desired: nil)
        }
        let file = judge(desired, expected: request.expectedImage)
        return Target(service: service, stack: stack, file: file, desired: desired)
    }

    private static func judge(_ desired: DesiredState, expected: String?) -> CheckResult {
        let commit = desired.position.map { "\($0.lastChange.prefix(12)): " } ?? ""
        let held = commit + (desired.image?.description ?? "names no image")
        guard let expected, expected != desired.image?.description else { return .ok(.deploymentFile, held) }
        return .drift(.deploymentFile, "\(held); expected is \(expected)")
    }
}

/// Decides whether to look again. Pure.
///
/// Drift is waited for too: after a merge, Git sync needs its time to begin. But a deployment that failed since the first
/// look ends the wait: nothing better comes by itself.
struct WaitRule: Sendable {
    /// The longest wait; zero looks once.
    let limit: Duration
    private var failuresAtFirst: Set<String>?

    init(limit: Duration) {
        self.limit = limit
    }

    /// Whether to look again after this look.
    mutating func looksAgain(after look: EnvironmentVerification, elapsed: Duration) -> Bool {
        let known = failuresAtFirst ?? look.failures
        failuresAtFirst = known
        guard elapsed < limit else { return false }
        switch look.outcome {
        case .inSync: return false
        case .rolling: return true
        case .drift: return look.failures.subtracting(known).isEmpty
        case .cannotTell: return look.mayBeSeenLater
        }
    }
}
