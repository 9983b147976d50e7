import Hummingbird
import NIOCore
import ShrinkrCore

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
        peer = source.channel.remoteAddress?.ipAddress.flatMap { IPAddress($0) }
    }
}
