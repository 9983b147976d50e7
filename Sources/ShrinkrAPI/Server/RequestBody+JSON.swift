import HTTPTypes
import Hummingbird
import NIOCore

extension Request {
    /// The body as a JSON object, with its bytes.
    ///
    /// - Throws: ``Problem``: 415 for another content type, 413 past `limit` bytes, 400 where it is no JSON object.
    func jsonObject(limit: Int, types: [String] = ["application/json"]) async throws -> JSONBody {
        guard let given = mediaType, types.contains(given) else {
            var problem = Problem.unsupportedMediaType(types.joined(separator: " or "))
            if method == .patch { problem.headers[.acceptPatch] = types.joined(separator: ", ") }
            throw problem
        }
        let bytes = try await bytes(limit: limit)
        guard let value = try? JSONParser.parse(bytes) else { throw Problem.malformedRequest("The body is not JSON.") }
        guard case .object(let members) = value else {
            throw Problem.malformedRequest("The body must be a JSON object.")
        }
        return JSONBody(members: members, bytes: bytes)
    }

    private func bytes(limit: Int) async throws -> [UInt8] {
        // A length that is no Int is a larger number: the parser has seen its digits.
        if let length = headers[.contentLength], Int(length).map({ $0 > limit }) ?? true {
            throw Problem.payloadTooLarge(limit: limit)
        }
        do {
            return Array(buffer: try await body.collect(upTo: limit))
        } catch is NIOTooManyBytesError {
            throw Problem.payloadTooLarge(limit: limit)
        }
    }

    /// Type and subtype of the body; nil where there is none, or its character set is not UTF-8.
    private var mediaType: String? {
        guard let field = headers[.contentType]?.lowercased() else { return nil }
        let parts = field.split(separator: ";").map { $0.filter { !$0.isWhitespace } }
        let charset = parts.dropFirst().first { $0.hasPrefix("charset=") }
        guard charset.map({ ["charset=utf-8", #"charset="utf-8""#].contains($0) }) ?? true else { return nil }
        return parts.first
    }
}

/// A JSON object as a request carried it.
struct JSONBody {
    let members: [JSONValue.Member]
    let bytes: [UInt8]
}
