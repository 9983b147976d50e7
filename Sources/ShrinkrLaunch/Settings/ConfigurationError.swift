import ShrinkrProcess

/// What is wrong with the configuration: one sentence that names the setting, the problem and an example.
package struct ConfigurationError: ExitingError, Hashable, CustomStringConvertible {
    package let description: String
    package var exitCode: Int32 { Exit.misuse }

    /// - Parameter problem: Continues a sentence that begins with the setting's name.
    package init(_ setting: Setting, _ problem: String) {
        let flag = setting.hasFlag ? " (or \(setting.flag))" : ""
        let sentence = problem.hasSuffix(".") ? String(problem.dropLast()) : problem
        description = "\(setting.variable)\(flag) \(sentence); for example: \(setting.example)"
    }

    package init(_ sentence: String) {
        description = sentence
    }
}
