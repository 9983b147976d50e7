extension ImageReference {
    /// The account and the region of a private registry of Amazon ECR; `nil` for any other registry.
    ///
    /// Hosts look like `123456789012.dkr.ecr.eu-central-1.amazonaws.com`, or `….amazonaws.com.cn` in China.
    var ecr: (account: String, region: String)? {
        let parts = registry.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 6, parts[1] == "dkr", parts[2] == "ecr", parts[4] == "amazonaws", parts[5] == "com",
            parts[0].utf8.count == 12, parts[0].utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return (String(parts[0]), String(parts[3]))
    }
}
