"""A journal is copied beside the running original, or an old state of it is put back: every click counts once.

What is copied holds frames that the original has sent, or will send, and often the beginning of the one it is writing.
"""

import shutil
import sqlite3
from pathlib import Path

import pytest
from support import journal as files
from support.checks import assert_clicks, assert_drained
from support.faults import FaultProxy
from support.load import Load
from support.services import make_services
from support.waiting import eventually

from test_ledger import ledger, terms_when

OLD_JOURNAL = Path(__file__).parent / "support" / "journal-0.1.0"
# Nobody seals a frame by its age: what is followed stays in the open frame.
OPEN = {"SHRINKR_SEAL_INTERVAL": "600s"}


def follow(program, code, times):
    client = program.client()
    for _ in range(times):
        assert client.follow(code).status == 302


def beside(launch, original, **settings):
    """A process of the same kind on a copy of the original's data folder, which is made now."""
    copy = launch.another(original)
    copy.settings |= settings
    files.copy(original.data_directory, copy.data_directory)
    return copy


@pytest.fixture
def stage(launch, aws, queue, bucket, tmp_path):
    """API and worker with a network between API and AWS that can be cut; the worker is not started."""
    with FaultProxy(aws.port) as network:
        api, worker = make_services(
            launch, aws, queue, bucket, tmp_path, endpoint=network.url, SHRINKR_SHUTDOWN_TIMEOUT="15s", **OPEN
        )
        yield api, worker, network


def pending(program):
    return program.metric("shrinkr_journal_clicks_pending")


def test_a_copy_is_started_beside_the_original(launch, queue, stage):
    api, worker, network = stage
    api.start()
    code = api.client().create()["code"]
    network.refuse()
    follow(api, code, 5)
    copy = beside(launch, api).start()
    follow(api, code, 5)
    follow(copy, code, 5)
    stats = api.client().stats(code)
    assert not stats["complete"], stats
    network.allow()
    api.stop()
    copy.stop()
    worker.start()
    api.start()
    assert_clicks(api.client(), {code: 15})
    assert_drained(queue)
    found = terms_when(api, answered=15, counted=15, in_flight=0)
    assert not found["notes"], found
    eventually(lambda: api.client().stats(code)["complete"], within=30, what="the statistics are complete")


@pytest.mark.parametrize("first", ["the copy", "the copy of the copy", "the original"])
def test_copies_have_the_beginning_of_a_frame(launch, queue, stage, first):
    """Three versions of one frame, 3, 5 and 9 clicks long, reach the worker in any order."""
    api, worker, network = stage
    api.start()
    codes = api.client().create_many(9, "part")
    network.refuse()
    for code in codes[:3]:
        follow(api, code, 1)
    short = beside(launch, api)
    for code in codes[3:5]:
        follow(api, code, 1)
    longer = beside(launch, api)
    # A copy of the copy, which has sealed the frame by then.
    longer.start()
    longer.kill()
    long = beside(launch, longer)
    for code in codes[5:]:
        follow(api, code, 1)
    network.allow()
    worker.start()
    order = {"the copy": [short, long, api], "the copy of the copy": [long, short, api], "the original": [api, short, long]}
    for program in order[first]:
        if not program.is_running:
            program.start()
        if program is api:
            program.stop()
        else:
            eventually(lambda: pending(program) == 0, what="the copy has sent everything")
        eventually(lambda: queue.size() == 0, within=30, what="the worker has it")
    api.start()
    assert_clicks(api.client(), {code: 1 for code in codes})
    assert_drained(queue)
    terms_when(api, answered=9, counted=9, in_flight=0)


def test_an_old_snapshot_is_put_back(launch, queue, stage, tmp_path):
    """It holds frames that were sent since, and the folder it replaces had more of them."""
    api, worker, _ = stage
    api.start()
    worker.start()
    code = api.client().create()["code"]
    follow(api, code, 4)
    snapshot = tmp_path / "snapshot"
    files.copy(api.data_directory, snapshot)
    follow(api, code, 4)
    api.stop()
    eventually(lambda: queue.size() == 0, within=30, what="the worker has it")
    for _ in range(2):
        shutil.rmtree(api.data_directory)
        shutil.copytree(snapshot, api.data_directory)
        api.start()
        follow(api, code, 2)
        api.kill()
        # Whose clicks are on the disk alone is not put back over them.
        api.start()
        api.stop()
    api.start()
    assert_clicks(api.client(), {code: 12})
    assert_drained(queue)
    terms_when(api, answered=12, counted=12, in_flight=0)


def test_a_copy_made_during_load(launch, tmp_path):
    """`cp -r` while clicks are written, with a database of its own."""
    server = launch.start("shrinkr", SHRINKR_FLUSH_INTERVAL="100ms")
    codes = server.client().create_many(20, "load")
    load = Load(server.url, codes, connections=4, total=4_000).start()
    copies = []
    for number in range(3):
        eventually(lambda: load.answered.total() > 1_000 * number + 200, every=0.01, what="the load goes on")
        copy = launch.another(server)
        copy.settings["SHRINKR_DATABASE_URL"] = f"sqlite:{copy.directory}/copy.db"
        files.copy(server.data_directory, copy.data_directory)
        with sqlite3.connect(server.data_directory / "shrinkr.db") as source:
            with sqlite3.connect(copy.directory / "copy.db") as target:
                source.backup(target)
        copies.append(copy)
    load.join()
    assert load.answered.total() == 4_000
    assert_clicks(server.client(), load.answered)
    for copy in copies:
        copy.start()
        own = copy.client().create()["code"]
        follow(copy, own, 7)
        eventually(lambda: pending(copy) == 0, what="the copy has counted everything")
        assert copy.client().clicks(own) == 7
        counted = {code: copy.client().clicks(code) for code in codes}
        assert all(counted[code] <= load.answered[code] for code in codes), (counted, load.answered)
        assert sum(counted.values()) > 0
        copy.stop()


def test_the_journal_of_release_0_1_0(launch):
    """Its files lie in the folder itself; it was killed with an open frame."""
    server = launch.start("shrinkr")
    for code in ("old1", "old2", "old3"):
        server.client().create(code=code)
    server.kill()
    shutil.rmtree(server.data_directory / "journal")
    shutil.copytree(OLD_JOURNAL, server.data_directory / "journal")
    server.start()
    follow(server, "old2", 1)
    assert_clicks(server.client(), {"old1": 4, "old2": 2, "old3": 2})
    eventually(
        lambda: not list((server.data_directory / "journal").glob("*.clicks")), what="the old files are forgotten"
    )
    terms_when(server, answered=8, counted=8, in_flight=0)


def test_starts_leave_nothing_behind(launch):
    """No folder and no account for a process that answered nothing, and one folder at most for the last that did."""
    server = launch.make("shrinkr")
    for number in range(6):
        server.start()
        if number == 0:
            code = server.client().create()["code"]
        if number % 2 == 0:
            follow(server, code, 1)
        server.kill() if number % 3 == 0 else server.stop()
    server.start()
    assert_clicks(server.client(), {code: 3})
    folders = lambda: [path for path in (server.data_directory / "journal").iterdir() if path.is_dir()]  # noqa: E731
    eventually(lambda: len(folders()) == 1, what="earlier journals are forgotten")
    found = terms_when(server, answered=3, counted=3, in_flight=0)
    assert len(found["journals"]) == 3, found


def test_complete_waits_for_the_click_just_answered(launch):
    server = launch.start("shrinkr", SHRINKR_FLUSH_INTERVAL="2s")
    code = server.client().create()["code"]
    assert server.client().stats(code)["complete"]
    for number in (1, 2):
        follow(server, code, 1)
        stats = server.client().stats(code)
        assert not stats["complete"] or stats["totals"]["clicks"] == number, stats

        def counted():
            stats = server.client().stats(code)
            return stats if stats["complete"] else None

        stats = eventually(counted, within=15, every=0.05, what="the statistics are complete")
        assert stats["totals"]["clicks"] == number, stats


def test_complete_in_two_services(stage):
    api, worker, _ = stage
    api.settings["SHRINKR_SEAL_INTERVAL"] = "50ms"
    api.start()
    code = api.client().create()["code"]
    follow(api, code, 1)
    # The queue has it, and nobody else: the journal has nothing left to send.
    eventually(lambda: pending(api) == 0, what="the queue has the click")
    assert not api.client().stats(code)["complete"]
    worker.start()
    stats = eventually(
        lambda: api.client().stats(code) if api.client().stats(code)["complete"] else None,
        within=30, every=0.1, what="the statistics are complete",
    )  # fmt: skip
    assert stats["totals"]["clicks"] == 1, stats


def test_a_database_that_is_older_than_the_journal_is_told(launch, tmp_path):
    """It is put back alone: what was counted since is missing, and the server, its health and the ledger say so."""
    program = launch.start("shrinkr")
    code = program.client().create()["code"]
    follow(program, code, 3)
    assert_clicks(program.client(), {code: 3})
    program.stop()
    database = program.data_directory / "shrinkr.db"
    shutil.copy(database, tmp_path / "older.db")
    program.start()
    follow(program, code, 4)
    assert_clicks(program.client(), {code: 7})
    terms_when(program, counted=7, in_flight=0)
    program.stop()
    shutil.copy(database, tmp_path / "newer.db")
    shutil.copy(tmp_path / "older.db", database)
    program.start()
    words = "The database is older than the journal"
    [line] = eventually(lambda: program.log_lines(words), what="the log tells of it")
    assert "put back the database" in str(line), line
    health = program.client().get("/health")
    assert (health.status, health.json()) == (200, {"status": "degraded"})
    exit_code, found = ledger(program)
    assert exit_code == 1 and any("belongs to the journal" in problem for problem in found["problems"]), found
    assert not program.client().stats(code)["complete"]
    program.stop()
    shutil.copy(tmp_path / "newer.db", database)
    program.start()
    terms_when(program, counted=7, in_flight=0)
    eventually(lambda: program.client().stats(code)["complete"], within=30, what="the statistics are complete")
    assert program.client().get("/health").json() == {"status": "ok"}
