import Glibc

/// Ends the process where a property does not hold: libFuzzer then keeps the input.
func check(
    _ holds: Bool, _ property: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) {
    guard !holds else { return }
    complain("\(file):\(line): it does not hold that \(property()).")
    abort()
}

/// The value; ends the process where there is none.
func require<Value>(
    _ value: Value?, _ property: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) -> Value {
    guard let value else {
        check(false, property(), file: file, line: line)
        abort()
    }
    return value
}

/// The result of `body`; ends the process where it throws.
func succeed<Value>(
    _ property: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line, _ body: () throws -> Value
) -> Value {
    do {
        return try body()
    } catch {
        check(false, "\(property()) (\(error))", file: file, line: line)
        abort()
    }
}

/// Writes a line to the standard error.
func complain(_ line: String) {
    _ = Array((line + "\n").utf8).withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
}
