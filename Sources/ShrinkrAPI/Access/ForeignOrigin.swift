/// Why a request without a key is not one of this machine's own user.
enum ForeignOrigin {
    case otherMachine
    /// A proxy, or a browser that was made to believe that another name is ours.
    case proxy
    /// Another user's program, most likely a proxy that says nothing of itself.
    case otherUser
}
