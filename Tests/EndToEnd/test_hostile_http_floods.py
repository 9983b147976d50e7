"""Floods and bombs: more than a client may ask for at once. Others are served meanwhile, and memory stays bounded."""

import time

import pytest

from support.hostility import Bystander, Siege, memory, open_sockets
from support.raw import LAST, RawConnection, exchange, get, post_link
from support.waiting import eventually

WRITE_SECONDS = 3


@pytest.fixture(scope="module")
def siege(shared_launch):
    settings = {"SHRINKR_HTTP_WRITE_TIMEOUT": f"{WRITE_SECONDS}s", "SHRINKR_LIMIT_UNKNOWN_CODES": "off"}
    return Siege(shared_launch.start("shrinkr", **settings))


@pytest.fixture(autouse=True)
def others_are_served(siege):
    with Bystander(siege.server) as bystander:
        yield
        bystander.check()
    assert siege.server.is_running


def test_answers_that_nobody_reads(siege):
    """A client that takes nothing is given up, and with it what waits for it."""
    before = open_sockets(siege.server)
    connections = [RawConnection(siege.server, receive_buffer=4_096) for _ in range(50)]
    for connection in connections:
        connection.send_beside([get("/openapi.yaml") * 2_000])
    eventually(lambda: open_sockets(siege.server) > before + 25, what="the server has taken most of them")
    eventually(lambda: open_sockets(siege.server) <= before + 5, within=120, what="the server has given them up")
    for connection in connections:
        connection.close()


def test_pipelining_floods(siege):
    """Requests come faster than they are answered: they wait in the sockets, not in memory."""
    flood = b"GET /health HTTP/1.1\r\nHost:a\r\n\r\n" * 100_000
    connections = [RawConnection(siege.server, receive_buffer=4_096) for _ in range(50)]
    for connection in connections:
        connection.send_beside([flood])
    # How long the flood lasts.
    time.sleep(WRITE_SECONDS)
    for connection in connections:
        connection.close()


def test_pipelined_redirects_that_are_read_late(siege):
    """Answers larger than any buffer: all come, in order, each is counted, and none that waits is kept in memory."""
    count = 10_000
    client = siege.server.client()
    url = "https://example.com/" + "x" * 2_000
    code = client.create(url=url)["code"]
    assert client.follow(code).status == 302
    with RawConnection(siege.server, receive_buffer=4_096) as connection:
        before = memory(siege.server)
        connection.send_beside([b"".join(get(f"/{code}", f"X-Request-Id: {n}") for n in range(count)), LAST])
        time.sleep(WRITE_SECONDS / 2)
        assert memory(siege.server) < before + 16 * 1_048_576
        for number in range(count):
            answer = connection.answer()
            assert (answer.status, answer.field("X-Request-Id")) == (302, str(number))
            assert answer.field("Location") == url
        assert len(connection.answers()) == 1
    eventually(lambda: client.clicks(code) == count + 1, what="each of them is counted")


def test_every_pipelined_request_is_answered_in_order(siege):
    count = 5_000
    with RawConnection(siege.server) as connection:
        requests = [get("/not-there", f"X-Request-Id: {number}") for number in range(count)]
        connection.send_beside([b"".join(requests), LAST])
        for number in range(count):
            answer = connection.answer()
            assert (answer.status, answer.field("X-Request-Id")) == (404, str(number))
        assert len(connection.answers()) == 1


def test_connections_that_come_and_go(siege):
    """Closed, reset, in the middle of a request, or before the answer: nothing is left behind."""
    before = open_sockets(siege.server)
    beginnings = [b"", b"GET", get("/health"), get("/openapi.yaml") * 20, post_link("Content-Length: 50000")]
    for number in range(2_000):
        connection = RawConnection(siege.server)
        connection.send(beginnings[number % len(beginnings)])
        if number % 2:
            connection.reset()
        else:
            connection.close()
    eventually(lambda: open_sockets(siege.server) <= before + 5, within=60, what="their connections are gone")


@pytest.mark.parametrize(
    "body",
    [
        b'{"url":' * 5_000,
        b"[" * 60_000,
        b'{"url":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
        b'{"url":' + b"9" * 60_000 + b"}",
        b'{"max_visits":1e999999999,"url":"https://example.com/"}',
        b'{"url":"' + b"\\u0000" * 10_000 + b'"}',
        b"{" + b",".join(b'"%d":0' % number for number in range(5_000)) + b"}",
        b"{" + b'"url":"https://example.com/",' * 2_000 + b'"url":""}',
    ],
    ids=["deep", "brackets", "nested", "digits", "exponent", "escapes", "members", "duplicates"],
)
def test_json_bombs(siege, body):
    [answer, _] = exchange(siege.server, post_link(f"Content-Length: {len(body)}", body=body) + LAST)
    assert answer.status in (400, 422), answer
    assert len(answer.body) < 1024 * 1024


def test_query_bomb(siege):
    [answer, _] = exchange(siege.server, get("/api/v1/links?" + "&".join(f"{n}=" for n in range(2_000))) + LAST)
    assert answer.status == 400
    assert len(answer.body) < 1024 * 1024


def test_the_log_is_not_flooded(siege):
    """None of this is the operator's business: thousands of broken requests have not made a line each."""
    lines = siege.server.log(last=1_000_000).splitlines()
    assert len(lines) < 50, lines[-20:]


def test_report(siege, capsys):
    with capsys.disabled():
        print(f"\n{siege.report('Floods and bombs')}")
