import Glibc

/// A folder that a setting names, tried at start.
package enum WritableFolder {
    /// Makes the folder where it is missing, and sees whether this process may write into it.
    ///
    /// - Parameters:
    ///   - mode: of folders that are made.
    ///   - setting: the setting that led to the folder, which the error names.
    package static func make(_ path: String, mode: UInt32, for setting: Setting) throws(ConfigurationError) {
        var status = stat()
        if stat(path, &status) != 0 {
            guard makeFolders(path, mode: mode) else {
                throw ConfigurationError(setting, "leads to the folder '\(path)', which cannot be made: \(lastError)")
            }
        } else if status.st_mode & S_IFMT != S_IFDIR {
            throw ConfigurationError(setting, "leads to '\(path)', which is a file, not a folder")
        }
        guard access(path, W_OK | X_OK) == 0 else {
            throw ConfigurationError(setting, "leads to the folder '\(path)', which cannot be written to: \(lastError)")
        }
    }

    /// Makes the folder and those above it; false, with `errno`, where the system does not let us.
    private static func makeFolders(_ path: String, mode: UInt32) -> Bool {
        let bytes = Array(path.utf8)
        let ends = bytes.indices.dropFirst().filter { bytes[$0] == UInt8(ascii: "/") } + [bytes.endIndex]
        return ends.allSatisfy { end in
            mkdir(String(decoding: bytes[..<end], as: UTF8.self), mode) == 0 || errno == EEXIST
        }
    }
}
