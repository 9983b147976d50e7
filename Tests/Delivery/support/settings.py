"""What our programs can be told by variables, and other facts that templates rely on, read from the sources."""

import re

from support.paths import REPOSITORY

_SETTING = re.compile(r"case \.(\w+):(.*?)(?=\n\s*case \.|\Z)", re.DOTALL)


def sources(*folders):
    """The text of all Swift files, or of those in some folders of `Sources`."""
    places = [REPOSITORY / "Sources" / folder for folder in folders] or [REPOSITORY / "Sources"]
    return "\n".join(path.read_text() for place in places for path in sorted(place.rglob("*.swift")))


_table = REPOSITORY / "Sources/ShrinkrLaunch/Settings/Setting+Declaration.swift"


def _variable(name):
    """`SHRINKR_HTTP_PORT` for `httpPort`: capitals begin words, and those in a row are one."""
    return "SHRINKR_" + re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper()


def _settings():
    found = {_variable(name): rest for name, rest in _SETTING.findall(_table.read_text())}
    assert len(found) > 40, "the sources' table of settings was not understood"
    return found


def known_variables():
    return set(_settings())


def secret_variables():
    return {name for name, rest in _settings().items() if "isSecret: true" in rest}


def seconds(text):
    """The length of a duration such as `25s` or `5m`."""
    number, unit = re.fullmatch(r"(\d+)(ms|s|m|h)", text).groups()
    return int(number) * {"ms": 0.001, "s": 1, "m": 60, "h": 3600}[unit]
