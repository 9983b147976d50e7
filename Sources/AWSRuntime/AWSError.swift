/// The one error of the AWS modules: what went wrong, in a sentence, and what AWS said about it.
///
/// Cancelling a task throws `CancellationError` instead. No value ever holds a secret: text from AWS is cut before
/// the parts that echo the signed request.
package struct AWSError: Error, Sendable, Equatable {
    /// The kinds of failure.
    package struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String {
            case configuration, argument, credentials, connection, timeout, responseTooLarge, malformedResponse
            case integrity, service
        }

        private let value: Value

        /// A setting is missing or malformed.
        package static let configuration = Code(value: .configuration)
        /// The caller passed something AWS would refuse, such as a message that is too long.
        package static let argument = Code(value: .argument)
        /// No credentials were found, or their source failed.
        package static let credentials = Code(value: .credentials)
        /// The connection could not be made or broke.
        package static let connection = Code(value: .connection)
        /// An attempt or the whole call took longer than its limit.
        package static let timeout = Code(value: .timeout)
        /// The response's body exceeds the limit of the call.
        package static let responseTooLarge = Code(value: .responseTooLarge)
        /// The response is not what the protocol allows.
        package static let malformedResponse = Code(value: .malformedResponse)
        /// A checksum does not match.
        package static let integrity = Code(value: .integrity)
        /// AWS answered with an error: see `serviceCode`, `httpStatus` and `requestID`.
        package static let service = Code(value: .service)

        package var description: String { value.rawValue }
    }

    /// The kind of failure.
    package var code: Code
    /// What happened, as a sentence for an operator: without a full stop, where the sentence is ours.
    package var message: String
    /// The service's own code, such as `QueueDoesNotExist` or `NoSuchBucket`.
    package var serviceCode: String?
    /// The code of the service's older query protocol, which SQS still sends along.
    package var queryCode: String?
    /// The HTTP status of the answer, if there was one.
    package var httpStatus: Int?
    /// What AWS support asks for: `x-amzn-requestid`, or `x-amz-request-id` with `x-amz-id-2` from S3.
    package var requestID: String?
    /// Whether the same call may succeed later without anybody changing anything.
    package var isRetryable: Bool

    package init(
        _ code: Code,
        _ message: String,
        serviceCode: String? = nil,
        queryCode: String? = nil,
        httpStatus: Int? = nil,
        requestID: String? = nil,
        isRetryable: Bool = false
    ) {
        self.code = code
        self.message = message
        self.serviceCode = serviceCode
        self.queryCode = queryCode
        self.httpStatus = httpStatus
        self.requestID = requestID
        self.isRetryable = isRetryable
    }
}

extension AWSError: CustomStringConvertible {
    /// Without a full stop at the end, as of every error; AWS's own messages come with one or without.
    package var description: String {
        let message = message.hasSuffix(".") ? String(message.dropLast()) : message
        let details = [
            serviceCode, httpStatus.map { "HTTP \($0)" }, requestID.map { "request \($0)" },
        ].compactMap(\.self)
        return details.isEmpty ? message : "\(message) (\(details.joined(separator: ", ")))"
    }
}
