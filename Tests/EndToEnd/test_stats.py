"""Statistics: intervals in any time zone, breakdowns, and what "as of" means.

The clicks come from frames made by hand, at times that are known; what is expected is worked out here, by Python's
own calendar and time zone database.
"""

from collections import Counter
from datetime import datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest

from support.aws import Bucket, Queue
from support.checks import assert_clicks
from support.client import CHROME, GOOGLEBOT
from support.frames import Journal, click, visitor
from support.services import make_services
from support.times import UTC, now, parse
from support.waiting import eventually

CODE = "measured"
ZONES = ["UTC", "Asia/Kolkata", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"]


def clicks():
    """A click every 5 h 10 min over the two days on which clocks change in Berlin in 2025, and what is around them."""
    made = []
    for start in (datetime(2025, 3, 27, tzinfo=UTC), datetime(2025, 10, 24, tzinfo=UTC)):
        for number in range(28):
            time = start + timedelta(hours=5, minutes=10) * number
            agent = GOOGLEBOT if number % 4 == 0 else CHROME
            country = ["DE", "IN", "US"][number % 3]
            referrer = ["https://news.example.org/a", None][number % 2]
            extra = {"referrer": referrer} if referrer else {}
            made.append(
                (time, agent, click(CODE, time, agent=agent, country=country, visitor=visitor(number % 5), **extra))
            )
    return made


CLICKS = clicks()


@pytest.fixture(scope="module")
def counted(shared_launch, aws, tmp_path_factory):
    """A client of an installation in which exactly CLICKS are counted."""
    queue, bucket = Queue(aws), Bucket(aws)
    api, worker = make_services(shared_launch, aws, queue, bucket, tmp_path_factory.mktemp("counted"))
    api.start()
    client = api.client()
    client.create(code=CODE)
    client.create(code="untouched")
    journal = Journal()
    for start in range(0, len(CLICKS), 10):
        queue.send(journal.frame([body for _, _, body in CLICKS[start : start + 10]]))
    worker.start()
    query = urlencode({"from": "2025-03-01T00:00:00Z", "to": "2025-11-01T00:00:00Z"})
    eventually(
        lambda: client.stats(CODE, query)["totals"]["clicks"] >= len(CLICKS), within=60, what="all clicks are counted"
    )
    return client


def stats(client, code=CODE, **parameters):
    return client.stats(code, urlencode({name.rstrip("_"): value for name, value in parameters.items()}))


def steps(start, end, interval):
    """Starts of the local intervals from `start` up to `end`, both aware local datetimes on a boundary."""
    found, at = [], start
    while at < end:
        found.append(at)
        if interval == "hour":
            at = (at.astimezone(UTC) + timedelta(hours=1)).astimezone(start.tzinfo)
        elif interval == "day":
            at = (at.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=start.tzinfo)
        elif interval == "week":
            at = (at.replace(tzinfo=None) + timedelta(days=7)).replace(tzinfo=start.tzinfo)
        else:
            at = at.replace(year=at.year + at.month // 12, month=at.month % 12 + 1)
    return found


def expected_series(starts, end):
    edges = [start.astimezone(UTC) for start in starts] + [end.astimezone(UTC)]
    series = []
    for first, after in zip(edges, edges[1:], strict=False):
        inside = [agent for time, agent, _ in CLICKS if first <= time < after]
        bots = inside.count(GOOGLEBOT)
        series.append((first, len(inside) - bots, bots))
    return series


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("interval", "start", "end"),
    [
        ("hour", (2025, 3, 29), (2025, 3, 31)),
        ("hour", (2025, 10, 25), (2025, 10, 28)),
        ("day", (2025, 3, 20), (2025, 4, 10)),
        ("day", (2025, 10, 20), (2025, 11, 5)),
        ("week", (2025, 3, 3), (2025, 11, 3)),
        ("month", (2025, 1, 1), (2026, 1, 1)),
    ],
)
def test_series_follow_the_local_calendar(counted, zone, interval, start, end):
    local = ZoneInfo(zone)
    first, last = datetime(*start, tzinfo=local), datetime(*end, tzinfo=local)
    answer = stats(counted, from_=first.isoformat(), to=last.isoformat(), interval=interval, tz=zone)
    found = [(parse(p["t"]), p["people"], p["bots"]) for p in answer["series"]]
    assert found == expected_series(steps(first, last, interval), last)
    assert (answer["interval"], answer["tz"], answer["code"]) == (interval, zone, CODE)
    people, bots = (sum(point[i] for point in found) for i in (1, 2))
    totals = answer["totals"]
    assert (totals["people"], totals["bots"], totals["clicks"]) == (people, bots, people + bots)


def whole(client, **parameters):
    return stats(client, from_="2025-03-01T00:00:00Z", to="2025-11-01T00:00:00Z", **parameters)


def test_group_by(counted):
    by_country = whole(counted, group_by="country")["groups"]
    expected = {}
    for _, agent, body in CLICKS:
        people, bots = expected.get(body["country"], (0, 0))
        expected[body["country"]] = (people + (agent == CHROME), bots + (agent != CHROME))
    assert {g["value"]: (g["people"], g["bots"]) for g in by_country} == expected
    referred = Counter("referrer" in body for _, _, body in CLICKS)
    by_referrer = whole(counted, group_by="referrer")["groups"]
    tally = next(g for g in by_referrer if g["value"] == "news.example.org")
    assert tally["people"] + tally["bots"] == referred[True]
    for dimension in ("browser", "os", "device", "language"):
        groups = whole(counted, group_by=dimension)["groups"]
        assert sum(g["people"] + g["bots"] for g in groups) == len(CLICKS), dimension


def test_visitors_are_people_per_day(counted):
    days = {(time.date(), body["visitor"]) for time, agent, body in CLICKS if agent == CHROME}
    assert whole(counted)["totals"]["visitors"] == len(days)


def test_as_of_and_complete(launch):
    """`as_of` moves on by itself, and once it has passed the end of a range, its numbers are complete."""
    server = launch.start("shrinkr", SHRINKR_FLUSH_INTERVAL="1s")
    client = server.client()
    client.create(code="fresh")
    assert client.follow("fresh").status == 302
    followed = now()

    def caught_up():
        answer = client.stats("fresh")
        return answer["as_of"] and parse(answer["as_of"]) >= followed and answer

    answer = eventually(caught_up, within=30, what="the numbers are as of after the click")
    assert answer["totals"]["clicks"] == 1
    assert parse(answer["as_of"]) <= now()
    past = client.stats("fresh", "from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z")
    assert past["complete"] is True
    # A range that reaches into the future is as complete as one that ends now.
    ahead = (followed + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    eventually(lambda: client.stats("fresh", f"to={ahead}")["complete"], within=30, what="all but the last seconds counts")
    assert_clicks(client, {"fresh": 1})
