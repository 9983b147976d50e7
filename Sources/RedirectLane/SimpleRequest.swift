/// The parts of one simple request that an answer and a click need, as places in the bytes that hold it.
struct SimpleRequest {
    var code = ByteSlice()
    var host = ByteSlice()
    var userAgent = ByteSlice()
    var referrer = ByteSlice()
    var language = ByteSlice()
    var requestID = ByteSlice()
    /// `X-Forwarded-For`.
    var forwardedFor = ByteSlice()
    /// `X-Real-IP`.
    var realIP = ByteSlice()
    /// Whether there is a `Forwarded` (RFC 7239).
    var hasForwarded = false
    var country = ByteSlice()
    /// Where the request ends.
    var end = 0
}
