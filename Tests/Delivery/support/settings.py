"""What our programs can be told by variables, and other facts that templates rely on, read from the sources."""

import re

from support.paths import REPOSITORY

_SETTING = re.compile(r'= Setting\(\s*"([a-z-]+)"(.*?)\)\n', re.DOTALL)


def sources(*folders):
    """The text of all Swift files, or of those in some folders of `Sources`."""
    places = [REPOSITORY / "Sources" / folder for folder in folders] or [REPOSITORY / "Sources"]
    return "\n".join(path.read_text() for place in places for path in sorted(place.rglob("*.swift")))


def _settings():
    found = {"SHRINKR_" + name.replace("-", "_").upper(): rest for name, rest in _SETTING.findall(sources())}
    assert len(found) > 30, "the sources' list of settings was not understood"
    return found


def known_variables():
    return set(_settings())


def secret_variables():
    return {name for name, rest in _settings().items() if "isSecret: true" in rest}


def seconds(text):
    """The length of a duration such as `25s` or `5m`."""
    number, unit = re.fullmatch(r"(\d+)(ms|s|m|h)", text).groups()
    return int(number) * {"ms": 0.001, "s": 1, "m": 60, "h": 3600}[unit]
