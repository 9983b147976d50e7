"""Instants as the API writes them: RFC 3339 in UTC."""

from datetime import datetime, timedelta, timezone

UTC = timezone.utc


def now():
    return datetime.now(UTC)


def parse(text):
    """Reads what the API answers. (Python reads the `Z` itself from version 3.11 on.)"""
    assert text.endswith("Z"), f"{text} is not in UTC"
    whole, _, fraction = text[:-1].partition(".")
    return datetime.fromisoformat(f"{whole}.{fraction or 0:0<6}+00:00")


def written(time):
    """Writes an aware datetime for a request."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def in_seconds(seconds):
    """The instant so many seconds from now, written for a request."""
    return written(now() + timedelta(seconds=seconds))
