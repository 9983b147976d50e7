import Foundation
import Hummingbird

extension APIContext {
    /// A captured segment of the path, percent-decoded (RFC 3986, section 2.1); empty where it does not decode to UTF-8.
    func pathParameter(_ name: String) -> String {
        parameters.get(name)?.removingPercentEncoding ?? ""
    }
}
