import CLibFuzzer
import Glibc

/// `shrinkr-fuzz`: libFuzzer's command line, on the target that `SHRINKR_FUZZ_TARGET` names.
///
/// A variable, not an argument: libFuzzer starts the program again for some of its work, with arguments of its own.
@main struct FuzzProgram {
    static let target = getenv("SHRINKR_FUZZ_TARGET").flatMap { FuzzTarget(rawValue: String(cString: $0)) }

    static func main() {
        guard target != nil else {
            let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
            complain("Set SHRINKR_FUZZ_TARGET to one of: \(names).")
            exit(2)
        }
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        exit(LLVMFuzzerRunDriver(&count, &arguments, testOneInput))
    }
}

/// What libFuzzer calls. Its archive is linked as a whole and asks for the function by this name as well.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    // A copy of exactly this size: what reads past its end is found.
    let input = Array(UnsafeBufferPointer(start: data, count: size))
    CostRule.measure(input) { FuzzProgram.target?.run(input) }
    return 0
}
