/// Which Shrinkr this is; `--version` says it.
package enum Version {
    package static let current = "0.1.0"
}
