import ShrinkrCore
import Testing

@Suite("A visitor's hash") struct VisitorHashTests {
    @Test(
        "is 16 digits",
        arguments: [
            (0, "0000000000000000"), (1, "0000000000000001"), (0xABC, "0000000000000abc"),
            (0x0123_4567_89AB_CDEF, "0123456789abcdef"), (.max, "ffffffffffffffff"),
        ] as [(UInt64, String)])
    func bothWays(bits: UInt64, text: String) {
        #expect(VisitorHash(bits: bits).hexadecimal == text)
        #expect(VisitorHash(hexadecimal: text)?.bits == bits)
    }

    @Test(
        "is read from nothing else",
        arguments: [
            "", "0", "000000000000000", "00000000000000000", "000000000000000g", "0123456789ABCDEF", "+000000000000001",
            "-000000000000000", " 000000000000001", "000000000000001 ", "0x00000000000001", "é00000000000000",
        ])
    func misshapen(text: String) {
        #expect(VisitorHash(hexadecimal: text) == nil)
    }
}
