#!/usr/bin/env python3
"""Writes NormalisationTable+Data.swift: what Unicode's Normalisation Form C needs.

    make-normalisation-table.py [OUTPUT]        `-` is standard output

The data come from PyPI's `unicodedata2`. The same package gives the same bytes each time. The end-to-end tests hold the
committed file against what this script makes.

The data are digits as swift_data.py writes them:
- marks: each code point that has a canonical combining class, four digits, and the class, two digits;
- decompositions: a code point, the first and the second of its canonical decomposition, four digits each; the second is
  0 where there is none, and 0x200000 is added to a code point that NFC does not compose again. Hangul's are computed.
"""

import sys
from pathlib import Path

import unicodedata2 as unicode
from swift_data import declaration, digits, source_file

OUTPUT = source_file("NormalisationTable+Data.swift")
CODE_POINTS = 0x110000
HANGUL = range(0xAC00, 0xD7A4)
NOT_COMPOSED = 0x200000
SOURCE = """\
// Made by Tests/Scripts/make-normalisation-table.py of Unicode {version}; see there what the digits mean.

extension NormalisationTable {{
{declarations}
}}
"""


def main():
    strings = {"marks": "".join(make_marks()), "decompositions": "".join(make_decompositions())}
    source = SOURCE.format(
        version=unicode.unidata_version, declarations="\n".join(map(declaration, strings, strings.values()))
    )
    output = sys.argv[1] if len(sys.argv) > 1 else OUTPUT
    if output == "-":
        print(source, end="")
    else:
        Path(output).write_text(source)


def make_marks():
    for code_point in range(CODE_POINTS):
        if combining_class := unicode.combining(chr(code_point)):
            yield digits(code_point, 4) + digits(combining_class, 2)


def make_decompositions():
    for code_point in range(CODE_POINTS):
        decomposition = unicode.decomposition(chr(code_point))
        if not decomposition or decomposition.startswith("<") or code_point in HANGUL:
            continue
        first, second = ([int(part, 16) for part in decomposition.split()] + [0])[:2]
        # So it is enough to decompose the first one further.
        assert not second or not unicode.decomposition(chr(second)), hex(code_point)
        is_composed = unicode.normalize("NFC", chr(code_point)) == chr(code_point)
        assert second or not is_composed, hex(code_point)
        yield digits(code_point | (0 if is_composed else NOT_COMPOSED), 4) + digits(first, 4) + digits(second, 4)


if __name__ == "__main__":
    main()
