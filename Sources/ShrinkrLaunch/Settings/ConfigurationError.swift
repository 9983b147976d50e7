import ShrinkrProcess

/// What is wrong with the configuration: one sentence that names the setting, the problem and an example.
package struct ConfigurationError: ExitingError, Hashable, CustomStringConvertible {
    package let description: String
    package var exitCode: Int32 { Exit.misuse }

    /// - Parameter problem: Continues a sentence that begins with the setting's name, and has no full stop at its end, as
    ///   no description of an error has: it stands in other sentences.
    package init(_ setting: Setting, _ problem: String) {
        let flag = setting.hasFlag ? " (or \(setting.flag))" : ""
        description = "\(setting.variable)\(flag) \(problem); for example: \(setting.example)"
    }

    package init(_ sentence: String) {
        description = sentence
    }
}
