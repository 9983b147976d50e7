"""Data as Swift source: strings of digits to the base 64, from `0` (0) to `o` (63); compilers take long for arrays of
this size."""

LINE = 108


def digits(number, count):
    return "".join(chr(ord("0") + (number >> 6 * place & 63)) for place in reversed(range(count)))


def declaration(name, text):
    lines = [text[start : start + LINE] for start in range(0, len(text), LINE)]
    return f'    static let {name}Data: StaticString = #"""\n        ' + "\\#\n        ".join(lines) + '\n        """#'
