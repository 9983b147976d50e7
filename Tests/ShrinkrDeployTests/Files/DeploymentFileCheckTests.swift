import Testing

@testable import ShrinkrDeploy

/// A change to a good deployment file, and the beginning of each problem that is then told.
struct BadFile: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let replaced: String
    let by: String
    let problems: [String]

    init(_ name: String, _ replaced: String, _ by: String, _ problems: String...) {
        (testDescription, self.replaced, self.by, self.problems) = (name, replaced, by, problems)
    }

    private static let image = "ImageUri: \"\(TemporaryGitops.image())\""
    private static let template = "template-file-path: \"gitops/templates/api.yml\""

    static let all = [
        BadFile("unknown key", "tags:", "labels:", "6: has the unknown key 'labels'"),
        BadFile("stack name", "tags:", "stack-name: \"x\"\ntags:", "6: has the unknown key 'stack-name'"),
        BadFile(
            "wrong case", "parameters:", "Parameters:",
            "2: has the key 'Parameters', which must be written 'parameters'",
            "1: lacks the parameter 'Environment'", "1: lacks the parameter 'ImageUri'"),
        BadFile("no template", template + "\n", "", "1: has no 'template-file-path'"),
        BadFile(
            "unquoted name", "\"devstg\"\n  #", "devstg\n  #", "3: the value of 'Environment' is not a quoted string"),
        BadFile(
            "unquoted number", "  # what", "  Cpu: 512\n  # what",
            "4: the value of 'Cpu' is not a quoted string; write \"512\""),
        BadFile("unquoted tag", "\n  environment: \"devstg\"", "\n  environment: yes", "7: the value of 'environment'"),
        BadFile("unquoted template", template, "template-file-path: gitops/templates/api.yml", "1: the value of 'temp"),
        BadFile(
            "block text", "  # what", "  Cpu: |\n    512\n  # what", "4: the value of 'Cpu'", "4: the parameter 'Cpu'"),
        BadFile(
            "tagged value", "\"devstg\"\n  #", "!!str devstg\n  #", "3: the value of 'Environment' is not a quoted"),
        BadFile("function", "\"devstg\"\n  #", "!Ref \"devstg\"\n  #", "3: the value of 'Environment' is not a quoted"),
        BadFile("list", "  # what", "  Cpu: [\"256\"]\n  # what", "4: the value of 'Cpu' must be one quoted string"),
        BadFile("empty value", "  # what", "  Cpu:\n  # what", "4: the value of 'Cpu'", "4: the parameter 'Cpu'"),
        BadFile("empty tags", "tags:\n  environment: \"devstg\"", "tags:", "6: 'tags' must be a list of keys"),
        BadFile("list of tags", "  environment: \"devstg\"\n", "  - \"x\"\n", "7: 'tags' must be a list of keys"),
        BadFile("key that is a number", "tags:", "tags:\n  1: \"x\"", "7: has a key that is not a string"),
        BadFile("merge", "tags:", "tags:\n  <<: {a: \"b\"}", "7: has a key that is not a string"),
        BadFile(
            "missing template", "api.yml", "gone/api.yml", "1: the template 'gitops/templates/gone/api.yml' cannot"),
        BadFile("other template", "api.yml", "worker.yml", "1: gives the service 'api' the template"),
        BadFile("absolute template", "gitops/templates", "/gitops/templates", "1: the template's path"),
        BadFile("template outside", "gitops/templates", "../gitops/templates", "1: the template's path"),
        BadFile(
            "parameter of no template", "  # what", "  Size: \"1\"\n  # what", "4: has the parameter 'Size', which"),
        BadFile("parameter in wrong case", "  # what", "  CPU: \"512\"\n  # what", "4: has the parameter 'CPU', which"),
        BadFile("lacking parameter", "  Environment: \"devstg\"\n", "", "2: lacks the parameter 'Environment'"),
        BadFile("value not allowed", "  # what", "  Cpu: \"9\"\n  # what", "4: the parameter 'Cpu' is '9', not one of"),
        BadFile("no number", "  # what", "  Tasks: \"many\"\n  # what", "4: the parameter 'Tasks' is 'many', not a n"),
        BadFile("small number", "  # what", "  Tasks: \"0\"\n  # what", "4: the parameter 'Tasks' is less than"),
        BadFile("great number", "  # what", "  Tasks: \"11\"\n  # what", "4: the parameter 'Tasks' is more than"),
        BadFile("short text", "  # what", "  Name: \"a\"\n  # what", "4: the parameter 'Name' has fewer than 2"),
        BadFile("long text", "  # what", "  Name: \"abcde\"\n  # what", "4: the parameter 'Name' has more than 4"),
        BadFile("pattern", "  # what", "  Hosts: \"a_b\"\n  # what", "4: the parameter 'Hosts' is 'a_b', which does"),
        BadFile(
            "part of a pattern", "\"devstg\"\n  #", "\"devstg x\"\n  #", "3: the parameter 'Env", "3: says 'devstg x'"),
        BadFile("other environment", "\"devstg\"\n  #", "\"prod\"\n  #", "3: says 'prod' and lies in the folder of"),
        BadFile("mutable tag", TemporaryGitops.image(), "r.io/api:latest", "5: the image has the tag 'latest'"),
        BadFile("no tag", TemporaryGitops.image(), "r.io/api", "5: the image has no tag"),
        BadFile("reserved tag", "tags:", "tags:\n  AWS:x: \"y\"", "7: the tag 'AWS:x' uses AWS's own prefix"),
        BadFile(
            "two faults", "tags:", "labels:\n  a: b\nTags:", "6: has the unknown key 'labels'", "8: has the key 'Tags'"),
        BadFile("key twice", image, image + "\n  " + image, "5: has the key 'ImageUri' more than once"),
        BadFile("top-level key twice", "tags:", "tags: {}\ntags:", "6: has the key 'tags' more than once"),
        BadFile(
            "anchor", "\"devstg\"\n  #", "&name \"devstg\"\n  #", "3: has an anchor", "2: lacks the parameter 'Env"),
        BadFile(
            "alias", "\"devstg\"\n  #", "&e \"devstg\"\n  Name: *e\n  #", "3: has an anchor",
            "2: lacks the parameter 'Env"),
        BadFile("anchor of a list", "tags:\n", "tags: &t\n", "6: has an anchor"),
        BadFile("indentation", "  # what runs\n  Im", "  # what runs\n   Im", "5: is not YAML as it should be:"),
        BadFile("open quote", "\"devstg\"\n  #", "\"devstg\n  #", "5: is not YAML as it should be:"),
        BadFile("undefined alias", "\"devstg\"\n  #", "*name\n  #", "3: is not YAML as it should be: found undefined"),
        BadFile("two documents", "tags:", "---\ntags:", "6: is not YAML as it should be: but found another document"),
        BadFile("control character", "# what", "# \u{1}what", "4: is not YAML: control characters are not allowed"),
        BadFile("byte order mark", template, "\u{FEFF}" + template, "1: begins with a byte order mark"),
    ]
}

@Suite("A deployment file") struct DeploymentFileCheckTests {
    @Test("in order has no problems")
    func good() throws {
        #expect(try TemporaryGitops().problems().isEmpty)
    }

    @Test(
        "may be written in other ways",
        arguments: [
            TemporaryGitops.file().split(separator: "\n").joined(separator: "\r\n") + "\r\n",
            String(TemporaryGitops.file().dropLast()),
            TemporaryGitops.file().split(separator: "\"").joined(separator: "'"),
            "---\n" + TemporaryGitops.file() + "...\n",
            """
            {"template-file-path": "gitops/templates/api.yml",
             "parameters": {"Environment": "devstg", "ImageUri": "\(TemporaryGitops.image())", "Hosts": "a.b,c", "Tasks": "3"}}
            """,
        ])
    func forms(text: String) throws {
        #expect(try TemporaryGitops().problems(text).isEmpty)
    }

    @Test("is refused with file, line and reason", arguments: BadFile.all)
    func bad(file: BadFile) throws {
        let good = TemporaryGitops.file()
        try #require(good.contains(file.replaced))
        let problems = try TemporaryGitops().problems(good.replacing(file.replaced, with: file.by, maxReplacements: 1))
        let expected = file.problems.map { "\(TemporaryGitops.path()):\($0)" }
        #expect(problems.count == expected.count, "\(problems)")
        for problem in expected {
            #expect(problems.contains { $0.hasPrefix(problem) }, "\(problem) is not in \(problems)")
        }
    }

    @Test("has its problems told in the order of its lines")
    func order() throws {
        let text = TemporaryGitops.file().replacing("tags:", with: "Tags:").replacing(
            "\"devstg\"\n  #", with: "xx\n  #"
        )
        .replacing("sha-", with: "v")
        let lines = try TemporaryGitops().problems(text).map { $0.split(separator: ":")[1] }
        #expect(lines == ["3", "3", "5", "6"])
    }

    @Test("that is no text, too large, a folder or not there is refused")
    func unreadable() throws {
        let gitops = try TemporaryGitops()
        let path = TemporaryGitops.path()
        try gitops.write(path, [0x61, 0xFF, 0x0A])
        #expect(gitops.problems() == ["\(path):1: is not UTF-8"])
        try gitops.write(path, TemporaryGitops.file() + String(repeating: "#", count: 65_536))
        #expect(gitops.problems() == ["\(path):1: is larger than 65536 bytes"])
        try gitops.write(path, "")
        #expect(gitops.problems() == ["\(path):1: is empty"])
        try gitops.write(path, "- \"a\"\n")
        #expect(gitops.problems() == ["\(path):1: the file must be a list of keys with values"])
        try gitops.remove(path)
        #expect(gitops.problems() == ["\(path):1: there is no such file"])
        try gitops.write("\(path)/x", "")
        #expect(gitops.problems() == ["\(path):1: is a folder, not a file"])
    }

    @Test(
        "must lie in its place",
        arguments: [
            "gitops/devstg/api.deployment.yml", "gitops/environments/api.deployment.yml", "api.deployment.yml",
            "gitops/environments/devstg/api.yml", "gitops/environments/Dev Stg/api.deployment.yml",
            "gitops/environments/devstg/-.deployment.yml", "gitops/environments/devstg/.deployment.yml",
        ])
    func place(path: String) throws {
        let gitops = try TemporaryGitops()
        try gitops.write(path, TemporaryGitops.file())
        #expect(
            gitops.problems(at: path) == [
                "\(path):1: does not lie at environments/<environment>/<service>.deployment.yml"
            ])
    }

    @Test("shows the faults of its template")
    func template() throws {
        let gitops = try TemporaryGitops()
        try gitops.write("gitops/templates/api.yml", TemporaryGitops.template + String(repeating: "#", count: 51_200))
        #expect(gitops.problems().map { $0.hasSuffix("is larger than 51200 bytes") } == [true])
        try gitops.write("gitops/templates/api.yml", "- a\n")
        #expect(gitops.problems().map { $0.hasSuffix("is not a CloudFormation template") } == [true])
        try gitops.write("gitops/templates/api.yml", "Parameters: {A: {Type: String}, A: {Type: String}}\n")
        #expect(gitops.problems().map { $0.contains("has the key 'A' more than once") } == [true])
        try gitops.write(
            "gitops/templates/api.yml",
            "Parameters:\n  Environment: {Type: String}\n  ImageUri: {Type: String, AllowedPattern: \"(\"}\n")
        #expect(
            gitops.problems() == ["gitops/templates/api.yml:3: the pattern of the parameter 'ImageUri' cannot be read"])
        try gitops.write("gitops/templates/api.yml", "Resources: {}\n")
        #expect(gitops.problems().count == 2)
    }

    @Test("does not hang on a text that grows when it is read")
    func bomb() throws {
        var text = "a0: &a0 \"x\"\n"
        for depth in 1...30 {
            text += "a\(depth): &a\(depth) {" + (0..<9).map { "k\($0): *a\(depth - 1)" }.joined(separator: ", ") + "}\n"
        }
        #expect(try TemporaryGitops().problems(text).contains { $0.contains("has the unknown key 'a30'") })
    }
}
