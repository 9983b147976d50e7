import NIOCore

/// Percent-encodes what is not ASCII in a request line, in front of the parser, which refuses it: some clients send the
/// address of a link as it was typed, and browsers and other servers take it as UTF-8 that lacks its encoding.
///
/// Only the first line of a request is touched, and no byte that frames it, so what the parser takes for a request does not
/// change. Of requests that are sent ahead, before the answer to the one before, only what comes in a read of its own is.
final class TargetEscaper: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// Where in a request the connection is; what stands behind the parser says so.
    final class Position {
        /// Whether the next bytes belong to a request line.
        fileprivate(set) var isAtLine = true
        /// Whether the line has begun: empty lines before it are nothing (RFC 9112, section 2.2).
        fileprivate var hasBegun = false

        /// The header of a request has come.
        func readHead() { isAtLine = false }

        /// A request has ended.
        func readEnd() { (isAtLine, hasBegun) = (true, false) }
    }

    private let position: Position
    private let isBehindOthers: () -> Bool

    /// - Parameter isBehindOthers: Whether what is read now came behind requests that do not get here.
    init(position: Position, isBehindOthers: @escaping () -> Bool = { false }) {
        self.position = position
        self.isBehindOthers = isBehindOthers
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard position.isAtLine else { return context.fireChannelRead(data) }
        let buffer = unwrapInboundIn(data)
        let line = lineLength(of: buffer)
        guard buffer.readableBytesView.prefix(line).contains(where: { $0 >= 0x80 }), !isBehindOthers() else {
            return context.fireChannelRead(data)
        }
        context.fireChannelRead(wrapInboundOut(escaped(buffer, line: line, allocator: context.channel.allocator)))
    }

    /// How many bytes of the buffer belong to the line.
    private func lineLength(of buffer: ByteBuffer) -> Int {
        for (offset, byte) in buffer.readableBytesView.enumerated() {
            switch byte {
            case UInt8(ascii: "\n") where position.hasBegun:
                position.isAtLine = false
                return offset
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"): break
            default: position.hasBegun = true
            }
        }
        return buffer.readableBytes
    }

    private func escaped(_ buffer: ByteBuffer, line: Int, allocator: ByteBufferAllocator) -> ByteBuffer {
        let digits = Array("0123456789ABCDEF".utf8)
        var output = allocator.buffer(capacity: buffer.readableBytes + 2 * line)
        for byte in buffer.readableBytesView.prefix(line) {
            if byte < 0x80 {
                output.writeInteger(byte)
            } else {
                output.writeBytes([UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]])
            }
        }
        output.writeBytes(buffer.readableBytesView.dropFirst(line))
        return output
    }
}
