"""Frames in version 2, and workers and APIs of different releases beside each other, in any order.

With SHRINKR_OLD_BIN_DIR, the folder of the programs of another release, those take part themselves.
"""

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from support.checks import assert_clicks, assert_drained
from support.client import BOTS, BROWSERS
from support.load import Load
from support.outage import Outage
from support.waiting import eventually

# Longer than an API waits before it uses a version that all workers read.
SOON = 120


def version(api):
    return api.metric("shrinkr_frame_version")


def wait_for_version(api, number):
    eventually(lambda: version(api) == number, within=SOON, every=0.2, what=f"frames go in version {number}")


def take(queue):
    """The messages that wait, as a worker receives them."""
    return queue.sqs.receive_message(QueueUrl=queue.url, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", [])


def count_as_version_1(database, journal, frame):
    """What a worker that reads version 1 alone makes of a partial frame without clicks."""
    with closing(sqlite3.connect(database, timeout=30)) as connection, connection:
        extended = connection.execute(
            "UPDATE ledger_ranges SET last = ? WHERE journal = ? AND last = ?", (frame, journal, frame - 1)
        )
        if not extended.rowcount:
            connection.execute("INSERT INTO ledger_ranges (journal, first, last) VALUES (?, ?, ?)",
                               (journal, frame, frame))  # fmt: skip
        connection.execute("INSERT INTO partial_frames VALUES (?, ?, 0)", (journal, frame))


def test_what_an_older_worker_does_not_read_is_sent_again(services, queue, tmp_path):
    api, worker = services
    api.start()
    worker.start()
    client = api.client()
    codes = client.create_many(3, "packed")
    expected = dict.fromkeys(codes, 0)

    def follow(rounds):
        for code in codes * rounds:
            assert client.follow(code).status == 302
            expected[code] += 1

    follow(5)
    assert version(api) == 1
    wait_for_version(api, 2)
    follow(5)
    assert_clicks(client, expected)
    found = json.loads(api.run("ledger", "--format", "json", timeout=60).stdout)
    assert found["adds_up"] and found["worker_versions"] == [2], found

    # Nothing says that the worker is gone, so frames go on in version 2; and who comes instead reads version 1.
    worker.kill()
    follow(5)
    message = eventually(lambda: take(queue), what="a message waits")[0]
    frame = json.loads(message["Body"])
    assert (frame["v"], frame["partial"], frame["clicks"]) == (1, True, []), frame
    assert sum(clicks for _, clicks, *_ in frame["packed"]["frames"]) == len(frame["packed"]["clicks"])
    count_as_version_1(tmp_path / "shared" / "shrinkr.db", frame["journal"], frame["frame"])
    queue.sqs.delete_message(QueueUrl=queue.url, ReceiptHandle=message["ReceiptHandle"])
    wait_for_version(api, 1)
    eventually(lambda: api.metric("shrinkr_frames_sent_again_total") > 0, what="the frames are sent again")

    follow(5)
    worker.start()
    assert_clicks(client, expected)
    assert_drained(queue)
    found = json.loads(api.run("ledger", "--format", "json", timeout=120).stdout)
    assert found["adds_up"] and not found["problems"], found
    assert found["terms"]["counted"] == sum(expected.values())


def test_an_api_that_stops_leaves_nothing_that_an_older_worker_cannot_read(services, queue):
    api, worker = services
    api.start()
    worker.start()
    client = api.client()
    code = client.create()["code"]
    wait_for_version(api, 2)
    worker.kill()
    for _ in range(10):
        assert client.follow(code).status == 302
    eventually(lambda: queue.size() > 0, what="a message waits")
    api.stop()
    clicks = {}

    def read():
        for message in take(queue):
            clicks[message["MessageId"]] = len(json.loads(message["Body"])["clicks"])
        return sum(clicks.values()) == 10

    # What the queue handed to the worker that is gone comes again once its visibility timeout is over.
    eventually(read, within=60, what="an older worker can read all clicks")


@pytest.fixture
def old_binaries():
    folder = os.environ.get("SHRINKR_OLD_BIN_DIR")
    if not folder:
        pytest.skip("SHRINKR_OLD_BIN_DIR names no programs of another release")
    return Path(folder)


class Fleet:
    """Programs of both releases on one database and queue, under a load that never ends."""

    def __init__(self, stage, launch, old_binaries, codes):
        self.stage, self.launch, self.old_binaries, self.codes = stage, launch, old_binaries, codes
        self.loads = {}

    def one_more(self, program, *, old):
        program = self.launch.another(program)
        if old:
            program.executable = str(self.old_binaries / program.name)
        program.start()
        if program.name == "shrinkr-api":
            load = Load(program.url, self.codes, total=10**9, rate=50, connections=2, agents=BROWSERS + BOTS)
            self.loads[program] = load.start()
        return program

    def stop(self, program):
        if load := self.loads.pop(program, None):
            load.end()
            self.stage.expected.update(load.answered)
            assert set(load.statuses) == {302}, load.statuses
        program.stop()

    def go_on(self, clicks=200):
        """Until so many more clicks are counted."""
        client = self.stage.client
        wanted = client.clicks() + clicks
        eventually(lambda: client.clicks() >= wanted, within=90, every=0.3, what="clicks are counted")


def test_releases_side_by_side(make_stage, launch, database, old_binaries):
    stage = make_stage(apis=2, SHRINKR_DATABASE_URL=database.url)
    outage = Outage(stage, database)
    fleet = Fleet(stage, launch, old_binaries, outage.codes)
    api, worker = stage.api, stage.worker

    # An old API and an old worker beside the new ones: the old worker shows itself by what it counts.
    old_worker = fleet.one_more(worker, old=True)
    new_api, old_api = fleet.one_more(api, old=False), fleet.one_more(api, old=True)
    for _ in range(4):
        fleet.go_on(500)
        assert version(new_api) == 1
    # The old worker goes: then there is version 2, and the old API's version 1 beside it.
    fleet.stop(old_worker)
    wait_for_version(new_api, 2)
    fleet.go_on()
    # The way back under load: an old worker comes, and the new one goes.
    old_worker = fleet.one_more(worker, old=True)
    fleet.go_on()
    fleet.stop(worker)
    wait_for_version(new_api, 1)
    fleet.go_on()
    assert stage.queue.dead() == 0
    # And forth again, now with old workers alone for a while.
    newest = fleet.one_more(worker, old=False)
    fleet.go_on()
    fleet.stop(old_worker)
    wait_for_version(new_api, 2)
    # Killed, and nobody but an old worker comes.
    newest.kill()
    old_worker = fleet.one_more(worker, old=True)
    fleet.go_on()
    wait_for_version(new_api, 1)
    for program in list(fleet.loads):
        fleet.stop(program)
    assert_clicks(stage.client, stage.expected, within=120)
    assert_drained(stage.queue, within=90)
    assert database.counted_clicks() == stage.expected.total()

