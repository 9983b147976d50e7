import HTTPTypes
import Hummingbird
import NIOCore
import ShrinkrBase

extension Request {
    /// The body as a JSON object, with its bytes.
    ///
    /// - Throws: ``Problem``: 415 for another content type or encoding, 413 past `limit` bytes, 400 where it is no JSON
    ///   object.
    func jsonObject(limit: Int, types: [String] = ["application/json"]) async throws -> JSONBody {
        guard !hasContentEncoding else { throw Problem.unsupportedContentEncoding }
        guard hasMediaType(types) else {
            var problem = Problem.unsupportedMediaType(types.joined(separator: " or "))
            if method == .patch { problem.headers[.acceptPatch] = types.joined(separator: ", ") }
            throw problem
        }
        let bytes = try await bytes(limit: limit)
        guard let value = try? JSONParser.parse(Self.withoutByteOrderMark(bytes)) else {
            throw Problem.malformedRequest("The body is not JSON.")
        }
        guard case .object(let members) = value else {
            throw Problem.malformedRequest("The body must be a JSON object.")
        }
        return JSONBody(members: members, bytes: bytes)
    }

    /// The body.
    ///
    /// - Throws: ``Problem`` (413) past `limit` bytes.
    func bytes(limit: Int) async throws -> [UInt8] {
        // A length that is no Int is a larger number: the parser has seen its digits.
        if let length = headers.text(.contentLength), length.digits.map({ $0 > limit }) ?? true {
            throw Problem.payloadTooLarge(limit: limit)
        }
        do {
            return Array(buffer: try await body.collect(upTo: limit))
        } catch is NIOTooManyBytesError {
            throw Problem.payloadTooLarge(limit: limit)
        }
    }

    private func hasMediaType(_ types: [String]) -> Bool {
        guard let type = headers.text(.contentType).map({ MediaType($0) }) else { return false }
        return type.isUTF8 && types.contains { type.essence.equals($0) }
    }

    private var hasContentEncoding: Bool {
        guard let encoding = headers.text(.contentEncoding)?.trimmed else { return false }
        return !encoding.isEmpty && !encoding.equalsIgnoringCase("identity")
    }

    /// Nobody may send the mark, and everybody may ignore it (RFC 8259, section 8.1); programs on Windows send it.
    private static func withoutByteOrderMark(_ bytes: [UInt8]) -> [UInt8] {
        bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    }
}

/// A JSON object as a request carried it.
struct JSONBody {
    let members: [JSONValue.Member]
    let bytes: [UInt8]
}
