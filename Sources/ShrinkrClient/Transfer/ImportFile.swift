import Glibc
import ShrinkrBase

/// A file with links: a table (CSV), JSON, or JSON on each line.
package struct ImportFile {
    /// Why a file cannot be read.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Most bytes of a file: a few million links.
    private static let maximumBytes = 512 << 20
    private static let chunk = 1 << 20

    private enum Rows {
        case table(CSVReader, names: [UntrustedText])
        case list(ArraySlice<JSONValue>)
        case lines(ArraySlice<UInt8>)
    }

    private var rows: Rows
    private var number = 0

    /// - Parameter bytes: the whole file.
    package init(_ bytes: [UInt8]) throws(Failure) {
        let start = bytes.first { $0 > 0x20 && $0 != 0xEF && $0 != 0xBB && $0 != 0xBF }
        guard let start else { throw Failure(description: "the file is empty") }
        if start == UInt8(ascii: "[") || start == UInt8(ascii: "{") {
            if let document = try? JSONParser.parse(bytes), let list = Self.list(document) {
                rows = .list(list[...])
            } else {
                rows = .lines(bytes[...])
            }
            return
        }
        var reader = CSVReader(bytes)
        do {
            let titles = try reader.next()?.fields ?? []
            rows = .table(reader, names: titles.map { ImportEntry.folded(UntrustedText(bytes: $0)) })
        } catch {
            throw Failure(description: error.description)
        }
    }

    /// The list in a document: itself, or what it calls so.
    private static func list(_ document: JSONValue) -> [JSONValue]? {
        if let items = document.items { return items }
        let inner = document["shortUrls"]["data"].items ?? document["data"].items ?? document["links"].items
        return inner ?? document["results"].items
    }

    /// The next link, with its line or number; nil at the end.
    ///
    /// - Throws: ``Failure`` where the file cannot be read any further.
    package mutating func next() throws(Failure) -> (place: Int, entry: ImportEntry?)? {
        number += 1
        switch rows {
        case .table(var reader, let names):
            do {
                guard let row = try reader.next() else { return nil }
                rows = .table(reader, names: names)
                return (row.line, ImportEntry(names: names, fields: row.fields.map(CSVRow.withoutMark)))
            } catch {
                throw Failure(description: error.description)
            }
        case .list(var list):
            guard let document = list.popFirst() else { return nil }
            rows = .list(list)
            return (number, ImportEntry(document))
        case .lines(var rest):
            while true {
                guard !rest.isEmpty else { return nil }
                let line = rest.prefix { $0 != UInt8(ascii: "\n") }
                rest = rest.dropFirst(line.count + 1)
                rows = .lines(rest)
                if UntrustedText(bytes: line).trimmed.isEmpty {
                    number += 1
                    continue
                }
                return (number, (try? JSONParser.parse(Array(line))).flatMap { ImportEntry($0) })
            }
        }
    }

    /// Reads a whole file, or standard input under the name `-`.
    package static func bytes(_ path: String) throws(Failure) -> [UInt8] {
        let isInput = UntrustedText(path).equals("-")
        let file = isInput ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure(path) }
        defer { if !isInput { close(file) } }
        var (bytes, part) = ([UInt8](), [UInt8](repeating: 0, count: chunk))
        while true {
            let count = part.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(path) }
            if count == 0 { return bytes }
            bytes.append(contentsOf: part[..<count])
            guard bytes.count <= maximumBytes else {
                throw Failure(description: "\(path) is larger than \(maximumBytes >> 20) MiB; divide it")
            }
        }
    }

    private static func failure(_ path: String) -> Failure {
        Failure(description: "\(path) could not be read: \(String(cString: strerror(errno)))")
    }
}
