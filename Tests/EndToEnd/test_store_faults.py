"""The database fails in every way while API and worker run: redirects go on, and every click is counted once."""

import errno
import sqlite3
from concurrent.futures import ThreadPoolExecutor

from support.checks import assert_unavailable
from support.database import change, locked
from support.disk import FailingCalls, SmallDisk
from support.stage import Stage
from support.waiting import eventually

FLUSH_FAILURES = "shrinkr_worker_flush_failures_total"


def start_with_a_cold_cache(stage):
    """Starts the services; the API knows the links `cached-…` alone by heart. Returns their codes."""
    stage.start()
    codes = stage.client.create_many(3, "cached")
    stage.client.create_many(3, "cold")
    stage.client.create(code="limited", max_visits=1000)
    stage.api.stop()
    stage.api.start()
    stage.follow(codes)
    stage.assert_counted()
    return codes


def create(stage, url="https://example.com/"):
    return stage.client.post("/api/v1/links", json={"url": url})


def creates_again(stage):
    eventually(lambda: create(stage).status == 201, what="links are created again")


def is_counting(stage, counting):
    return lambda: stage.worker.admin.get("/readyz").status == (200 if counting else 503)


def test_database_is_locked(make_stage):
    stage = make_stage()
    codes = start_with_a_cold_cache(stage)
    with locked(stage.database):
        stage.follow(codes, rounds=3)
        # However many want to write, none waits for the timeouts of the others.
        with ThreadPoolExecutor(41) as pool:
            limited = pool.submit(stage.client.follow, "limited")
            answers = list(pool.map(lambda number: create(stage, f"https://example.com/{number}"), range(40)))
        for answer in [*answers, limited.result()]:
            assert_unavailable(answer)
        stage.follow(codes)
        stage.follow(["cold-0"])  # whoever only reads needs no lock
        eventually(is_counting(stage, False), what="the worker says that it cannot count")
    creates_again(stage)
    stage.assert_counted()
    assert stage.worker.metric(FLUSH_FAILURES) >= 1
    eventually(is_counting(stage, True), what="the worker says that it counts")
    assert stage.client.get("/api/v1/links/limited").json()["visits_left"] == 1000
    stage.assert_reported()


def test_disk_fails_under_the_database(make_stage, tmp_path):
    calls = FailingCalls(tmp_path / "calls")
    stage = make_stage(**calls.settings)
    codes = start_with_a_cold_cache(stage)

    calls.fail(["write", "sync"], errno.EIO, "shrinkr.db")
    failed = stage.worker.metric(FLUSH_FAILURES)
    stage.follow_until(codes, lambda: stage.worker.metric(FLUSH_FAILURES) >= failed + 2, what="flushes fail")
    assert_unavailable(create(stage))
    assert_unavailable(stage.client.follow("limited"))
    calls.clear()
    stage.assert_counted()

    # Now in the last step of a commit: what is written may be there or not.
    calls.fail(["sync"], errno.EIO, "shrinkr.db")
    failed = stage.worker.metric(FLUSH_FAILURES)
    stage.follow_until(codes, lambda: stage.worker.metric(FLUSH_FAILURES) >= failed + 2, what="flushes fail")
    stage.worker.kill()
    calls.clear()
    stage.worker.start()
    stage.assert_counted()

    # And reading fails, too: after a change by somebody else no page that the API has in memory is good any more.
    calls.fail(["read", "write", "sync"], errno.EIO, "shrinkr.db")
    change(stage.database)
    assert_unavailable(stage.client.follow("cold-0"))
    assert_unavailable(create(stage))
    stage.follow(codes, rounds=3)
    calls.clear()
    creates_again(stage)
    stage.follow(["cold-0"])
    stage.assert_counted()
    stage.assert_reported()


def test_disk_is_full(launch, aws, tmp_path):
    with SmallDisk(tmp_path / "shared", "4m") as disk, Stage(launch, aws, tmp_path) as stage:
        for program in (stage.api, stage.worker):
            disk.place(program)
        codes = start_with_a_cold_cache(stage)
        disk.fill()
        stage.follow_until(codes, lambda: stage.worker.metric(FLUSH_FAILURES) >= 2, what="flushes fail")
        assert_unavailable(create(stage))

        # A worker that starts now gets no further.
        stage.worker.kill()
        stage.worker.start(wait=False)
        says_so = lambda: "cannot be counted" in stage.worker.admin.get("/readyz").text  # noqa: E731
        eventually(says_so, what="the worker says that it cannot count")
        stage.follow(codes, rounds=3)
        disk.free()
        creates_again(stage)
        stage.assert_counted()
        stage.assert_reported()


def test_worker_is_killed_while_it_waits_for_the_database(make_stage):
    stage = make_stage(workers=2).start()
    codes = stage.client.create_many(3, "killed")
    for _ in range(3):
        with locked(stage.database):
            holds = lambda: stage.worker.metric("shrinkr_worker_window_frames") > 0  # noqa: E731
            stage.follow_until(codes, holds, what="the worker holds frames")
            stage.worker.kill()
        stage.worker.start()
    stage.assert_counted()


def test_database_is_away_and_comes_back(make_stage, tmp_path):
    stage = make_stage()
    codes = start_with_a_cold_cache(stage)
    folder, away = stage.database.parent, tmp_path / "away"
    folder.rename(away)
    stage.follow_until(codes, lambda: stage.worker.metric(FLUSH_FAILURES) >= 2, what="flushes fail")
    assert_unavailable(create(stage))
    assert_unavailable(stage.client.follow("cold-0"))
    assert_unavailable(stage.client.get("/api/v1/links/cached-0/stats"))
    away.rename(folder)
    creates_again(stage)
    stage.follow(["cold-0"])
    stage.assert_counted()
    stage.assert_reported()


def test_database_is_replaced_by_a_copy(make_stage, tmp_path):
    """Nothing is counted into a file that is not there any more: it waits until the services are started again."""
    stage = make_stage()
    codes = start_with_a_cold_cache(stage)
    copy = tmp_path / "copy"
    copy.mkdir()
    source, target = sqlite3.connect(stage.database), sqlite3.connect(copy / "shrinkr.db")
    source.backup(target)
    source.close()
    target.close()
    stage.database.parent.rename(tmp_path / "old")
    copy.rename(stage.database.parent)

    stage.follow_until(codes, lambda: stage.worker.metric(FLUSH_FAILURES) >= 2, what="flushes fail")
    assert_unavailable(create(stage))
    for program in (stage.worker, stage.api):
        program.kill()
        program.start()
    stage.follow(codes)
    stage.assert_counted()
    assert create(stage).status == 201
