"""Clients that send slowly, never, or without end: what is late or too much is refused, and others are served."""

import time

import pytest

from support.hostility import Bystander, Siege
from support.raw import LAST, RawConnection, exchange, get, post_link

SECONDS = 3


@pytest.fixture(scope="module")
def siege(shared_launch):
    limits = ["IDLE", "BODY", "WRITE"]
    return Siege(shared_launch.start("shrinkr", **{f"SHRINKR_HTTP_{name}_TIMEOUT": f"{SECONDS}s" for name in limits}))


@pytest.fixture(autouse=True)
def others_are_served(siege):
    with Bystander(siege.server) as bystander:
        yield
        bystander.check()
    assert siege.server.is_running


def drip(connection, pieces, every=0.1):
    """Sends piece by piece until the server takes no more."""

    def slowly():
        for piece in pieces:
            yield piece
            time.sleep(every)

    return connection.send_beside(slowly())


def endless(piece, before=b""):
    """Never stops."""
    yield before
    while True:
        yield piece


def assert_last_answer(connection, status, problem):
    [answer] = connection.answers()
    assert (answer.status, answer.problem, answer.field("Connection")) == (status, problem, "close")


def test_slow_headers(siege):
    """However steadily they come: the time for a header is limited."""
    connections = [RawConnection(siege.server) for _ in range(200)]
    for number, connection in enumerate(connections):
        start, more = [(b"GET /", b"x"), (b"GET / HTTP/1.1\r\n", b"X: y\r\n"), (b"GET / HTTP/1.1\r\nX: ", b"y")][
            number % 3
        ]
        drip(connection, endless(more, start), every=0.5)
    for connection in connections:
        with connection:
            assert_last_answer(connection, 408, "request-timeout")


def test_silent_connections_are_closed_without_a_word(siege):
    with RawConnection(siege.server) as silent, RawConnection(siege.server) as kept:
        kept.send(get("/health"))
        assert kept.answer().status == 200
        assert silent.answers() == []
        assert kept.answers() == []


@pytest.mark.parametrize("framing", ["Content-Length: 60000", "Transfer-Encoding: chunked"])
def test_dripped_bodies(siege, framing):
    piece = b" " if "Length" in framing else b"1\r\n \r\n"
    connections = [RawConnection(siege.server) for _ in range(100)]
    for connection in connections:
        connection.send(post_link(framing))
        drip(connection, endless(piece), every=0.5)
    for connection in connections:
        with connection:
            assert_last_answer(connection, 408, "request-timeout")


def test_dripped_body_that_nobody_reads(siege):
    """The answer does not wait for the body, and the connection does not outlive the time for it."""
    with RawConnection(siege.server) as connection:
        connection.send(get("/health", "Content-Length: 1000000000"))
        assert connection.answer().status == 200
        drip(connection, endless(b" " * 1000), every=0.01)
        assert connection.answers() == []


def test_body_that_never_ends_for_a_path_that_reads_none(siege):
    with RawConnection(siege.server) as connection:
        connection.send(get("/health", "Transfer-Encoding: chunked"))
        assert connection.answer().status == 200
        connection.send_beside(endless(b"10000\r\n" + b" " * 0x10000 + b"\r\n"))
        assert connection.answers() == []


CHUNKED = post_link("Transfer-Encoding: chunked")

ENDLESS = {
    "header field": (b"GET /health HTTP/1.1\r\nHost: a\r\nX-Bomb: ", b"x" * 65_536, 431, "headers-too-large"),
    "header fields": (b"GET /health HTTP/1.1\r\nHost: a\r\n", b"X: y\r\n" * 10_000, 431, "headers-too-large"),
    "field name": (b"GET /health HTTP/1.1\r\nHost: a\r\nX", b"x" * 65_536, 431, "headers-too-large"),
    "target": (b"GET /", b"x" * 65_536, 431, "headers-too-large"),
    "query": (b"GET /health?", b"a=b&" * 16_384, 431, "headers-too-large"),
    "method": (b"G", b"E" * 65_536, 400, "malformed-request"),
    "empty lines": (b"", b"\r\n" * 32_768, 408, "request-timeout"),
    "body": (post_link("Content-Length: 100000000000"), b" " * 65_536, 413, "payload-too-large"),
    "chunks": (CHUNKED, b"10000\r\n" + b" " * 65_536 + b"\r\n", 413, "payload-too-large"),
    "one chunk": (CHUNKED + b"ffffffffff\r\n", b" " * 65_536, 413, "payload-too-large"),
    "small chunks": (CHUNKED, b"10\r\n" + b" " * 16 + b"\r\n", 413, "payload-too-large"),
    "chunk size": (CHUNKED, b"0" * 65_536, 408, "request-timeout"),
    "chunk extension": (CHUNKED + b"2;", b"x" * 65_536, 408, "request-timeout"),
    "trailer": (CHUNKED + b"0\r\nX: ", b"x" * 65_536, 431, "headers-too-large"),
    "trailer fields": (CHUNKED + b"0\r\n", b"X: y\r\n" * 10_000, 431, "headers-too-large"),
}


@pytest.mark.parametrize(("start", "more", "status", "problem"), ENDLESS.values(), ids=ENDLESS)
def test_what_never_ends_is_cut_off(siege, start, more, status, problem):
    with RawConnection(siege.server) as connection:
        connection.send_beside(endless(more, start))
        assert_last_answer(connection, status, problem)


def test_just_within_the_limits(siege):
    fields = [f"X-{number}: {'y' * 100}" for number in range(99)]
    answers = exchange(siege.server, get("/health", *fields) + get("/" + "x" * 16_000) + LAST)
    assert [answer.status for answer in answers] == [200, 404, 200]


def test_report(siege, capsys):
    with capsys.disabled():
        print(f"\n{siege.report('Slow clients and endless requests')}")
