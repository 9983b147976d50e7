"""Data as Swift source: strings of digits to the base 64, from `0` (0) to `o` (63); compilers take long for arrays of
this size."""

from pathlib import Path

LINE = 108


def digits(number, count):
    return "".join(chr(ord("0") + (number >> 6 * place & 63)) for place in reversed(range(count)))


def declaration(name, text):
    lines = [text[start : start + LINE] for start in range(0, len(text), LINE)]
    return f'    static let {name}Data: StaticString = #"""\n        ' + "\\#\n        ".join(lines) + '\n        """#'


def source_file(name):
    """The path of the source file of this name, whichever folder it is in."""
    [path] = (Path(__file__).resolve().parents[2] / "Sources").rglob(name)
    return path
