import HTTPTypes
import Hummingbird
import NIOCore

@testable import ShrinkrAPI

/// A request without a connection, for units that look at nothing else.
func request(_ target: String = "/", host: String = "localhost", fields: HTTPFields = [:]) -> Request {
    Request(
        head: HTTPRequest(method: .get, scheme: "http", authority: host, path: target, headerFields: fields),
        body: RequestBody(buffer: ByteBuffer()))
}

/// Header fields from names and values, in order.
func fields(_ pairs: KeyValuePairs<String, String>) -> HTTPFields {
    var fields = HTTPFields()
    for (name, value) in pairs {
        if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
    }
    return fields
}
