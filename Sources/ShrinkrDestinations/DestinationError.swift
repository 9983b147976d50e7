/// Why a URL cannot be the destination of a link.
///
/// The raw value is the stable `code` of the API's validation errors; `description` is its `detail`. Neither repeats
/// any part of the URL.
package enum DestinationError: String, Error, Sendable, CaseIterable {
    /// There is no scheme: a relative reference, or not a URL at all.
    case notAbsolute = "not_absolute"
    /// The scheme is neither `http` nor `https`.
    case schemeNotAllowed = "scheme_not_allowed"
    /// Nothing stands where the host should.
    case hostMissing = "host_missing"
    /// The host is neither a valid domain nor a valid IP address.
    case hostInvalid = "host_invalid"
    /// The port is not a number, too large for one, or 0.
    case portInvalid = "port_invalid"
    /// There is an `@` before the path, with or without a name and password.
    case userInfoNotAllowed = "user_info_not_allowed"
    /// There is a character below U+0020, or U+007F.
    case controlCharacter = "control_character"
    /// The URL is longer than `DestinationURL.maximumLength`, as given or as normalised.
    case tooLong = "too_long"
    /// The host is reachable only from inside a machine or network.
    case privateAddress = "private_address"
    /// The host is this service itself.
    case ownHost = "own_host"
    /// The host is on the deny-list.
    case deniedDomain = "denied_domain"

    /// The reason as a stable word in `snake_case`, for programs.
    package var code: String { rawValue }
}

extension DestinationError: CustomStringConvertible {
    /// The reason as one English sentence without its full stop, for people.
    package var description: String {
        switch self {
        case .notAbsolute: "The URL must be absolute and start with http:// or https://"
        case .schemeNotAllowed: "The URL must use the scheme http or https"
        case .hostMissing: "The URL must name a host"
        case .hostInvalid: "The host of the URL is not a valid domain name or IP address"
        case .portInvalid: "The port of the URL must be a number from 1 to 65535"
        case .userInfoNotAllowed: "The URL must not contain a user name or password"
        case .controlCharacter: "The URL must not contain control characters"
        case .tooLong: "The URL must not be longer than \(DestinationURL.maximumLength) bytes"
        case .privateAddress:
            "The URL must not lead to a private or local address, unless the server runs with "
                + "--allow-private-destinations"
        case .ownHost: "The URL must not lead back to this service"
        case .deniedDomain: "The domain of the URL is on this service's deny-list"
        }
    }
}
