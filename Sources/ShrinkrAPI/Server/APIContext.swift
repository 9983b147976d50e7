import Hummingbird
import NIOCore
import ShrinkrCore

/// What the API knows of one request beside the request itself.
struct APIContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The other end of the connection: the client, or the last proxy before us.
    let peer: IPAddress?
    /// Names the request in answers and logs.
    var requestID = ""

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peer = source.channel.remoteAddress?.ipAddress.flatMap { IPAddress($0) }
    }
}
