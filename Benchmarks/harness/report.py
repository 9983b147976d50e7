"""Tables: medians with their spread over the rounds, for the terminal and for README.md."""

import re
from pathlib import Path
from statistics import median

from .machine import description

README = Path(__file__).resolve().parents[1] / "README.md"


def number(value):
    """Three digits that mean something."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def spread(values):
    """The median, and in brackets the least and the greatest."""
    values = list(values)
    middle = number(median(values))
    return middle if len(values) == 1 else f"{middle} ({number(min(values))}–{number(max(values))})"


def ratio(over, under, key):
    """How many times: of each round's two figures, which were measured one after the other."""
    return spread(a[key] / b[key] for a, b in zip(over, under, strict=True) if b[key])


def table(heads, rows):
    """A Markdown table whose columns stand below each other on a terminal, too."""
    rows = [list(map(str, row)) for row in rows]
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    lines = [heads, ["-" * width for width in widths], *rows]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    )


def section(part, text, conditions):
    """What README.md holds of a part."""
    return f"<!-- begin {part} -->\n_{description()}; {conditions}._\n\n{text}\n<!-- end {part} -->"


def write(part, text, conditions):
    """Puts results into README.md in the place of the last ones of this part."""
    pattern = re.compile(rf"<!-- begin {part} -->.*?<!-- end {part} -->", re.DOTALL)
    page = README.read_text()
    if len(pattern.findall(page)) != 1:
        raise RuntimeError(f"README.md has no place for results of {part}")
    README.write_text(pattern.sub(lambda _: section(part, text, conditions), page))
