import Hummingbird
import ShrinkrCore

extension APIContext {
    /// A captured segment of the path, percent-decoded (RFC 3986, section 2.1).
    func pathText(_ name: String) -> UntrustedText {
        UntrustedText(parameters.get(name) ?? "").percentDecoded
    }

    /// The same where it is ASCII; empty where it is not, since nothing that a path names has other characters.
    func pathParameter(_ name: String) -> String { pathText(name).ascii ?? "" }
}
