import HTTPTypes
import ShrinkrBase

/// The fields by which a request shows that it came through a proxy, a load balancer or a CDN. A program that talks to us
/// directly and sends one of them, as some that are traced do, is taken for a proxy and needs a key.
enum ProxyMark {
    /// Whole names, in lower case.
    private static let names: [StaticString] = [
        "forwarded",  // RFC 7239
        "via",  // RFC 9110, section 7.6.3
        "cdn-loop",  // RFC 8586
        "x-real-ip",  // nginx's and Traefik's customary field
        "x-client-ip",  // Oracle's WAF: docs.oracle.com/en-us/iaas/Content/WAF/Reference/httpheaders.htm
        "client-ip", "x-cluster-client-ip", "x-proxyuser-ip",  // Zeus, Rackspace and Google's old front ends
        "true-client-ip",  // Akamai, and Cloudflare: developers.cloudflare.com/fundamentals/reference/http-headers
        "x-amz-cf-id",  // CloudFront: "Control origin requests with a policy" in its developer guide
        "x-cloud-trace-context",  // Google's load balancers: cloud.google.com/load-balancing/docs/https
        "x-varnish",  // Varnish: varnish-cache.org/docs/trunk/reference/vcl-var.html
        "x-scheme",  // ingress-nginx, beside its X-Original-…
        "x-arr-log-id", "x-arr-ssl", "disguised-host", "was-default-hostname",  // Azure App Service's front end
        "zen-host",  // Oracle's WAF, as above
    ]

    /// Beginnings of names, in lower case, that one maker's fields share.
    private static let prefixes: [StaticString] = [
        "x-forwarded",  // Squid's -For and what others added: -Host, -Proto, -Port, -Client-Cert (Envoy), …
        "x-original-",  // ingress-nginx, IIS: -Forwarded-For, -Host, -URI
        "x-ms-forwarded-", "x-ms-proxy",  // MS-ADFSPIP, sections 2.2.1.1 and 2.2.1.2
        "cf-",  // Cloudflare, as above: CF-Connecting-IP, CF-Ray, CF-Visitor, CF-IPCountry, CF-Worker
        "fastly-",  // fastly.com/documentation/reference/http/http-headers: Fastly-Client-IP, Fastly-FF
        "akamai-", "x-akamai-",  // Akamai: Akamai-Origin-Hop, X-Akamai-Edgescape
        "cloudfront-",  // "Add CloudFront request headers" in its developer guide: CloudFront-Viewer-Address
        "x-amzn-",  // AWS load balancers and API Gateway: X-Amzn-Trace-Id, X-Amzn-Oidc-Data, X-Amzn-Mtls-…
        "x-envoy-",  // envoyproxy.io, "HTTP header manipulation": X-Envoy-External-Address, -Internal, -Original-Path
        "x-azure-",  // Azure Front Door, "Protocol support for HTTP headers": X-Azure-ClientIP, -SocketIP, -FDID
        "x-appengine-", "x-goog-iap-", "x-client-geo-",  // Google App Engine, Identity-Aware Proxy, load balancers
        "fly-",  // fly.io/docs/networking/request-headers: Fly-Client-IP, Fly-Forwarded-Proto
        "x-vercel-", "x-nf-",  // Vercel's and Netlify's edges
        "eo-",  // Tencent EdgeOne, "Default HTTP headers of origin-pull requests": EO-Connecting-IP
        "ali-cdn-", "ali-swift-",  // Alibaba Cloud CDN: Ali-Cdn-Real-Ip
        "tailscale-",  // tailscale.com/kb/1312/serve: Tailscale-User-Login
    ]

    /// Whether any of the fields is one of a proxy.
    static func isOn(_ fields: HTTPFields) -> Bool {
        fields.contains { field in
            let name = UntrustedText(field.name.canonicalName)
            return names.contains { name.equals($0) } || prefixes.contains { name.begins(with: $0) }
        }
    }
}
