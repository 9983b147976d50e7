#!/usr/bin/env python3
"""Writes IDNATable+Data.swift: what Unicode says of code points in domain names.

    make-idna-table.py [OUTPUT]        `-` is standard output

The data come from PyPI: UTS #46's mapping and the joining types from `idna`, the rest from `unicodedata2`; both must
be of one Unicode version. The same packages give the same bytes each time. The end-to-end tests hold the committed file
against what this script makes.

The data are digits as swift_data.py writes them:
- ranges: the first code point (four digits) and what holds up to the next range (three digits);
- mappings: the code points that others are mapped to, four digits each, 0x200000 added to the last of a mapping.
What holds is 0x8000 + index of the first code point mapped to; or 0x7000 for ignored, 0x7001 for disallowed; else
bidirectional class << 12 | joining type << 9 | 0x100 for a mark | canonical combining class.
"""

import sys
from bisect import bisect_right
from pathlib import Path

import unicodedata2 as unicode
from idna import idnadata, uts46data
from swift_data import declaration, digits, source_file

OUTPUT = source_file("IDNATable+Data.swift")
CODE_POINTS = 0x110000
HANGUL = range(0xAC00, 0xD7A4)
SOURCE = """\
// Made by Tests/Scripts/make-idna-table.py of Unicode {version}; see there what the digits mean.

extension IDNATable {{
{declarations}
}}
"""
IGNORED, DISALLOWED, MAPPED = 0x7000, 0x7001, 0x8000
# As CodePointProperties.Joining numbers them.
JOINING = {"L": 1, "R": 2, "D": 3, "T": 4}
# As CodePointProperties.Direction numbers them; any other class is 6.
BIDIRECTIONAL = {
    "L": 0, "R": 1, "AL": 1, "AN": 2, "EN": 3, "ES": 4, "CS": 4, "ET": 4, "ON": 4, "BN": 4, "NSM": 5,
}  # fmt: skip


def main():
    versions = {unicode.unidata_version, idnadata.__version__, uts46data.__version__}
    assert len(versions) == 1, f"data of different Unicode versions: {versions}"
    statuses = Statuses()
    mappings = Mappings()
    ranges = list(make_ranges(statuses, mappings))
    check_compositions(statuses)
    strings = {
        "ranges": "".join(digits(first, 4) + digits(value, 3) for first, value in ranges),
        "mappings": "".join(digits(code_point, 4) for code_point in mappings.code_points),
    }
    source = SOURCE.format(version=versions.pop(), declarations="\n".join(map(declaration, strings, strings.values())))
    output = sys.argv[1] if len(sys.argv) > 1 else OUTPUT
    if output == "-":
        print(source, end="")
    else:
        Path(output).write_text(source)


class Statuses:
    """UTS #46's status of each code point: V valid, D deviation (valid, nontransitionally), M mapped, I ignored, X."""

    def __init__(self):
        self.starts = list(uts46data.uts46_starts)

    def __getitem__(self, code_point):
        index = bisect_right(self.starts, code_point) - 1
        return chr(uts46data.uts46_statuses[index]), uts46data.uts46_replacements[index]

    def is_valid(self, code_point):
        return self[code_point][0] in "VD"


class Mappings:
    """The mapped code points one after the other, each mapping once."""

    def __init__(self):
        self.code_points = []
        self.places = {}

    def place(self, text):
        if text not in self.places:
            self.places[text] = len(self.code_points)
            self.code_points += map(ord, text)
            self.code_points[-1] |= 0x200000
        return self.places[text]


def make_ranges(statuses, mappings):
    joining_types = make_joining_types()
    previous = None
    for code_point in range(CODE_POINTS):
        value = describe(code_point, statuses, mappings, joining_types)
        if value != previous:
            yield code_point, value
        previous = value


def describe(code_point, statuses, mappings, joining_types):
    status, replacement = statuses[code_point]
    if status == "M":
        assert all(statuses.is_valid(ord(mapped)) for mapped in replacement), hex(code_point)
        return MAPPED | mappings.place(replacement)
    if status == "I":
        return IGNORED
    if status == "X":
        return DISALLOWED
    text = chr(code_point)
    bidirectional = BIDIRECTIONAL.get(unicode.bidirectional(text), 6)
    mark = unicode.category(text).startswith("M")
    return bidirectional << 12 | joining_types.get(code_point, 0) << 9 | mark << 8 | unicode.combining(text)


def make_joining_types():
    return {
        code_point: JOINING[name]
        for name, ranges in idnadata.joining_types.items() if name in JOINING
        for packed in ranges
        for code_point in range(packed >> 32, packed & 0xFFFFFFFF)
    }  # fmt: skip


def check_compositions(statuses):
    """NFC, which knows nothing of names, makes nothing of valid code points that may not stand in a name."""
    for composed in range(CODE_POINTS):
        decomposition = unicode.decomposition(chr(composed))
        if not decomposition or decomposition.startswith("<") or composed in HANGUL:
            continue
        parts = [int(part, 16) for part in decomposition.split()]
        is_primary = len(parts) == 2 and unicode.normalize("NFC", chr(composed)) == chr(composed)
        if statuses.is_valid(composed):
            assert is_primary and all(map(statuses.is_valid, parts)), hex(composed)
        elif is_primary:
            assert not all(map(statuses.is_valid, parts)), hex(composed)


if __name__ == "__main__":
    main()
