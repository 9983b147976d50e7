import Foundation
import ShrinkrDeploy

/// A repository of its own, with two environments of one service; gone when the test is.
final class TemporaryGitops {
    static let zeros = String(repeating: "0", count: 40)
    static let registry = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"

    static let template = """
        Parameters:
          Environment: {Type: String, AllowedPattern: "[a-z][a-z0-9]{1,11}"}
          ImageUri: {Type: String}
          Cpu: {Type: String, Default: "256", AllowedValues: ["256", "512"]}
          Tasks: {Type: Number, Default: 1, MinValue: 1, MaxValue: 10}
          Hosts: {Type: CommaDelimitedList, Default: "", AllowedPattern: "[a-z.,]*"}
          Name: {Type: String, Default: abc, MinLength: 2, MaxLength: 4}
          Secret: {Type: String, Default: "", NoEcho: true}
        Resources:
          Thing: {Type: AWS::CloudFormation::WaitConditionHandle, Properties: !If [A, !Ref B, !GetAtt C.D]}

        """

    let root: String

    init() throws {
        root = FileManager.default.temporaryDirectory.appending(path: "shrinkr-deploy-\(UUID().uuidString)").path
        try write("gitops/templates/api.yml", Self.template)
        for environment in ["devstg", "prod"] {
            try write(Self.path(environment), Self.file(environment: environment))
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    var folder: GitopsFolder { GitopsFolder(path: "\(root)/gitops") }

    static func path(_ environment: String = "devstg", _ service: String = "api") -> String {
        "gitops/environments/\(environment)/\(service).deployment.yml"
    }

    static func image(_ digit: Character = "a", registry: String = registry) -> String {
        "\(registry)/shrinkr/api:sha-\(String(repeating: digit, count: 40))"
    }

    static func file(environment: String = "devstg", image: String = image()) -> String {
        """
        template-file-path: "gitops/templates/api.yml"
        parameters:
          Environment: "\(environment)"
          # what runs
          ImageUri: "\(image)"
        tags:
          environment: "\(environment)"

        """
    }

    func absolute(_ path: String) -> String { "\(root)/\(path)" }

    func write(_ path: String, _ text: String) throws {
        try write(path, Array(text.utf8))
    }

    func write(_ path: String, _ bytes: [UInt8]) throws {
        let url = URL(filePath: absolute(path))
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
    }

    func remove(_ path: String) throws {
        try FileManager.default.removeItem(atPath: absolute(path))
    }

    func read(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: absolute(path))), as: UTF8.self)
    }

    func names(in path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: absolute(path)).sorted()
    }

    /// The problems of devstg's deployment file with another text.
    func problems(_ text: String) throws -> [String] {
        try write(Self.path(), text)
        return problems()
    }

    func problems(at path: String = path()) -> [String] {
        DeploymentFileCheck(path: absolute(path)).problems.map {
            $0.description.replacingOccurrences(of: root + "/", with: "")
        }
    }
}
