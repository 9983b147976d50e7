/// Error correction codewords (ISO/IEC 18004:2015, section 7.5.2): remainders of a division by a generator polynomial
/// over the field of 256 elements modulo x⁸ + x⁴ + x³ + x² + 1.
struct ReedSolomon {
    /// Coefficients of the generator without the first, which is 1; highest power first.
    private let generator: [UInt8]

    /// - Parameter degree: How many codewords a block gets.
    init(degree: Int) {
        // The product of (x - 2⁰) to (x - 2^(degree - 1)).
        var product: [UInt8] = [1]
        var root: UInt8 = 1
        for _ in 0..<degree {
            product.append(0)
            for index in (1..<product.count).reversed() {
                product[index] ^= Self.multiply(product[index - 1], root)
            }
            root = Self.multiply(root, 2)
        }
        generator = Array(product.dropFirst())
    }

    func remainder(of data: some Collection<UInt8>) -> [UInt8] {
        var remainder = [UInt8](repeating: 0, count: generator.count)
        for byte in data {
            let factor = byte ^ remainder.removeFirst()
            remainder.append(0)
            for index in generator.indices { remainder[index] ^= Self.multiply(generator[index], factor) }
        }
        return remainder
    }

    private static func multiply(_ left: UInt8, _ right: UInt8) -> UInt8 {
        var product: UInt8 = 0
        for bit in (0..<8).reversed() {
            product = product << 1 ^ (product >> 7 == 1 ? 0x1D : 0)
            if right >> bit & 1 == 1 { product ^= left }
        }
        return product
    }
}
