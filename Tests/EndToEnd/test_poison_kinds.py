"""Whatever else is in the queue, good clicks are counted as soon as they come, and nothing else is."""

import json
import random
from collections import Counter
from datetime import datetime, timedelta

import pytest

from support.checks import assert_clicks, assert_drained
from support.database import opened
from support.frames import Journal, click
from support.stage import Deliveries
from support.times import UTC, now
from support.waiting import eventually

MEBIBYTE = 1 << 20


@pytest.fixture
def stage(make_stage):
    return make_stage(**poison_settings(seconds=2))


def poison_settings(*, seconds, deliveries=5):
    """Poison dies only after so many times these seconds. One receiver: the SQS server here fails now and then where two
    of them let a message die at once, and each failure costs messages a delivery."""
    return {"deliveries": deliveries, "SHRINKR_VISIBILITY_TIMEOUT": f"{seconds}s", "SHRINKR_RECEIVERS": "1"}


def frame(**members):
    """A good frame of one good click, but for these members."""
    good = {"v": 1, "journal": Journal().identity, "frame": 1, "clicks": [click("alive", now())]}
    return without_missing(good | members)


def with_click(**members):
    """A good frame, but for these members of its click."""
    return frame(clicks=[without_missing(click("alive", now()) | members)])


def without_missing(members):
    return {name: value for name, value in members.items() if value is not MISSING}


MISSING = object()
INFINITY, NAN = float("inf"), float("nan")


def not_json():
    good = json.dumps(frame())
    yield from ["this is no JSON", " ", "null", "true", "1", "1e999", '""', "[]", "{}", "[{}]", "\ufeff" + good[:-1]]
    yield from [good[:size] for size in range(1, len(good), 61)]
    yield from [good + "}", good + good, good.replace('"', "'"), good.replace(":", "="), good[1:], "[" + good + "]"]
    yield good.replace("alive", "al\tive")
    yield good.replace("alive", "\\ud800")
    yield good.replace("alive", "\\u12")
    yield good.replace("alive", "\\x61live")


def wrong_members():
    for version in (0, 2, -1, 1.5, 10**30, "1", None, True, [1], MISSING):
        yield frame(v=version)
    for journal in ("", "no-uuid", Journal().identity.upper(), Journal().identity[:-1], 1, None, [], MISSING):
        yield frame(journal=journal)
    for number in (0, -1, 1.5, 1 << 63, 10**30, 1e308, INFINITY, NAN, "1", None, True, [], MISSING):
        yield frame(frame=number)
    for clicks in (None, 1, "", {}, [1], [None], [[]], [{}], [[click("alive", now())]], MISSING):
        yield frame(clicks=clicks)


def wrong_clicks():
    year_9999 = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp() * 1000)
    times = (-1, 0, 1.5, 1_577_836_799_999, year_9999, 1 << 63, -(1 << 63) - 1, 1e300, -1e300, 1e-300, INFINITY,
             -INFINITY, NAN, 10**400, "1795378500000", None, True, [], MISSING)  # fmt: skip
    for time in times:
        yield with_click(t=time)
    for code in ("", "no code at all", "a" * 65, "\u00e4", "a/b", "a\0b", 1, None, [], MISSING):
        yield with_click(code=code)
    for method in ("POST", "get", "", 1, None, MISSING):
        yield with_click(method=method)
    yield with_click(ua=1)
    yield with_click(referrer=["https://example.org/"])
    yield with_click(prefetch="yes")
    # One bad click, and all that came in its frame dies with it: a frame is counted whole or not at all.
    yield frame(clicks=[click("alive", now()), without_missing(click("alive", now()) | {"t": -1})])


def deep_and_large():
    good = json.dumps(frame())
    for depth in (600, 40_000):
        yield good.replace('"clicks": [', '"clicks": [' + "[" * depth + "]" * depth + ",")
        yield good[:-1] + ', "new": ' + "[" * depth + "]" * depth + "}"
        yield good[:-1] + ', "new": ' + '{"a":' * depth + "1" + "}" * depth + "}"
    yield frame(clicks=[{"t": click("alive", now())["t"], "code": "alive", "method": "GET"}] * 10_001)
    yield with_click(ua="x" * 300_000)
    chance = random.Random(1)
    rubbish = "".join(chance.choices("abcdefghijklmnopqrstuvwxyz0123456789{}[]\":, ", k=MEBIBYTE))
    yield from [rubbish, " " * MEBIBYTE, "[" * MEBIBYTE, '"' * MEBIBYTE, "\u00e4" * (MEBIBYTE // 2), "9" * MEBIBYTE]


def test_poison_dies_alone(stage):
    assert_dies_alone(stage, [*not_json(), *wrong_members(), *wrong_clicks()])


def test_large_poison_dies_alone(make_stage):
    # Receiving ten megabytes takes a while, and a test machine is slow: messages stay hidden for longer than that.
    stage = make_stage(**poison_settings(seconds=6, deliveries=2))
    assert_dies_alone(stage, [*deep_and_large()])


def assert_dies_alone(stage, kinds):
    """Sends all that is bad with a good frame behind each: those are counted at once, and nothing else ever."""
    stage.start()
    stage.client.create(code="alive")
    deliveries = stage.proxy.watch = Deliveries()
    poison = [body if isinstance(body, str) else json.dumps(body) for body in kinds]
    journal = Journal()
    good = []
    for body in poison:
        good.append(journal.frame([click("alive", now())]))
        stage.queue.send(body)
        stage.queue.send(good[-1])
    stage.expected["alive"] = len(good)

    eventually(lambda: len(deliveries.deleted) == len(good), within=120, what="all good messages are deleted")
    others = Counter(deliveries.bodies[name] for name in deliveries.deleted) - Counter(good)
    assert not others, "other messages were counted"
    # Poison beside it costs a message one more delivery at most, and that only where an answer was lost.
    assert max(deliveries.deleted.values()) <= 2, deliveries.deleted
    eventually(lambda: stage.queue.dead() == len(poison), within=180, every=0.5, what="all poison is dead")
    others = Counter(stage.queue.dead_bodies()) - Counter(poison)
    assert not others, "other messages died"
    eventually(lambda: stage.queue.size() == 0, what="the queue is empty")
    assert stage.client.clicks("alive") == stage.client.clicks() == len(good)
    assert stage.worker.metric("shrinkr_worker_poison_messages_total") >= len(poison)


def test_ten_messages_of_a_mebibyte_at_once(make_stage):
    """The largest answer that SQS can give, escaped as much as JSON allows, is read."""
    stage = make_stage(SHRINKR_VISIBILITY_TIMEOUT="60s")
    stage.api.start()
    stage.client.create(code="alive")
    poison = [f"{number}" + "\u00e4" * (MEBIBYTE // 2 - 1) for number in range(9)]
    good = Journal().frame([click("alive", now())])
    for body in [*poison[:5], good, *poison[5:]]:
        stage.queue.send(body)
    deliveries = stage.proxy.watch = Deliveries()
    stage.worker.start()
    stage.expected["alive"] = 1
    eventually(lambda: deliveries.deleted, what="the good message is deleted")
    assert list(deliveries.deleted.values()) == [1]
    assert stage.client.clicks("alive") == 1
    assert stage.worker.metric("shrinkr_worker_receive_failures_total") == 0


def odd_frames():
    """Frames that are unusual and good: clicks of `alive` in each, and how many."""
    moment = now()
    identity = Journal().identity
    yield frame(frame=(1 << 63) - 1), 1
    yield frame(journal=identity, frame=(1 << 63) - 1), 1
    yield frame(journal=identity, frame=(1 << 63) - 2), 1
    yield frame(journal=identity, frame=1), 1
    yield frame(clicks=[]), 0
    yield frame() | {"new": 10**4_000, "newer": {"deep": [[[[1]]]], "text": "x" * 200_000}}, 1
    yield frame(clicks=[click("alive", moment)] * 1_000), 1_000
    yield with_click(ua="x" * 200_000, lang="en-" + "y" * 10_000, referrer="https://" + "z" * 9_000 + ".example/"), 1
    yield with_click(ua="", lang="", referrer="", country="", ip="", visitor=""), 1
    yield with_click(ua="\0\x01\x7f", lang="\0", referrer="https://a\0b.example/", country="\0\0"), 1
    yield with_click(ua="\U0001f600" * 100, referrer="https://b\u00fccher.example/", country="\u00e4\u00e4"), 1
    yield with_click(ip="999.1.1.1", visitor="not hexadecimal"), 1
    yield with_click(t=int(datetime(2199, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC).timestamp() * 1000)), 1
    yield with_click(t=int(datetime(2020, 1, 1, tzinfo=UTC).timestamp() * 1000)), 1
    spread = [click("alive", moment - timedelta(hours=hours)) for hours in range(200)]
    yield frame(clicks=spread), 200


def test_odd_frames_are_counted_and_break_nothing(stage):
    stage.start()
    client = stage.client
    client.create(code="alive")
    for body, clicks in odd_frames():
        stage.queue.send(json.dumps(body))
        stage.expected["alive"] += clicks
    orphans = [click(code, now()) for code in ("gone", "never-was", "ALIVE", "a" * 64)]
    stage.queue.send(json.dumps(frame(clicks=orphans)))
    # One click each lies at the two ends of time.
    assert_clicks(client, {"alive": stage.expected["alive"] - 2})
    assert_drained(stage.queue)
    for day in ("2020-01-01", "2199-12-31"):
        stats = client.stats("alive", f"from={day}T00:00:00Z&to={day}T23:59:59Z&interval=hour")
        assert stats["totals"]["clicks"] == 1, stats
    assert stage.worker.metric("shrinkr_worker_clicks_orphaned_total") == len(orphans)
    stage.assert_reported()
    keys = stage.bucket.list()
    for part in ("hourly/dt=2199-12-31/hour=23/", "hourly/dt=2020-01-01/hour=00/", "daily/dt=2199-12-31/"):
        assert any(part in key for key in keys), (part, keys)


def test_a_frame_that_the_database_refuses_dies_alone(stage):
    """The database takes no clicks of one link: frames with it are found among the others and left to the queue."""
    stage.start()
    stage.client.create_many(3, "good")
    stage.client.create(code="refused")
    with opened(stage.database) as connection:
        connection.execute(
            "CREATE TRIGGER refusal BEFORE INSERT ON clicks_by_bucket WHEN NEW.code = 'refused' "
            "BEGIN SELECT RAISE(ABORT, 'no such clicks'); END"
        )
    deliveries = stage.proxy.watch = Deliveries()
    bad = [Journal().frame([click("refused", now()), click("good-0", now())]) for _ in range(3)]
    journal = Journal()
    for number in range(60):
        code = f"good-{number % 3}"
        stage.queue.send(journal.frame([click(code, now())]))
        stage.expected[code] += 1
        if number % 20 == 10:
            stage.queue.send(bad[number // 20])
    eventually(lambda: len(deliveries.deleted) == 60, within=120, what="all good messages are deleted")
    assert max(deliveries.deleted.values()) <= 2, deliveries.deleted
    eventually(lambda: stage.queue.dead() == len(bad), within=180, every=0.5, what="the refused messages are dead")
    assert sorted(stage.queue.dead_bodies()) == sorted(bad)
    assert stage.worker.admin.get("/readyz").status == 200
    with opened(stage.database) as connection:
        connection.execute("DROP TRIGGER refusal")
    # What they say is not lost: sent again once the database takes it, it counts.
    stage.queue.sqs.purge_queue(QueueUrl=stage.queue.dead_url)
    for body in bad:
        stage.queue.send(body)
    stage.expected.update({"refused": 3, "good-0": 3})
    stage.assert_counted()
