import Logging

extension JSONText {
    /// Writes a metadata value: numbers and booleans as themselves, everything else as strings, arrays and objects.
    ///
    /// Stops descending at ``LogLimits/depth`` and stops adding elements once the text is longer than a line may be:
    /// the caller then replaces the whole value.
    mutating func value(_ value: Logger.MetadataValue, depth: Int = 0) {
        switch value {
        case .string(let text):
            string(text, limit: LogLimits.valueBytes)
        case .stringConvertible(let value):
            scalar(value)
        case .array, .dictionary:
            if depth < LogLimits.depth {
                container(value, depth: depth)
            } else {
                string(SafeText.truncationMarker)
            }
        }
    }

    private mutating func scalar(_ value: any CustomStringConvertible & Sendable) {
        switch value {
        case is Int, is Int64, is Int32, is UInt, is UInt64, is UInt32, is UInt16, is UInt8, is Bool:
            literal(value.description)
        case let value as Double where value.isFinite:
            literal(value.description)
        default:
            string(value.description, limit: LogLimits.valueBytes)
        }
    }

    private mutating func container(_ value: Logger.MetadataValue, depth: Int) {
        switch value {
        case .array(let elements):
            openArray()
            for element in elements where bytes.count < LogLimits.lineBytes {
                self.value(element, depth: depth + 1)
            }
            closeArray()
        case .dictionary(let members):
            openObject()
            for (name, member) in members.sorted(by: { $0.key < $1.key }) where bytes.count < LogLimits.lineBytes {
                key(name, limit: LogLimits.keyBytes)
                self.value(member, depth: depth + 1)
            }
            closeObject()
        case .string, .stringConvertible:
            break
        }
    }
}
