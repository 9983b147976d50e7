import ShrinkrCore

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
    /// `Sec-CH-UA`.
    var brands = ByteSlice()
    /// `Sec-CH-UA-Platform`.
    var platform = ByteSlice()
    /// `X-Forwarded-Proto`.
    var forwardedProtocol = ByteSlice()
    var hasAccept = false
    var hasFetchMode = false
    var hasVia = false
    /// Where the request ends.
    var end = 0
}

extension SimpleRequest {
    /// The hints of the request, which is in `bytes`.
    func hints(_ bytes: UnsafeRawBufferPointer) -> ClickHints {
        var fields = HintFields()
        fields.userAgent = userAgent.of(bytes)
        fields.brands = brands.of(bytes)
        fields.platform = platform.of(bytes)
        fields.forwardedProtocol = forwardedProtocol.of(bytes)
        fields.hasAccept = hasAccept
        fields.hasLanguage = language.isPresent
        fields.hasFetchMode = hasFetchMode
        fields.hasVia = hasVia
        return fields.hints
    }
}
