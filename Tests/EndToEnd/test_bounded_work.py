"""Work that grows with what is stored keeps nobody from being redirected, and no list stops without saying so."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.client import assert_problem
from support.database import opened
from support.hostility import open_sockets
from support.raw import RawConnection, get

LINKS = 200_000
# The links that others make while their neighbours search.
FILL = """
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
    INSERT INTO links (code, folded, change_position, url, redirect_status, forward_query, enabled, created_at,
        updated_at, version, settings_hash)
    SELECT 'stored' || n, 'stored' || n, (SELECT max(change_position) FROM links) + n,
        'https://example.com/a/rather/long/path/that/has/to/be/searched/' || n, 302, 0, 1, 0, 0, 1, n FROM numbers
"""


@pytest.fixture(scope="module")
def full(shared_launch):
    """A server with many links, and little time for a search."""
    server = shared_launch.start("shrinkr", SHRINKR_QUERY_TIMEOUT="20s")
    server.client().create()
    with opened(server.data_directory / "shrinkr.db") as database:
        database.execute(FILL, [LINKS])
    return server


def search(server, timeout=120):
    client = server.client()
    client.timeout = timeout
    # No index finds two letters: all texts are read.
    return client.get("/api/v1/links?q=zz")


def test_searches_do_not_keep_redirects_waiting(full):
    client = full.client()
    began = time.monotonic()
    assert search(full).status == 200
    alone = time.monotonic() - began
    with ThreadPoolExecutor(16) as pool:
        searches = [pool.submit(search, full) for _ in range(16)]
        # None of them is in the cache.
        statuses = []
        for number in range(1, 100):
            if all(search.done() for search in searches):
                break
            statuses.append(client.follow(f"stored{number * 101}").status)
        assert set(statuses) == {302}
        assert len(statuses) > 5, "the searches must last as long as some redirects"
        # All at once would be as slow as their sum; a place among those that wait is given or refused.
        assert {search.result().status for search in searches} <= {200, 503}
    began = time.monotonic()
    assert search(full).status == 200
    assert time.monotonic() - began < 10 * alone + 5, "nothing goes on behind the answers"


def test_search_past_its_time_is_told(full, shared_launch):
    server = shared_launch.another(full)
    server.settings["SHRINKR_QUERY_TIMEOUT"] = "100ms"
    server.start()
    # Those that wait for the others take longer than that on any machine.
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: search(server), range(16)))
    refused = [answer for answer in answers if answer.status != 200]
    assert refused
    for answer in refused:
        assert_problem(answer, 503, "unavailable")
        assert int(answer.headers["Retry-After"]) > 0
    assert server.client().follow("stored7").status == 302
    server.stop()


def test_keys_list_shows_all(full):
    """On the command line and page by page: the newest is on top however many there are."""
    with opened(full.data_directory / "shrinkr.db") as database:
        database.execute(
            """
            WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1200)
            INSERT INTO api_keys (id, name, scopes, secret_hash, created_at, revoked_at)
            SELECT 'old' || n, 'old', 'links:read', x'00', n, n FROM numbers
            """
        )
    key = full.run("keys", "create", "--name", "backdoor", "--scope", "admin").stdout.strip()
    lines = full.run("keys", "list").stdout.splitlines()
    assert len(lines) == 1201
    assert lines[0].endswith("\tbackdoor")
    client, ids, query = full.client(key), [], "limit=500"
    while query:
        page = client.get(f"/api/v1/keys?{query}").json()
        ids += [key["id"] for key in page["data"]]
        query = page["next_cursor"] and f"limit=500&cursor={page['next_cursor']}"
    assert ids == [line.split("\t")[0] for line in lines]


def test_slow_readers_of_one_address_do_not_hold_all_places(launch):
    """More connections than there are places, each of a client that hardly reads its answers."""
    server = launch.start("shrinkr", SHRINKR_HTTP_MAX_CONNECTIONS="40")
    requests = get("/openapi.yaml") * 200
    slow = [RawConnection(server, receive_buffer=4_096) for _ in range(60)]
    for connection in slow:
        connection.send_beside([requests])
    client = server.client()
    client.timeout = 5
    for _ in range(10):
        assert client.get("/health").status == 200
        time.sleep(0.3)
    for connection in slow:
        connection.close()
    assert open_sockets(server) < 200
