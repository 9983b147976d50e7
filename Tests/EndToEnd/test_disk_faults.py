"""Disks that fill up, turn read-only or fail while the programs serve.

Redirects go on, whatever the disk does. A click that cannot be recorded is counted as dropped, exactly; the log says so
once per interval, readiness tells it without taking the task out of service; and when the disk works again, so does
everything else, without a restart.
"""

import errno
import gzip
import json
import os
import subprocess

import pytest

from support.checks import assert_clicks, report_tallies, wait_for_clicks
from support.client import assert_problem
from support.disk import FailingCalls, SmallDisk
from support.load import Load
from support.times import parse
from support.waiting import eventually

# The log speaks of dropped clicks at most this often.
COMPLAINT_SECONDS = 10


@pytest.fixture
def small_disk(tmp_path):
    with SmallDisk(tmp_path / "disk", "2m") as disk:
        yield disk


@pytest.fixture
def calls(tmp_path):
    return FailingCalls(tmp_path / "calls")


def start_with_journal_on(launch, disk, **settings):
    """`shrinkr` with its data directory on `disk`, database and reports elsewhere."""
    data = str(disk.path / "data")
    server = launch.make("shrinkr", SHRINKR_DATA_DIR=data, SHRINKR_FLUSH_INTERVAL="100ms", **settings)
    server.settings["SHRINKR_DATABASE_URL"] = f"sqlite:{server.directory}/elsewhere/shrinkr.db"
    server.settings["SHRINKR_REPORTS_URL"] = f"file:{server.directory}/elsewhere/reports"
    disk.place(server)
    return server.start()


class Serving:
    """A server under load. `answered` is exact, and so must be what became of it."""

    def __init__(self, server, rate=500):
        self.server = server
        self.client = server.client()
        self.codes = self.client.create_many(10, "disk")
        self.load = Load(server.url, self.codes, total=10**9, connections=8, rate=rate).start()
        self.until(lambda: self.load.done > 100, what="the load runs")

    def until(self, check, *, what):
        def checked():
            assert self.load.is_running, self.load.error
            return check()

        eventually(checked, within=60, what=what)

    def drop(self, clicks=100):
        """Waits until so many more clicks are dropped, while redirects go on."""
        before = self.dropped
        self.until(lambda: self.dropped >= before + clicks, what="clicks are dropped")

    def record(self, clicks=100):
        before = self.recorded
        self.until(lambda: self.recorded >= before + clicks, what="clicks are recorded")

    @property
    def dropped(self):
        return int(self.server.metric("shrinkr_clicks_dropped_total"))

    @property
    def recorded(self):
        return int(self.server.metric("shrinkr_clicks_recorded_total"))

    def health(self):
        """What `/readyz` and `/health` say: status codes, and states of the program and of the journal."""
        ready, health = self.server.admin.get("/readyz"), self.client.get("/health")
        journal = ready.json()["components"]["journal"]
        return ready.status, ready.json()["status"], journal["status"], health.status, health.json()["status"]

    def end(self):
        """Ends the load; every redirect that was asked for was answered, and each click counted or dropped."""
        self.load.total = 0
        self.load.join()
        assert set(self.load.statuses) == {302}, self.load.statuses
        assert not self.load.torn and not self.load.unanswered
        answered, dropped = self.load.answered.total(), self.dropped
        assert self.server.metric("shrinkr_redirects_total") == answered
        assert self.recorded + dropped == answered
        wait_for_clicks(self.client, answered - dropped)
        eventually(lambda: self.server.metric("shrinkr_journal_clicks_pending") == 0, what="the journal is empty")
        assert self.client.clicks() == answered - dropped
        return answered, dropped


WELL = (200, "ready", "ready", 200, "ok")
DROPPING = (200, "degraded", "not_ready", 200, "degraded")


def assert_said(server, dropped, times):
    """The log speaks of all clicks dropped, and of them not more often than it should."""
    lines = server.log_lines("Clicks dropped")
    again = server.log_lines("Clicks are recorded again")
    assert len(again) == times, server.log()
    assert sum(int(line["clicks.dropped"]) for line in lines + again) == dropped
    stamps = [parse(line["ts"]).timestamp() for line in lines]
    close = [b - a for a, b in zip(stamps, stamps[1:]) if b - a < COMPLAINT_SECONDS - 0.1]
    assert not close, f"seconds between two lines: {close}"


def test_the_disk_fills_up(small_disk, launch):
    server = start_with_journal_on(launch, small_disk)
    serving = Serving(server)
    assert serving.health() == WELL
    for _ in range(3):
        small_disk.fill()
        serving.drop()
        serving.until(lambda: serving.health() == DROPPING, what="readiness tells")
        assert "disk" in server.admin.get("/readyz").json()["components"]["journal"]["reason"]
        assert server.run("healthcheck").returncode == 0, "no orchestrator may take the task for dead"
        serving.client.create()  # the database is elsewhere
        small_disk.free()
        serving.record()
        serving.until(lambda: serving.health() == WELL, what="readiness tells")
    answered, dropped = serving.end()
    assert_said(server, dropped, times=3)
    print(f"\n{answered} redirects answered, {answered - dropped} counted, {dropped} dropped in 3 outages")


def test_killed_and_started_on_a_full_disk(small_disk, launch):
    """What was recorded is still there, it can be counted at once, and new clicks wait for room."""
    server = start_with_journal_on(launch, small_disk)
    serving = Serving(server)
    small_disk.fill()
    serving.drop()
    serving.load.until_refused = True
    server.kill()
    serving.load.join()
    assert set(serving.load.statuses) == {302} and not serving.load.torn
    server.start()
    client = server.client()
    assert client.follow(serving.codes[0]).status == 302
    eventually(lambda: server.metric("shrinkr_clicks_dropped_total") == 1, what="the click is dropped")
    small_disk.free()

    def recorded_again():
        assert client.follow(serving.codes[0]).status == 302
        return server.metric("shrinkr_clicks_recorded_total") > 0

    eventually(recorded_again, what="clicks are recorded")
    eventually(lambda: server.metric("shrinkr_journal_clicks_pending") == 0, what="everything is counted")
    server.stop()


def test_stopped_on_a_full_disk(small_disk, launch):
    """An orderly end needs no room: what the journal holds is counted."""
    server = start_with_journal_on(launch, small_disk, SHRINKR_SEAL_INTERVAL="600s")
    serving = Serving(server)
    small_disk.fill()
    serving.drop()
    serving.load.until_refused = True
    recorded = None

    def ended():
        nonlocal recorded
        recorded = serving.recorded
        return not serving.load.is_running

    serving.load.total = 0
    eventually(ended, what="the load has ended")
    server.stop()
    small_disk.free()
    server.start()
    wait_for_clicks(serving.client, recorded)
    assert serving.client.clicks() == recorded


@pytest.mark.parametrize("code", [errno.EIO, errno.EROFS, errno.EDQUOT], ids=["EIO", "EROFS", "EDQUOT"])
def test_the_journal_cannot_be_written(calls, launch, code):
    """Every way in which a disk can refuse: writing, making and deleting files, synchronising."""
    server = launch.start("shrinkr", SHRINKR_FLUSH_INTERVAL="100ms", **calls.settings)
    serving = Serving(server)
    for _ in range(2):
        calls.fail(["write", "truncate", "create", "delete", "rename", "sync"], code, "/data/journal/")
        serving.drop()
        serving.until(lambda: serving.health() == DROPPING, what="readiness tells")
        calls.clear()
        serving.record()
        serving.until(lambda: serving.health() == WELL, what="readiness tells")
    answered, dropped = serving.end()
    assert_said(server, dropped, times=2)
    print(f"\n{answered} redirects answered, {answered - dropped} counted, {dropped} dropped in 2 outages")


def test_the_journal_cannot_be_synchronised(calls, launch):
    """Clicks are recorded; they are not sent before they are safe, and then all of them are."""
    server = launch.start("shrinkr", SHRINKR_FLUSH_INTERVAL="100ms", **calls.settings)
    serving = Serving(server)
    calls.fail(["sync"], errno.EIO, "/data/journal/")
    serving.record(500)
    pending = server.metric("shrinkr_journal_clicks_pending")
    assert pending > 0
    serving.until(lambda: server.log_lines("Forcing clicks to the disk fails"), what="the log tells")
    assert len(server.log_lines("Journal cannot be read")) <= 1, "the log drowns in it"
    calls.clear()
    answered, dropped = serving.end()
    assert dropped == 0
    print(f"\n{answered} redirects answered and counted; {pending:.0f} had to wait")


def test_no_file_can_be_made_in_the_journal(launch):
    """The directory is not writable, its files are. Nothing needs a new file: no click is dropped."""
    server = launch.make("shrinkr", SHRINKR_FLUSH_INTERVAL="100ms")
    if os.geteuid() == 0:
        # Root may write everywhere; root without this capability may not.
        server.wrap = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"]
    server.start()
    folder = server.data_directory / "journal"
    serving = Serving(server)
    folder.chmod(0o500)
    try:
        serving.record(1_000)
        answered, dropped = serving.end()
    finally:
        folder.chmod(0o700)
    assert dropped == 0
    print(f"\n{answered} redirects answered and counted")


def test_a_file_system_that_turns_itself_read_only(launch, tmp_path):
    """As ext4 does after an error (`errors=remount-ro`). The restart on the repaired disk counts what was recorded."""
    with FragileDisk(tmp_path / "disk") as disk:
        server = start_with_journal_on(launch, disk)
        serving = Serving(server)
        serving.until(lambda: serving.client.clicks() > 0, what="clicks are counted")
        before = serving.client.clicks()
        disk.fail()
        serving.drop()
        serving.until(lambda: serving.health() == DROPPING, what="readiness tells")
        serving.load.total = 0
        serving.load.join()
        answered, dropped = serving.load.answered.total(), serving.dropped
        assert set(serving.load.statuses) == {302}
        assert serving.recorded + dropped == answered
        server.kill()
        disk.repair()
        server.start()
        eventually(lambda: server.metric("shrinkr_journal_clicks_pending") == 0, what="the journal is empty")
        counted = serving.client.clicks()
        # What was written in the last second before the error may never have reached the disk.
        assert before <= counted <= answered - dropped
        print(f"\n{answered} redirects answered, {dropped} dropped, {answered - dropped - counted} lost with the cache")
        server.stop()


class FragileDisk:
    """An ext4 file system in a file, on which an error can be provoked. Needs root and loop devices."""

    def __init__(self, path):
        self.path = path
        self.image = path.with_suffix(".img")

    def __enter__(self):
        self.path.mkdir()
        self.image.write_bytes(b"")
        os.truncate(self.image, 16 << 20)
        for command in (["mkfs.ext4", "-q", self.image], self._mount_command):
            try:
                done = subprocess.run(command, capture_output=True, text=True)
            except FileNotFoundError:
                pytest.skip(f"needs {command[0]}")
            if done.returncode != 0:
                pytest.skip(f"needs root and loop devices: {done.stderr.strip()}")
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", self.path])

    @property
    def _mount_command(self):
        return ["mount", "-o", "loop,errors=remount-ro", self.image, self.path]

    def place(self, program):
        pass

    def fail(self):
        device = subprocess.run(
            ["findmnt", "-no", "SOURCE", self.path], check=True, capture_output=True, text=True
        ).stdout.strip()
        with open(f"/sys/fs/ext4/{os.path.basename(device)}/trigger_fs_error", "w") as file:
            file.write("1")

    def repair(self):
        eventually(lambda: subprocess.run(["umount", self.path]).returncode == 0, what="the disk is unmounted")
        subprocess.run(["e2fsck", "-fy", self.image], capture_output=True)
        subprocess.run(self._mount_command, check=True)


# The database


def test_the_database_is_on_a_full_disk(small_disk, launch):
    """Links cannot be made and clicks cannot be counted, both only for as long as it lasts; redirects go on."""
    server = launch.make(
        "shrinkr", SHRINKR_FLUSH_INTERVAL="100ms", SHRINKR_DATABASE_URL=f"sqlite:{small_disk.path}/shrinkr.db",
        SHRINKR_LIMIT_CREATES="off",
    )  # fmt: skip
    small_disk.place(server)
    server.start()
    serving = Serving(server)
    small_disk.fill()
    client = serving.client

    def refused():
        answer = client.post("/api/v1/links/batch", json={"links": [{"url": "https://example.com/"}] * 100})
        return answer if answer.status != 200 or answer.json()["results"][0]["status"] != 201 else None

    eventually(refused, what="links cannot be made")
    answer = client.post("/api/v1/links", json={"url": "https://example.com/"})
    assert_problem(answer, 503, "unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    serving.record(500)
    assert serving.dropped == 0
    assert client.get("/health").status == 200
    assert server.run("healthcheck").returncode == 0
    small_disk.free()
    eventually(lambda: client.post("/api/v1/links", json={"url": "https://example.com/"}).status == 201, what="links")
    answered, dropped = serving.end()
    assert dropped == 0
    assert server.admin.get("/readyz").json()["status"] == "ready"
    print(f"\n{answered} redirects answered and counted")


def test_the_worker_counts_into_a_full_disk(small_disk, services, queue):
    """The two services: clicks wait in SQS until there is room."""
    api, worker = services
    for program in services:
        program.settings["SHRINKR_DATABASE_URL"] = f"sqlite:{small_disk.path}/shrinkr.db"
        small_disk.place(program)
    queue.set_max_receive_count(1000)
    api.start()
    worker.start()
    client = api.client()
    codes = client.create_many(20, "full")
    expected = {code: 1 for code in codes}
    for code in codes:
        assert client.follow(code).status == 302
    assert_clicks(client, expected)
    small_disk.fill()
    for code in codes:
        for _ in range(5):
            assert client.follow(code).status == 302
        expected[code] += 5
    eventually(lambda: worker.metric("shrinkr_worker_flush_failures_total") > 0, within=60, what="flushes fail")
    assert api.client().get("/health").status == 200
    small_disk.free()
    assert_clicks(client, expected, within=120)
    eventually(lambda: queue.size() == 0, within=60, what="the queue is empty")


# Reports


def reports_in(folder):
    """The reports as they lie there now, each whole. No other files are between them."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file() and path.name != "filler":
            assert path.name == "links.ndjson.gz" or path.name.endswith(".tmp"), path
        if path.name == "links.ndjson.gz":
            for line in gzip.decompress(path.read_bytes()).splitlines():
                json.loads(line)
            found[path] = path.read_bytes()
    return found


def test_the_reports_directory_is_on_a_full_disk(small_disk, launch):
    """Clicks are counted; reports catch up, and not one is ever half written."""
    server = launch.make(
        "shrinkr", SHRINKR_FLUSH_INTERVAL="100ms", SHRINKR_REPORT_INTERVAL="200ms",
        SHRINKR_REPORTS_URL=f"file:{small_disk.path}/reports",
    )  # fmt: skip
    small_disk.place(server)
    server.start()
    client = server.client()
    # Enough links for a report of more than one page, so that it can be cut in the middle.
    codes = client.create_many(1000, "report")
    expected = {code: 1 for code in codes}
    folder = small_disk.outside / "reports"
    small_disk.fill()
    for code in codes:
        assert client.follow(code).status == 302
    wait_for_clicks(client, len(codes))

    def failing():
        reports_in(folder)
        return server.metric("shrinkr_worker_report_failures_total") >= 3

    eventually(failing, what="reports cannot be written")
    assert client.get("/health").status == 200
    small_disk.free()

    def caught_up():
        tallies = report_tallies([data for path, data in reports_in(folder).items() if "/hourly/" in str(path)])
        return {code: sum(tally) for code, tally in tallies.items()} == expected

    eventually(caught_up, within=60, what="the reports have caught up")
    server.stop()
    left = [path.name for path in folder.rglob("*.tmp")]
    assert not left, left


# The start


def test_the_first_start_on_a_full_disk(small_disk, launch):
    """It says in one sentence why it cannot, and leaves nothing that a later start could stumble over."""
    server = launch.make("shrinkr", SHRINKR_DATA_DIR=str(small_disk.path / "data"))
    server.settings["SHRINKR_DATABASE_URL"] = f"sqlite:{server.directory}/elsewhere/shrinkr.db"
    small_disk.place(server)
    small_disk.fill()
    server.start(wait=False)
    assert server.wait() == 2
    assert "Fatal" not in server.log() and "No space left" in server.log(), server.log()
    small_disk.free()
    server.start()
    link = server.client().create()
    assert server.client().follow(link["code"]).status == 302
    assert_clicks(server.client(), {link["code"]: 1})
