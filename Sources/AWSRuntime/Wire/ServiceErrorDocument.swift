import FoundationEssentials
import NIOHTTP1

/// How a service writes its errors.
package enum ServiceErrorFormat: Sendable {
    case json, xml
}

/// What a service says in the body and headers of an error response.
struct ServiceErrorDocument: Sendable, Equatable {
    var code: String?
    var queryCode: String?
    var message: String?

    /// The longest message kept.
    static let maximumMessageLength = 300

    /// Reads a response; whatever cannot be read stays `nil`.
    init(_ response: TransportResponse, format: ServiceErrorFormat) {
        switch format {
        case .json: readJSON(response)
        case .xml: readXML(response)
        }
        message = message.map(Self.withoutRequestEcho)
    }

    /// AWS JSON 1.0: the code is the part of `__type` between `#` and a perhaps following `:`
    /// (Smithy, "AWS JSON 1.0 protocol", operation error serialization); `x-amzn-query-error` is `code;fault`.
    private mutating func readJSON(_ response: TransportResponse) {
        struct Body: Decodable {
            var type: String?
            var code: String?
            var message: String?
            var capitalMessage: String?

            enum CodingKeys: String, CodingKey {
                case type = "__type"
                case code, message
                case capitalMessage = "Message"
            }
        }
        let body = try? JSONDecoder().decode(Body.self, from: Data(response.body))
        let type = response.headers.first(name: "x-amzn-errortype") ?? body?.type ?? body?.code
        code = type.map { String($0.prefix { $0 != ":" }.split(separator: "#").last ?? "") }
        queryCode = response.headers.first(name: "x-amzn-query-error").map { String($0.prefix { $0 != ";" }) }
        code = code ?? queryCode
        message = body?.message ?? body?.capitalMessage
    }

    private mutating func readXML(_ response: TransportResponse) {
        let scanner = XMLScanner(response.body)
        code = scanner.text(of: "Code")
        message = scanner.text(of: "Message")
        if let region = response.headers.first(name: "x-amz-bucket-region"), code == "PermanentRedirect" {
            message = "The bucket is in the region \(region); set AWS_REGION to it"
        }
    }

    /// A signature error's message goes on with the canonical request, session token included.
    private static func withoutRequestEcho(_ message: String) -> String {
        let firstLine = message.prefix { !$0.isNewline }
        return String(firstLine.prefix(maximumMessageLength))
    }

    /// The error that a caller sees.
    func error(_ response: TransportResponse, operation: String) -> AWSError {
        AWSError(
            .service,
            "\(operation) was refused: \(message ?? "AWS gave no reason")",
            serviceCode: code,
            queryCode: queryCode,
            httpStatus: response.status,
            requestID: response.requestID
        )
    }
}
