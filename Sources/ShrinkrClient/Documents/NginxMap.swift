import ShrinkrBase

/// Links as a file that nginx includes in a `map` (https://nginx.org/en/docs/http/ngx_http_map_module.html), so that they
/// can be followed without Shrinkr.
enum NginxMap {
    /// Most bytes of a value: nginx reads a word of its configuration into a buffer of 4,096 bytes (NGX_CONF_BUFFER in its
    /// src/core/ngx_conf_file.c).
    private static let maximumValue = 4_000

    /// How the file is used, which it says itself.
    static func head(at now: Timestamp) -> [String] {
        """
        # Where short links lead, written by 'shrinkr export --format nginx-map' at \(now.rfc3339).
        #
        #   geo $shrinkr_dollar { default "$"; }     # a destination may have dollar signs, which nginx cannot escape
        #   map_hash_max_size 1048576;               # more than there are links
        #   map_hash_bucket_size 16384;              # more than the longest line
        #   map $uri $shrinkr_destination { include /etc/nginx/shrinkr.map; }
        #   server {
        #       if ($shrinkr_destination) { return 302 $shrinkr_destination; }
        #       return 404;
        #   }
        """.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    /// The line of a link; nil where nginx could not keep to what the link is: it cannot be followed now, its visits are
    /// limited, or its destination is too long.
    static func line(_ link: LinkDocument, at now: Timestamp) -> String? {
        guard let url = link.document["url"].text, UntrustedText(link.state(at: now)).equals("on"),
            link.document["max_visits"].isNull,
            // Nor has a server that is none of ours a say in the configuration.
            CodeArgument(argument: link.code).map({ UntrustedText($0.code).equals(link.code) }) ?? false,
            // What a destination never has, but would end the line.
            url.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        var value: [UInt8] = []
        for byte in url.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): value.append(contentsOf: [UInt8(ascii: "\\"), byte])
            case UInt8(ascii: "$"): value.append(contentsOf: "${shrinkr_dollar}".utf8)
            default: value.append(byte)
            }
        }
        guard value.count <= maximumValue else { return nil }
        return "\"/\(link.code)\" \"\(String(decoding: value, as: UTF8.self))\";"
    }
}
