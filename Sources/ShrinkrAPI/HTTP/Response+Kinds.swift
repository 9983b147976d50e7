import HTTPTypes
import Hummingbird
import NIOCore
import ShrinkrBase
import ShrinkrWeb

extension Response {
    /// An answer with a JSON body.
    init(status: HTTPResponse.Status, json: JSONValue, headers: HTTPFields = [:]) {
        self.init(status: status, type: "application/json", bytes: json.bytes, headers: headers)
    }

    /// An answer with a body of any type.
    init(status: HTTPResponse.Status, type: String, bytes: [UInt8], headers: HTTPFields = [:]) {
        var headers = headers
        headers[.contentType] = type
        // A browser that guesses at types could take a text of a client's for a page.
        headers[.xContentTypeOptions] = "nosniff"
        headers[.contentLength] = String(bytes.count)
        self.init(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

extension Problem {
    /// The answer: a problem document, or a page for people whose browser asks for one outside the API.
    func response(for request: Request, requestID: String) -> Response {
        var headers = headers
        headers[.cacheControl] = "no-store"
        guard !UntrustedText(request.uri.path).begins(with: "/api/"), Accept(request.headers).prefersHTML else {
            return Response(
                status: status, type: "application/problem+json", bytes: document(requestID: requestID).bytes,
                headers: headers)
        }
        return HTMLPage(title: title, paragraphs: [.text(detail)]).response(status: status, headers: headers)
    }
}
