import Foundation
import Testing

@testable import ShrinkrDeploy

@Suite("Setting an image") struct ImageEditorTests {
    private let old = TemporaryGitops.image("a")
    private let new = TemporaryGitops.image("b")

    @Test(
        "changes that value and no other byte",
        arguments: [
            TemporaryGitops.file(),
            TemporaryGitops.file().replacing("\n", with: "\r\n"),
            String(TemporaryGitops.file().dropLast()),
            TemporaryGitops.file().replacing("\"", with: "'"),
            "# ü 🔗 \u{85}# x\u{2028}# first\r" + TemporaryGitops.file(),
            TemporaryGitops.file().replacing("  ImageUri: ", with: "  'ImageUri'   :   "),
            TemporaryGitops.file().replacing("aaa\"", with: "aaa\" # \(TemporaryGitops.image()) \t"),
            #"{"template-file-path": "x", "tags": {"ü": "🔗"}, "parameters": {"ImageUri":"\#(TemporaryGitops.image())"}}"#,
            "parameters:\n  ImageUri:\n    \"\(TemporaryGitops.image())\"\ntemplate-file-path: \"\(TemporaryGitops.image())\"",
        ])
    func edits(text: String) throws {
        let gitops = try TemporaryGitops()
        let path = TemporaryGitops.path()
        try gitops.write(path, text)
        let change = try ImageEditor.setImage(new, inFile: gitops.absolute(path))
        #expect(change.isChange)
        #expect(change.description == "changed \(gitops.absolute(path)): \(old) -> \(new)")
        let written = try gitops.read(path)
        #expect(Array(written.utf8).count == Array(text.utf8).count)
        let places = zip(text.utf8, written.utf8).enumerated().filter { $0.element.0 != $0.element.1 }.map(\.offset)
        #expect(places.count == 40)
        #expect(DeploymentFileReader(written, path: "x").file.image?.description == new)
        #expect(try gitops.names(in: "gitops/environments/devstg") == ["api.deployment.yml"])
    }

    @Test("changes nothing when it is set already")
    func unchanged() throws {
        let gitops = try TemporaryGitops()
        let path = gitops.absolute(TemporaryGitops.path())
        let inode = try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
        let change = try ImageEditor.setImage(old, inFile: path)
        #expect(!change.isChange)
        #expect(change.description == "unchanged \(path): \(old)")
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int == inode)
    }

    @Test(
        "refuses what cannot be right, and changes nothing",
        arguments: [
            ("\(TemporaryGitops.registry)/shrinkr/api:latest", "'latest'"),
            ("\(TemporaryGitops.registry)/shrinkr/worker:sha-\(TemporaryGitops.zeros)", "something else"),
            (
                TemporaryGitops.image("b", registry: "210987654321.dkr.ecr.eu-central-1.amazonaws.com"),
                "takes images from"
            ),
            ("", "registry"),
        ])
    func refusals(image: String, reason: String) throws {
        let gitops = try TemporaryGitops()
        let error = #expect(throws: DeployError.self) {
            try ImageEditor.setImage(image, inFile: gitops.absolute(TemporaryGitops.path()))
        }
        #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
        #expect(error?.exitCode == 1)
        #expect(try gitops.read(TemporaryGitops.path()) == TemporaryGitops.file())
    }

    @Test(
        "refuses a file that is not as it should be, with its line",
        arguments: [
            (TemporaryGitops.file().replacing("tags:", with: "Tags:"), ":6: has the key 'Tags'"),
            (TemporaryGitops.file(image: "r.io/shrinkr/api:latest"), ":5: the image has the tag 'latest'"),
            (TemporaryGitops.file().replacing("ImageUri: ", with: "ImageUri: !x "), ":5: the value of 'ImageUri'"),
            (TemporaryGitops.file().replacing("ImageUri", with: "Image"), "has no parameter 'ImageUri'"),
            (
                TemporaryGitops.file().replacing("/api:sha", with: "/\\x61pi:sha"),
                "in one line, quoted, without escapes"
            ),
            (TemporaryGitops.file().replacing("/api:sha", with: "/\\\n     api:sha"), "in one line"),
        ])
    func badFiles(text: String, reason: String) throws {
        let gitops = try TemporaryGitops()
        try gitops.write(TemporaryGitops.path(), text)
        let error = #expect(throws: DeployError.self) {
            try ImageEditor.setImage(new, inFile: gitops.absolute(TemporaryGitops.path()))
        }
        #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
        #expect(try gitops.read(TemporaryGitops.path()) == text)
    }

    @Test("replaces a placeholder by the first image of any registry")
    func placeholder() throws {
        let gitops = try TemporaryGitops()
        try gitops.write(TemporaryGitops.path(), TemporaryGitops.file(image: TemporaryGitops.image("0")))
        let first = TemporaryGitops.image("b", registry: "210987654321.dkr.ecr.us-east-1.amazonaws.com")
        #expect(try ImageEditor.setImage(first, inFile: gitops.absolute(TemporaryGitops.path())).isChange)
        #expect(try gitops.problems(gitops.read(TemporaryGitops.path())).isEmpty)
    }

    @Test("keeps the file's permissions and follows a link")
    func link() throws {
        let gitops = try TemporaryGitops()
        let files = FileManager.default
        let path = gitops.absolute(TemporaryGitops.path())
        try files.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        let link = gitops.absolute("link.yml")
        try files.createSymbolicLink(atPath: link, withDestinationPath: path)
        _ = try ImageEditor.setImage(new, inFile: link)
        #expect(try files.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o640)
        #expect(try files.destinationOfSymbolicLink(atPath: link) == path)
        #expect(try gitops.read(TemporaryGitops.path()) == TemporaryGitops.file(image: new))
    }

    @Test("that cannot be written leaves the file")
    func unwritable() throws {
        let gitops = try TemporaryGitops()
        #expect(throws: DeployError.self) {
            try ImageEditor.setImage(new, inFile: gitops.absolute("gitops/environments/devstg/gone.deployment.yml"))
        }
        #expect(throws: DeployError.self) { try TextFile.replace(gitops.absolute("gone"), with: "x") }
        #expect(throws: DeployError.self) { try TextFile.replace(gitops.absolute("gitops"), with: "x") }
        #expect(try gitops.names(in: "") == ["gitops"])
    }
}

@Suite("Promoting") struct PromotionTests {
    private func promote(_ gitops: TemporaryGitops, service: String = "api") throws -> ImageChange {
        try ImageEditor.promote(service: service, from: "devstg", to: "prod", in: gitops.folder)
    }

    @Test("takes the version along and keeps the registry")
    func promotes() throws {
        let gitops = try TemporaryGitops()
        let other = "210987654321.dkr.ecr.eu-west-1.amazonaws.com"
        let before = TemporaryGitops.file(environment: "prod", image: TemporaryGitops.image("0", registry: other))
        try gitops.write(TemporaryGitops.path("prod"), before)
        #expect(try promote(gitops).isChange)
        let after = TemporaryGitops.file(environment: "prod", image: TemporaryGitops.image("a", registry: other))
        #expect(try gitops.read(TemporaryGitops.path("prod")) == after)
        #expect(try gitops.read(TemporaryGitops.path()) == TemporaryGitops.file())
        #expect(try !promote(gitops).isChange)
    }

    @Test("takes a digest along")
    func digest() throws {
        let gitops = try TemporaryGitops()
        let image = "\(TemporaryGitops.registry)/shrinkr/api@sha256:\(String(repeating: "c", count: 64))"
        try gitops.write(TemporaryGitops.path(), TemporaryGitops.file(image: image))
        #expect(try promote(gitops).after.description == image)
    }

    @Test("refuses what is not there, not the same, or no image yet")
    func refusals() throws {
        let gitops = try TemporaryGitops()
        let before = try gitops.read(TemporaryGitops.path("prod"))
        #expect(throws: DeployError.self) { try promote(gitops, service: "worker") }
        for image in [
            TemporaryGitops.image("0"), "\(TemporaryGitops.registry)/other:sha-\(TemporaryGitops.zeros)", "r.io/api:v1",
        ] {
            try gitops.write(TemporaryGitops.path(), TemporaryGitops.file(image: image))
            #expect(throws: DeployError.self) { try promote(gitops) }
        }
        #expect(try gitops.read(TemporaryGitops.path("prod")) == before)
    }
}

@Suite("Differences of environments") struct EnvironmentDifferenceTests {
    private func difference(_ gitops: TemporaryGitops, service: String? = nil) throws -> EnvironmentDifference {
        try EnvironmentDifference(from: "devstg", to: "prod", service: service, in: gitops.folder)
    }

    @Test("do not count what names its own environment, or the registry")
    func none() throws {
        let gitops = try TemporaryGitops()
        let other = TemporaryGitops.image("a", registry: "210987654321.dkr.ecr.eu-west-1.amazonaws.com")
        try gitops.write(TemporaryGitops.path("prod"), TemporaryGitops.file(environment: "prod", image: other))
        #expect(try difference(gitops).rows.isEmpty)
        #expect(try difference(gitops).table == "devstg and prod differ in nothing.")
    }

    @Test("are told by service and key")
    func some() throws {
        let gitops = try TemporaryGitops()
        let prod = TemporaryGitops.file(environment: "prod", image: TemporaryGitops.image("b"))
            .replacing("tags:", with: "  Cpu: \"512\"\ntags:\n  team: \"x\"")
        try gitops.write(TemporaryGitops.path("prod"), prod)
        try gitops.write(TemporaryGitops.path("devstg", "worker"), TemporaryGitops.file())
        let rows = try difference(gitops).rows
        #expect(rows.map(\.key) == ["Cpu", "ImageUri", "tag team", "deployment file"])
        #expect(rows.map(\.service) == ["api", "api", "api", "worker"])
        #expect(rows.map(\.from) == [nil, "shrinkr/api:sha-\(String(repeating: "a", count: 40))", nil, "there"])
        #expect(rows.map(\.to) == ["512", "shrinkr/api:sha-\(String(repeating: "b", count: 40))", "x", nil])
        #expect(try difference(gitops, service: "worker").rows.map(\.service) == ["worker"])
        #expect(
            try difference(gitops, service: "worker").table
                == "service  what             devstg  prod\nworker   deployment file  there   -")
    }

    @Test("cannot be told of what is missing or broken")
    func refusals() throws {
        let gitops = try TemporaryGitops()
        #expect(throws: DeployError.self) { try difference(gitops, service: "gone") }
        try gitops.write(TemporaryGitops.path("prod"), "a: b\n")
        #expect(throws: DeployError.self) { try difference(gitops) }
        try gitops.remove("gitops/environments/prod")
        #expect(throws: DeployError.self) { try difference(gitops) }
    }
}
