/// Changes the one line of a deployment file that a deployment changes.
package enum ImageEditor {
    /// Sets the image of a deployment file, which may lie anywhere.
    ///
    /// The image must be in the repository that the file names, except where the file holds a placeholder, a commit of
    /// forty zeros: then the registry may be another.
    ///
    /// - Throws: ``DeployError``; nothing is changed then.
    package static func setImage(_ text: String, inFile path: String) throws(DeployError) -> ImageChange {
        let image: ImageReference
        do throws(ImageReference.Refusal) {
            image = try ImageReference(parsing: text)
        } catch {
            throw DeployError("The image \(error).")
        }
        return try change(path) { before throws(DeployError) in
            guard image.repository == before.repository else {
                throw DeployError("\(path) runs '\(before.repository)'; '\(image.repository)' is something else.")
            }
            guard image.registry == before.registry || before.isPlaceholder else {
                throw DeployError("\(path) takes images from \(before.registry), not from \(image.registry).")
            }
            return image
        }
    }

    /// Gives a service of one environment the image version that another environment's deployment file has.
    ///
    /// The registry stays that of the environment that is changed.
    ///
    /// - Throws: ``DeployError``; nothing is changed then.
    package static func promote(
        service: String, from: String, to: String, in folder: GitopsFolder
    ) throws(DeployError) -> ImageChange {
        let source = folder.deploymentFile(environment: from, service: service)
        let promoted = try image(of: try DeploymentFileCheck.form(of: source, text: try read(source)))
        return try change(folder.deploymentFile(environment: to, service: service)) { before throws(DeployError) in
            guard promoted.repository == before.repository else {
                throw DeployError(
                    "\(from) runs '\(promoted.repository)' and \(to) '\(before.repository)'; they must be the same.")
            }
            guard !promoted.isPlaceholder else { throw DeployError("\(source) names no image yet.") }
            return ImageReference(
                registry: before.registry, repository: before.repository, version: promoted.version)
        }
    }

    private static func change(
        _ path: String, to next: (ImageReference) throws(DeployError) -> ImageReference
    ) throws(DeployError) -> ImageChange {
        let text = try read(path)
        let file = try DeploymentFileCheck.form(of: path, text: text)
        let before = try image(of: file)
        let change = ImageChange(file: path, before: before, after: try next(before))
        guard change.isChange else { return change }
        guard let value = file.parameters[DeploymentFile.imageParameter],
            let edited = ValueEdit(text).replacing(value, with: change.after.description)
        else {
            throw DeployError(
                "\(path) must have \(DeploymentFile.imageParameter) in one line, quoted, without escapes.")
        }
        try TextFile.replace(path, with: edited)
        return change
    }

    private static func image(of file: DeploymentFile) throws(DeployError) -> ImageReference {
        guard let image = file.image else {
            throw DeployError("\(file.path) has no parameter '\(DeploymentFile.imageParameter)'.")
        }
        return image
    }

    private static func read(_ path: String) throws(DeployError) -> String {
        do throws(Problem) {
            return try TextFile.read(path, limit: DeploymentFile.maximumBytes)
        } catch {
            throw .refused([error])
        }
    }
}

/// What became of the image of a deployment file.
package struct ImageChange: Sendable, Hashable, CustomStringConvertible {
    /// The deployment file.
    package let file: String
    package let before: ImageReference
    package let after: ImageReference

    /// Whether the file was written.
    package var isChange: Bool { before != after }

    package var description: String {
        isChange ? "changed \(file): \(before) -> \(after)" : "unchanged \(file): \(after)"
    }
}
