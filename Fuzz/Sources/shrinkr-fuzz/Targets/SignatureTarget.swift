@testable import AWSSigning

/// The canonical form of a request to AWS. Input, a line each: method, host, path, region, service, Unix time; then
/// query items with a `?` before them, and headers.
enum SignatureTarget {
    private static let credentials = AWSCredentials(
        accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", sessionToken: "token")
    private static let usedKeys = SigningKeyCache()

    static func run(_ input: [UInt8]) {
        var lines = LineReader(input)
        let method = visible(lines.bytes())
        let host = visible(lines.bytes())
        let path = lines.text() ?? ""
        let scope = SigningScope(region: visible(lines.bytes()), service: visible(lines.bytes()))
        let time = UTCTime(secondsSinceEpoch: Int64(lines.text() ?? "") ?? 1_769_000_000)
        var request = SigningRequest(
            method: method, host: host, encodedPath: PercentEncoding.path(path), payload: PayloadHash(of: input))
        while !lines.isAtEnd {
            let line = lines.text() ?? ""
            if line.hasPrefix("?") {
                request.query.append(queryItem(line.dropFirst()))
            } else {
                request.headers.append(header(line))
            }
        }
        checkPath(path)
        checkQuery(request.query)
        checkRequest(request, scope: scope)
        if (0..<253_402_300_800).contains(time.secondsSinceEpoch) { checkTime(time) }
        checkHeaders(request, scope: scope, time: time)
    }

    /// ASCII without white space and control characters: what a client of ours puts into a request line.
    private static func visible(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.filter { (0x21...0x7E).contains($0) }, as: UTF8.self)
    }

    private static func queryItem(_ line: Substring) -> QueryItem {
        let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        return QueryItem(String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
    }

    private static func header(_ line: String) -> SigningHeader {
        let parts = line.utf8.filter { (0x20...0x7E).contains($0) || $0 == 0x09 }
            .split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
        let name = (parts.first ?? []).filter { isUnreserved($0) }
        return SigningHeader(
            String(decoding: name, as: UTF8.self), parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : "")
    }

    // MARK: Path and query

    /// Decoding what was encoded gives what there was, and nothing but the unreserved characters stays as it is.
    private static func checkPath(_ path: String) {
        for (encoded, kept) in [(PercentEncoding.path(path), "/"), (PercentEncoding.component(path), "")] {
            check(decoded(encoded[...]) == Array(path.utf8), "'\(encoded)' is decoded to what it was")
            let isPlain = encoded.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "%") || isUnreserved(byte) || kept.utf8.contains(byte)
            }
            check(isPlain, "'\(encoded)' is encoded everywhere")
        }
    }

    /// The order of the items does not matter; none is lost.
    private static func checkQuery(_ items: [QueryItem]) {
        let text = PercentEncoding.query(items)
        check(PercentEncoding.query(items.reversed()) == text, "the order of the query's items does not matter")
        let pairs = text.utf8.isEmpty ? [] : text.split(separator: "&", omittingEmptySubsequences: false)
        check(pairs.count == items.count || items.isEmpty, "'\(text)' has \(items.count) items")
        check(
            pairs.map { Array($0.utf8) } == pairs.map { Array($0.utf8) }.sorted(by: comesBefore), "'\(text)' is sorted")
        let read = Set(pairs.map { decodedItem($0) })
        check(
            items.allSatisfy { read.contains([Array($0.name.utf8), Array($0.value.utf8)]) }, "'\(text)' has all items")
    }

    private static func decodedItem(_ pair: Substring) -> [[UInt8]] {
        pair.split(separator: "=", omittingEmptySubsequences: false).map { decoded($0) }
    }

    /// Names first: `=` sorts behind characters that names may hold.
    private static func comesBefore(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        let parts = [left, right].map { $0.split(separator: UInt8(ascii: "="), omittingEmptySubsequences: false) }
        return parts[0].lexicographicallyPrecedes(parts[1]) { $0.lexicographicallyPrecedes($1) }
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || "-._~".utf8.contains(byte)
    }

    private static func decoded(_ text: Substring) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let high = digit(rest.first), let low = digit(rest.dropFirst().first) {
                bytes.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }

    /// The value of a hexadecimal digit as AWS wants it: a capital one.
    private static func digit(_ byte: UInt8?) -> UInt8? {
        switch byte {
        case .some(0x30...0x39): byte.map { $0 - 0x30 }
        case .some(0x41...0x46): byte.map { $0 - 0x41 + 10 }
        default: nil
        }
    }

    // MARK: Requests

    private static func checkRequest(_ request: SigningRequest, scope: SigningScope) {
        let canonical = CanonicalRequest(request, adding: [], scope: scope)
        let lines = canonical.text.split(separator: "\n", omittingEmptySubsequences: false)
        let names = canonical.signedHeaders.split(separator: ";", omittingEmptySubsequences: false)
        // Method, path, query, headers, an empty line, their names, the hash.
        check(lines.count == 6 + names.count, "the canonical form has a line for everything: \(canonical.text)")
        check(names.map(String.init) == Set(names.map(String.init)).sorted(), "\(names) are sorted, each is there once")
        check(names.contains("host"), "the host is signed")
        checkCanonicalPath(String(lines[1]), of: request, scope: scope)
        var reordered = request
        reordered.query.reverse()
        // The order of the values of one name matters, that of names does not.
        reordered.headers = Dictionary(grouping: request.headers) { $0.name.lowercased() }.values.flatMap(\.self)
        reordered.headers = reordered.headers.map { SigningHeader($0.name.uppercased(), "  \($0.value)\t ") }
        reordered.method = request.method.lowercased()
        let again = CanonicalRequest(reordered, adding: [], scope: scope)
        check(again.text == canonical.text, "there is one canonical form: \(canonical.text) is not \(again.text)")
    }

    /// For S3 the path as it is sent; for all others without dot and empty segments, and encoded twice. Making the form
    /// of the form changes nothing.
    private static func checkCanonicalPath(_ path: String, of request: SigningRequest, scope: SigningScope) {
        check(path.hasPrefix("/") || scope.isS3, "'\(path)' begins at the root")
        guard !scope.isS3 else {
            return check(path == request.encodedPath || path == "/", "'\(path)' is what is sent")
        }
        let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        check(!segments.dropLast().contains(""), "'\(path)' has no empty segments")
        check(!segments.contains(".") && !segments.contains(".."), "'\(path)' has no dot segments")
        var again = request
        again.encodedPath = String(decoding: decoded(path[...]), as: UTF8.self)
        let lines = CanonicalRequest(again, adding: [], scope: scope).text.split(
            separator: "\n", omittingEmptySubsequences: false)
        check(lines[1] == path, "the form of '\(path)' is itself, not '\(lines[1])'")
    }

    /// The same request gives the same signature, whatever was signed before.
    private static func checkHeaders(_ request: SigningRequest, scope: SigningScope, time: UTCTime) {
        let headers = [SigningKeyCache(), usedKeys].map { keys in
            SignatureV4.headers(for: request, credentials: credentials, scope: scope, time: time, keys: keys)
        }
        check(headers[0] == headers[1], "a request has one signature")
        check(usedKeys.count <= SigningKeyCache.maximumKeys, "the cache is bounded")
        let authorization = require(headers[0].last { $0.name == "authorization" }?.value, "the request is signed")
        let signature = authorization.split(separator: "Signature=").last ?? ""
        let isHash = signature.utf8.count == 64 && signature.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) }
        check(isHash, "'\(signature)' is a signature")
        check(!authorization.contains(credentials.secretAccessKey), "the secret stays secret")
    }

    private static func checkTime(_ time: UTCTime) {
        let digits = time.basicFormat.utf8.filter { (0x30...0x39).contains($0) }.map { Int($0) - 0x30 }
        check(digits.count == 14 && time.basicFormat.hasPrefix(time.dateStamp), "'\(time.basicFormat)' has the form")
        func number(_ range: Range<Int>) -> Int { digits[range].reduce(0) { $0 * 10 + $1 } }
        let again = UTCTime(
            year: number(0..<4), month: number(4..<6), day: number(6..<8), hour: number(8..<10),
            minute: number(10..<12), second: number(12..<14))
        check(again == time, "'\(time.basicFormat)' is read as \(time.secondsSinceEpoch)")
    }
}
