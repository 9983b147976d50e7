/// Everything that can be said against a deployment file before AWS sees it.
package struct DeploymentFileCheck: Sendable {
    private static let maximumParameters = 200
    private static let maximumTags = 50
    private static let maximumTagKey = 128
    private static let maximumTagValue = 256
    /// The parameter that names the environment, in templates that have it.
    private static let environmentParameter = "Environment"

    package private(set) var file: DeploymentFile
    /// The template, where it could be read.
    private(set) var template: Template?
    private var found: [Problem]
    private let folder: GitopsFolder?
    private let place: DeploymentPlace?

    /// Checks the file at a path.
    ///
    /// - Parameter repositoryRoot: Where its `template-file-path` begins; by default the parent of the folder that holds
    ///   `environments`.
    package init(path: String, repositoryRoot: String? = nil) {
        let reader = DeploymentFileReader(path: path)
        file = reader.file
        found = reader.problems
        folder = GitopsFolder(containing: path, repositoryRoot: repositoryRoot)
        place = DeploymentPlace(path: path)
        if place == nil {
            report(1, "does not lie at environments/<environment>/<service>\(GitopsFolder.deploymentFileSuffix)")
        }
        checkImage()
        checkTags()
        checkTemplatePath()
        if let template { checkParameters(template) }
    }

    /// What must be mended, in the order of the files' lines.
    package var problems: [Problem] {
        found.sorted { ($0.file == file.path ? 0 : 1, $0.line) < ($1.file == file.path ? 0 : 1, $1.line) }
    }

    /// Checks the form of a file alone, wherever it lies: keys, quotes, and that its image cannot change.
    ///
    /// - Throws: ``DeployError`` with all its problems.
    static func form(of path: String, text: String) throws(DeployError) -> DeploymentFile {
        var check = DeploymentFileCheck(form: DeploymentFileReader(text, path: path))
        check.checkImage()
        guard check.problems.isEmpty else { throw .refused(check.problems) }
        return check.file
    }

    private init(form reader: DeploymentFileReader) {
        (file, found, folder, place) = (reader.file, reader.problems, nil, nil)
    }

    private mutating func checkImage() {
        guard let value = file.parameters[DeploymentFile.imageParameter] else { return }
        do throws(ImageReference.Refusal) {
            _ = try ImageReference(parsing: value.text)
        } catch {
            report(value.line, "the image \(error)")
        }
    }

    private mutating func checkTags() {
        if file.tags.count > Self.maximumTags { report(1, "has more than \(Self.maximumTags) tags") }
        for (name, value) in file.tags {
            if name.lowercased().hasPrefix("aws:") { report(value.line, "the tag '\(name)' uses AWS's own prefix") }
            if name.utf8.count > Self.maximumTagKey { report(value.line, "has a tag whose name is too long") }
            if value.text.utf8.count > Self.maximumTagValue {
                report(value.line, "the value of the tag '\(name)' is too long")
            }
        }
    }

    private mutating func checkTemplatePath() {
        guard let value = file.template, let folder, let place else { return }
        let components = value.text.split(separator: "/", omittingEmptySubsequences: false)
        guard !components.contains(where: { ["", ".", ".."].contains($0) }) else {
            return report(value.line, "the template's path '\(value.text)' must lead down from the repository's root")
        }
        guard let name = components.last, name == "\(place.service).yml" || name == "\(place.service).yaml" else {
            return report(
                value.line, "gives the service '\(place.service)' the template '\(value.text)' of another one")
        }
        do throws(Problem) {
            template = try TemplateReader.read(path: folder.template(value.text))
        } catch {
            // A template that is not there is a fault of the file that names it.
            report(value.line, "the template '\(value.text)' cannot be used: \(error)")
        }
    }

    private mutating func checkParameters(_ template: Template) {
        let declared = Dictionary(template.parameters.map { ($0.name, $0) }) { $1 }
        if file.parameters.count > Self.maximumParameters {
            report(file.parametersLine, "has more than \(Self.maximumParameters) parameters")
        }
        for parameter in template.parameters
        where parameter.defaultValue == nil && file.parameters[parameter.name] == nil {
            report(file.parametersLine, "lacks the parameter '\(parameter.name)', which \(template.path) requires")
        }
        for (name, value) in file.parameters {
            if let parameter = declared[name] {
                check(value, of: parameter, in: template)
            } else {
                let meant = declared.keys.first { $0.lowercased() == name.lowercased() }
                let hint = meant.map { "; it has '\($0)'" } ?? ""
                report(value.line, "has the parameter '\(name)', which \(template.path) does not have\(hint)")
            }
        }
    }

    private mutating func check(_ value: DeploymentFile.Value, of parameter: TemplateParameter, in template: Template) {
        do throws(TemplateParameter.UnreadablePattern) {
            if let refusal = try parameter.refusal(of: value.text) {
                report(value.line, "the parameter '\(parameter.name)' \(refusal)")
            }
        } catch {
            let reason = "the pattern of the parameter '\(parameter.name)' cannot be read"
            found.append(Problem(file: template.path, line: parameter.line, reason))
        }
        if parameter.name == Self.environmentParameter, let place, value.text != place.environment {
            report(value.line, "says '\(value.text)' and lies in the folder of '\(place.environment)'")
        }
    }

    private mutating func report(_ line: Int, _ reason: String) {
        found.append(Problem(file: file.path, line: line, reason))
    }
}
