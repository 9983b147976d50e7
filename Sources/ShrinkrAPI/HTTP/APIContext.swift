import Hummingbird
import NIOCore
import ShrinkrBase
import Synchronization

/// What the API knows of one request beside the request itself.
struct APIContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The other end of the connection: the client, or the last proxy before us.
    var peer: IPAddress?
    /// The connection on which the request came.
    let channel: any Channel
    /// Names the request in answers and logs.
    var requestID = ""
    /// What the access log is to know; nil without one.
    var trail: RequestTrail?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
        peer = IPAddress(source.channel.remoteAddress)
    }
}

/// What is learnt of a request on its way that its line in the access log names.
final class RequestTrail: Sendable {
    private let name = Mutex<String?>(nil)

    /// The name of who asks (``Caller/name``), once that is known.
    var caller: String? {
        get { name.withLock { $0 } }
        set { name.withLock { $0 = newValue } }
    }
}

extension APIContext {
    /// A captured segment of the path, percent-decoded (RFC 3986, section 2.1).
    func pathText(_ name: String) -> UntrustedText {
        UntrustedText(parameters.get(name) ?? "").percentDecoded
    }

    /// The same where it is ASCII; empty where it is not, since nothing that a path names has other characters.
    func pathParameter(_ name: String) -> String { pathText(name).ascii ?? "" }
}
