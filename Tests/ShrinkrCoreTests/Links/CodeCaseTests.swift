import ShrinkrCore
import Testing

@Suite struct CodeCaseTests {
    @Test func keysAreEqualWhereCodesAreOne() throws {
        let (upper, lower) = (try #require(ShortCode("AbC-1_Z")), try #require(ShortCode("abc-1_z")))
        #expect(CodeCase.insensitive.key(upper) == lower)
        #expect(CodeCase.insensitive.key(lower) == lower)
        #expect(CodeCase.sensitive.key(upper) == upper)
        #expect(CodeCase.sensitive.key(upper) != CodeCase.sensitive.key(lower))
    }
}
