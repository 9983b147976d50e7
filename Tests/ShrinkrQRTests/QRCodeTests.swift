import Testing

@testable import ShrinkrQR

/// What independent readers make of the pictures is in `Tests/EndToEnd/test_qr.py`.
@Suite("QR codes", .timeLimit(.minutes(10))) struct QRCodeTests {
    /// ISO/IEC 18004:2015, table 7, byte mode.
    @Test(
        "hold as many bytes as the standard says",
        arguments: [
            (QRCode.Level.low, [17, 32, 53, 78, 106, 134, 154, 192, 230, 271]),
            (.medium, [14, 26, 42, 62, 84, 106, 122, 152, 180, 213]),
            (.quartile, [11, 20, 32, 46, 60, 74, 86, 108, 130, 151]),
            (.high, [7, 14, 24, 34, 44, 58, 64, 84, 98, 119]),
        ])
    func capacities(level: QRCode.Level, capacities: [Int]) throws {
        for (index, capacity) in capacities.enumerated() {
            let bytes = [UInt8](repeating: 0x61, count: capacity)
            #expect(try QRCode(bytes, level: level).version == index + 1)
            #expect(try QRCode(bytes + [0x61], level: level).version == index + 2)
        }
    }

    @Test(
        "refuse what the largest does not hold",
        arguments: [(QRCode.Level.low, 2_953), (.medium, 2_331), (.quartile, 1_663), (.high, 1_273)])
    func tooLong(level: QRCode.Level, capacity: Int) throws {
        #expect(try QRCode([UInt8](repeating: 0, count: capacity), level: level).size == 177)
        #expect(throws: QRCodeError.tooLong(bytes: capacity + 1, capacity: capacity)) {
            try QRCode([UInt8](repeating: 0, count: capacity + 1), level: level)
        }
    }

    /// ISO/IEC 18004:2015, annex I, which has the codewords of "01234567" in version 1, level M.
    @Test("have the error correction of the standard's example")
    func errorCorrection() {
        let data: [UInt8] = [
            0x10, 0x20, 0x0C, 0x56, 0x61, 0x80, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11,
        ]
        #expect(
            ReedSolomon(degree: 10).remainder(of: data)
                == [0xA5, 0x24, 0xD4, 0xC1, 0xED, 0x36, 0xC7, 0x87, 0x2C, 0x55])
    }

    @Test("are drawn in colours that a camera can tell apart")
    func colours() throws {
        let yellow = try #require(QRPicture.Colour(hexadecimal: "FFd700".utf8))
        #expect(yellow.hexadecimal == "ffd700")
        #expect(QRPicture.canBeRead(dark: .black, light: yellow))
        #expect(!QRPicture.canBeRead(dark: yellow, light: .black))
        #expect(!QRPicture.canBeRead(dark: yellow, light: .white))
        for text in ["", "fff", "fffffff", "ggffff", "#fffff", "ｆfffff"] {
            #expect(QRPicture.Colour(hexadecimal: text.utf8) == nil)
        }
    }
}
