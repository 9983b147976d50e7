"""PostgreSQL fails in every way while APIs and workers run: links in memory are followed all the same, what needs the
database is refused in time, and in the end every click is counted once and every new link was made once.

SHRINKR_OUTAGE_SECONDS sets for how long the server is away where that is a matter of time (4).
"""

import os
import time

import pytest

from support.checks import assert_unavailable
from support.outage import Outage
from support.postgresql import Name, Others
from support.waiting import eventually

# Connections that the server keeps for the judge (superuser_reserved_connections).
RESERVED = 3
SECONDS = float(os.environ.get("SHRINKR_OUTAGE_SECONDS", "4"))
pytestmark = pytest.mark.timeout(600 + 10 * SECONDS)


@pytest.fixture
def outage(database, make_stage):
    """Two APIs and two workers."""
    return Outage(make_stage(apis=2, workers=2, SHRINKR_DATABASE_URL=database.url), database)


def test_sessions_are_ended_at_random(outage, database):
    ended = 0
    with outage.load():
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            ended += database.terminate_sessions(share=0.3)
            time.sleep(0.1)
        outage.assert_recovers()
    assert ended > 10
    print(f"{ended} sessions were ended")
    outage.assert_books()


@pytest.mark.parametrize("how", ["fast", "immediate", "crash"])
def test_server_is_restarted(outage, postgresql, how):
    with outage.load():
        for _ in range(3):
            if how == "crash":
                postgresql.crash()
                postgresql.wait_until_ready()
            else:
                postgresql.restart(how)
            time.sleep(0.3)
        outage.assert_recovers()
    outage.assert_books()


def test_server_is_away_for_a_while(outage, postgresql):
    with outage.load():
        postgresql.stop("immediate")
        stopped = time.monotonic()
        outage.assert_needs_the_database()
        outage.assert_says_so()
        time.sleep(max(0, stopped + SECONDS - time.monotonic()))
        outage.assert_needs_the_database()
        postgresql.start()
        outage.assert_recovers()
    outage.assert_books()


def test_server_stands_still(outage, postgresql):
    """Nothing is refused and nothing is answered, as when a machine or the network vanishes."""
    with outage.load():
        postgresql.pause()
        outage.assert_needs_the_database()
        outage.assert_says_so(outage.stage.apis)
        postgresql.resume()
        outage.assert_recovers()
    outage.assert_books()


def test_others_have_all_connections(outage, database):
    with outage.load(), Others(database) as others:

        def took_all():
            database.terminate_sessions()
            return others.take_all() == allowed

        allowed = int(database.query("SHOW max_connections")[0][0]) - RESERVED
        eventually(took_all, what="no program has a session left")
        outage.assert_needs_the_database()
        outage.assert_says_so()
        others.__exit__()
        outage.assert_recovers()
    outage.assert_books()


def test_address_behind_the_name_changes(make_server, make_stage, tmp_path):
    """As when a managed database fails over: the name leads to the standby, which is a primary now."""
    first = make_server()
    second = make_server(source=first, host="127.0.0.2", port=first.port)
    first.replicate_synchronously()
    database = first.database()
    name = Name(tmp_path, "database.test", first.host)
    stage = make_stage(apis=2, SHRINKR_DATABASE_URL=database.url_at((name.name, first.port), sslmode="disable"))
    for program in stage.programs:
        name.place(program)
    outage = Outage(stage, database)
    with outage.load():
        first.stop("immediate")
        outage.assert_needs_the_database()
        second.promote()
        name.lead_to(second.host)
        outage.assert_recovers()
    database.server = second
    outage.assert_books()


def test_standby_is_promoted(make_server, make_stage):
    """Both servers are in the URL: whichever takes writes is used, also once they have changed places twice."""
    first = make_server()
    second = make_server(source=first)
    first.replicate_synchronously()
    database = first.database()
    places = [(server.host, server.port) for server in (first, second)]
    url = database.url_at(*places, target_session_attrs="read-write")
    outage = Outage(make_stage(apis=2, SHRINKR_DATABASE_URL=url), database)
    with outage.load():
        first.stop("immediate")
        second.promote()
        outage.assert_recovers()
        # Where the first one was comes a standby of the second, and takes its place.
        third = make_server(source=second, host=first.host, port=first.port)
        second.replicate_synchronously()
        second.stop("fast")
        third.promote()
        outage.assert_recovers()
    database.server = third
    outage.assert_books()


def test_pooler_goes_away_and_comes_back(postgresql, database, pooler, make_stage):
    """PgBouncer is in front, and neither session settings nor prepared statements nor notices are to be had there."""
    stage = make_stage(
        apis=2, workers=2, SHRINKR_DATABASE_URL=database.url_at((pooler.host, pooler.port)),
        SHRINKR_DATABASE_PREPARED_STATEMENTS="off",
    )  # fmt: skip
    outage = Outage(stage, database, migrates_at=database.url)
    with outage.load():
        pooler.stop()
        outage.assert_needs_the_database()
        pooler.start()
        outage.assert_recovers()
        postgresql.restart("immediate")
        outage.assert_recovers()
    outage.assert_books()


@pytest.mark.parametrize("what", ["tables", "log"])
def test_disk_of_the_server_is_full(make_server, make_stage, what):
    """Without room for tables the server refuses what needs any; without room for its log it stops."""
    # A checkpoint keeps all of the log: segments used anew would need no room.
    settings = {"max_wal_size": "4MB", "wal_keep_size": "1GB"} if what == "log" else {}
    server = make_server(disk="24m" if what == "log" else "80m", on_disk=what, **settings)
    database = server.database()
    outage = Outage(make_stage(apis=2, SHRINKR_DATABASE_URL=database.url), database)
    client = outage.clients[0]
    with outage.load():
        server.disk.fill()

        def is_refused():
            links = [{"url": f"https://example.com/{'x' * 500}"}] * 100
            answer = client.post("/api/v1/links/batch", json={"links": links})
            assert answer.status == 503, answer.status
            return answer

        assert_unavailable(eventually(is_refused, within=60, what="new links are refused"))
        server.disk.free()
        if what == "log" and not server.is_running:
            server.start()
        outage.assert_recovers()
    outage.assert_books()
