extension UInt8 {
    package var isASCIILetter: Bool {
        let lowercase = self | 0x20
        return lowercase >= UInt8(ascii: "a") && lowercase <= UInt8(ascii: "z")
    }

    package var isASCIIDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

    package var isASCIIAlphanumeric: Bool { isASCIILetter || isASCIIDigit }

    /// The byte itself, or the small letter for a capital one.
    package var asciiLowercased: UInt8 { isASCIILetter ? self | 0x20 : self }

    /// The value of a hexadecimal digit of either case.
    package var hexDigitValue: UInt8? {
        if isASCIIDigit { return self - UInt8(ascii: "0") }
        let lowercase = self | 0x20
        guard lowercase >= UInt8(ascii: "a"), lowercase <= UInt8(ascii: "f") else { return nil }
        return lowercase - UInt8(ascii: "a") + 10
    }
}
