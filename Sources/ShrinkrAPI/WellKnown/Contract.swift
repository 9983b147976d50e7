/// The contract that the server hands out: `openapi.yaml`, with this server's own address in it.
enum Contract {
    /// What the file says of servers, since it has to name one.
    private static let placeholder = """
          - url: http://127.0.0.1:8000
            description: A server started with its defaults.

        """

    /// - Parameter origin: Under which the server answers, without a slash at its end.
    static func document(origin: String) -> [UInt8] {
        let (file, placeholder) = (PackageResources.openapi_yaml, Array(Self.placeholder.utf8))
        guard let start = file.firstIndex(of: placeholder) else { return file }
        // An origin is ASCII without quotes (``DestinationURL``).
        let server = Array("  - url: \"\(origin)\"\n    description: This server.\n".utf8)
        return Array(file[..<start]) + server + file[(start + placeholder.count)...]
    }
}

extension [UInt8] {
    /// Where a run of bytes begins for the first time.
    fileprivate func firstIndex(of run: [UInt8]) -> Int? {
        guard let first = run.first else { return nil }
        return indices.first { self[$0] == first && self[$0...].starts(with: run) }
    }
}
