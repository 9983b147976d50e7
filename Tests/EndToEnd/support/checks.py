"""Comparisons that several tests make."""

import gzip
import json

from .client import assert_problem
from .waiting import eventually


def assert_clicks(client, expected, *, within=60):
    """Waits until each link has the clicks expected of it, no fewer and no more. `expected`: clicks per code.

    The sum over everything is waited for, as one request; then every link is looked at.
    """
    total = sum(expected.values())
    wait_for_clicks(client, total, within=within)
    found = {code: client.clicks(code) for code in expected}
    wrong = {code: (found[code], expected[code]) for code in expected if found[code] != expected[code]}
    assert not wrong, f"(counted, expected) of {len(wrong)} links: {dict(list(wrong.items())[:20])}"
    assert client.clicks() == total


def wait_for_clicks(client, total, *, within=60):
    """Waits until at least so many clicks are counted over all links."""

    def enough():
        counted = client.clicks()
        assert counted >= total, f"{counted} clicks counted"
        return True

    eventually(enough, within=within, what=f"{total} clicks are counted")


def assert_unavailable(answer):
    """The database cannot be reached, and the answer says when to try again."""
    assert_problem(answer, 503, "unavailable")
    assert int(answer.headers["Retry-After"]) > 0, answer


def assert_drained(queue, *, within=60):
    """Waits until the queue is empty; nothing may have died on the way."""
    eventually(lambda: queue.size() == 0, within=within, what="the click queue is empty")
    assert queue.dead() == 0, queue.dead_bodies()[:3]


def report_lines(data):
    """The JSON objects of a report file, which is gzip over lines of JSON."""
    text = gzip.decompress(data).decode()
    assert text.endswith("\n"), text[-100:]
    return [json.loads(line) for line in text.splitlines()]


def report_tallies(files):
    """People and bots per code, summed over report files of the same kind (hourly or daily)."""
    tallies = {}
    for data in files:
        for line in report_lines(data):
            people, bots = tallies.get(line["code"], (0, 0))
            tallies[line["code"]] = (people + line["people"], bots + line["bots"])
    return tallies
