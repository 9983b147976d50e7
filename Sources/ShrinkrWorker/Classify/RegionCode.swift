import ShrinkrCore

/// Reads a country's code.
enum RegionCode {
    /// Two letters in upper case (ISO 3166-1 alpha-2); ``ClassifiedClick/unknown`` for anything else, and for `XX`,
    /// which is nobody's code and what proxies send when they do not know.
    static func read(_ country: String?) -> String {
        guard let country, country.utf8.count == 2, country.utf8.allSatisfy(\.isASCIILetter) else {
            return ClassifiedClick.unknown
        }
        let code = UntrustedText(country).uppercasedASCII
        return code.equals("XX") ? ClassifiedClick.unknown : code.string
    }
}
