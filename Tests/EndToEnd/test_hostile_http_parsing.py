"""Requests that are broken, ambiguous or forbidden, byte for byte: each gets the answer of RFC 9110 and 9112, and none
is taken for two."""

import pytest

from support.hostility import Bystander, Siege
from support.raw import HOST, LAST, RawConnection, exchange, get, post_link, request

# Ends up inside another request where two servers disagree; it must never be answered on its own.
SMUGGLED = get("/smuggled")


@pytest.fixture(scope="module")
def siege(shared_launch):
    return Siege(shared_launch.start("shrinkr", SHRINKR_HTTP_BODY_TIMEOUT="5s"))


@pytest.fixture(autouse=True)
def others_are_served(siege):
    with Bystander(siege.server) as bystander:
        yield
        bystander.check()
    assert siege.server.is_running


def assert_refused(siege, data, *statuses):
    """One answer with one of the statuses, and the connection is closed after it, whatever follows."""
    answers = exchange(siege.server, data + SMUGGLED + LAST)
    assert [answer.status for answer in answers] in [[status] for status in statuses], answers
    assert answers[0].field("Connection") == "close"
    assert answers[0].problem is not None
    assert answers[0].field("X-Request-Id")


def assert_read(siege, data, *statuses):
    """Answers with these statuses, and the request after them is read as what it is."""
    answers = exchange(siege.server, data + LAST)
    assert [answer.status for answer in answers] == [*statuses, 200], answers
    assert answers[-1].body.startswith(b"User-agent")


LENGTHS = {
    "two equal": ["Content-Length: 2", "Content-Length: 2"],
    "two different": ["Content-Length: 2", "Content-Length: 60"],
    "list of equal": ["Content-Length: 2, 2"],
    "list of different": ["Content-Length: 2, 60"],
    "plus": ["Content-Length: +2"],
    "negative": ["Content-Length: -2"],
    "hexadecimal": ["Content-Length: 0x2"],
    "space inside": ["Content-Length: 2 2"],
    "with a parameter": ["Content-Length: 2;a"],
    "fraction": ["Content-Length: 2.0"],
    "empty": ["Content-Length:"],
    "other digits": ["Content-Length: \xb2"],
    "2^64 + 2": ["Content-Length: 18446744073709551618"],
    "beside chunked": ["Content-Length: 4", "Transfer-Encoding: chunked"],
    "after chunked": ["Transfer-Encoding: chunked", "Content-Length: 4"],
    "beside identity": ["Content-Length: 4", "Transfer-Encoding: identity"],
}


@pytest.mark.parametrize("fields", LENGTHS.values(), ids=LENGTHS)
def test_lengths_that_are_none_or_not_one(siege, fields):
    assert_refused(siege, post_link(*fields, body=b"0\r\n\r\n"), 400)


@pytest.mark.parametrize("value", ["2", " 2 ", "\t2", "002"])
def test_lengths_that_are_one(siege, value):
    assert_read(siege, post_link(f"Content-Length:{value}", body=b"{}"), 422)


@pytest.mark.parametrize("length", ["65537", "9223372036854775807", "9223372036854775808", "18446744073709551615"])
def test_lengths_beyond_every_limit(siege, length):
    assert_refused(siege, post_link(f"Content-Length: {length}", body=b"{}"), 413)


CODINGS = {
    "chunked, identity": 400,
    "identity": 400,
    "xchunked": 400,
    "chunkedx": 400,
    "chunked, gzip": 400,
    "chunked, chunked": 400,
    "chunked;q=1": 400,
    '"chunked"': 400,
    "chunked,": 400,
    ",chunked": 400,
    "": 400,
    "\x0bchunked": 400,
    "chun\x0bked": 400,
    "chunked\xa0": 400,
    "identity, chunked": 501,
    "gzip, chunked": 501,
    "x, chunked": 501,
}


@pytest.mark.parametrize(("coding", "status"), CODINGS.items(), ids=[ascii(coding) for coding in CODINGS])
def test_transfer_codings_that_we_do_not_read(siege, coding, status):
    assert_refused(siege, post_link(f"Transfer-Encoding: {coding}", body=b"2\r\n{}\r\n0\r\n\r\n"), status)


@pytest.mark.parametrize("others", [["chunked"], ["identity"], ["gzip"]])
def test_two_transfer_encoding_fields(siege, others):
    for codings in (["chunked", *others], [*others, "chunked"]):
        fields = [f"Transfer-Encoding: {coding}" for coding in codings]
        assert_refused(siege, post_link(*fields, body=b"2\r\n{}\r\n0\r\n\r\n"), 400, 501)


@pytest.mark.parametrize("coding", ["chunked", "CHUNKED", " chunked ", "\tchunked"])
def test_chunked_is_read(siege, coding):
    assert_read(siege, post_link(f"Transfer-Encoding:{coding}", body=b"2\r\n{}\r\n0\r\n\r\n"), 422)


@pytest.mark.parametrize("connection", [[], ["Connection: keep-alive"]])
def test_chunked_in_http_1_0(siege, connection):
    head = ["POST /api/v1/links HTTP/1.0", "Content-Type: application/json", "Transfer-Encoding: chunked"]
    assert_refused(siege, request(*head, *connection, body=b"2\r\n{}\r\n0\r\n\r\n"), 400)


CHUNKS = {
    "negative size": b"-2\r\n{}\r\n0\r\n\r\n",
    "size with plus": b"+2\r\n{}\r\n0\r\n\r\n",
    "size with 0x": b"0x2\r\n{}\r\n0\r\n\r\n",
    "size with h": b"2h\r\n{}\r\n0\r\n\r\n",
    "size of 2^64 + 2": b"10000000000000002\r\n{}\r\n0\r\n\r\n",
    "no size": b"\r\n{}\r\n0\r\n\r\n",
    "size that is none": b"g\r\n{}\r\n0\r\n\r\n",
    "space before the size": b" 2\r\n{}\r\n0\r\n\r\n",
    "space after the size": b"2 \r\n{}\r\n0\r\n\r\n",
    "bare LF after the size": b"2\n{}\r\n0\r\n\r\n",
    "bare CR after the size": b"2\r{}\r\n0\r\n\r\n",
    "bare LF after the data": b"2\r\n{}\n0\r\n\r\n",
    "nothing after the data": b"2\r\n{}0\r\n\r\n",
    "size too small": b"1\r\n{}\r\n0\r\n\r\n",
    "size too large": b"3\r\n{}\r\n0\r\n\r\n",
    "bare LF at the end": b"2\r\n{}\r\n0\n\n",
    "bare LF in an extension": b"2;a\n\r\n{}\r\n0\r\n\r\n",
    "bare CR in an extension": b"2;a\rb\r\n{}\r\n0\r\n\r\n",
    "NUL in an extension": b"2;a\0\r\n{}\r\n0\r\n\r\n",
    "unfinished quotes in an extension": b'2;a="b\r\n{}\r\n0\r\n\r\n',
    "bare LF in a trailer": b"2\r\n{}\r\n0\r\nX-A: b\n\r\n",
    "space in a trailer's name": b"2\r\n{}\r\n0\r\nX A: b\r\n\r\n",
    "length in a trailer": b"2\r\n{}\r\n0\r\nContent-Length: 5\r\n\r\n",
    "transfer coding in a trailer": b"2\r\n{}\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n",
}


@pytest.mark.parametrize("body", CHUNKS.values(), ids=CHUNKS)
def test_broken_chunks(siege, body):
    assert_refused(siege, post_link("Transfer-Encoding: chunked", body=body), 400)


GOOD_CHUNKS = {
    "one": b"2\r\n{}\r\n0\r\n\r\n",
    "two": b"1\r\n{\r\n1\r\n}\r\n0\r\n\r\n",
    "extensions": b'2;a=b\r\n{}\r\n0;c="d; e"\r\n\r\n',
    "leading zeros": b"0002\r\n{}\r\n00\r\n\r\n",
    "trailer": b"2\r\n{}\r\n0\r\nX-A: b\r\n\r\n",
    "trailer that must not count": b"2\r\n{}\r\n0\r\nHost: a b\r\nExpect: 100-continue\r\nUpgrade: h2c\r\n\r\n",
}


@pytest.mark.parametrize("body", GOOD_CHUNKS.values(), ids=GOOD_CHUNKS)
def test_good_chunks(siege, body):
    assert_read(siege, post_link("Transfer-Encoding: chunked", body=body), 422)


def test_trailer_that_ends_the_connection(siege):
    """The parser heeds it. Whatever follows is not answered as a request then."""
    body = b"2\r\n{}\r\n0\r\nConnection: close\r\n\r\n"
    answers = exchange(siege.server, post_link("Transfer-Encoding: chunked", body=body) + SMUGGLED)
    assert [answer.status for answer in answers] in ([422], [422, 400])


@pytest.mark.parametrize(
    "body", [b"ffffffffffffffff\r\n{}", b"7fffffffffffffff\r\n{}", b"10001\r\n" + b" " * 0x10001 + b"\r\n0\r\n\r\n"]
)
def test_chunks_beyond_every_limit(siege, body):
    """Refused when too much has come, or when the announced rest does not come."""
    assert_refused(siege, post_link("Transfer-Encoding: chunked", body=body), 408, 413)


HEADS = {
    "folded field": b"GET /health HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c\r\n\r\n",
    "folded length": b"GET /health HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n 60\r\n\r\n",
    "folded coding": b"GET /health HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\tchunked\r\n\r\n",
    "folded first field": b"GET /health HTTP/1.1\r\n Host: a\r\nHost: a\r\n\r\n",
    "bare LF after a field": b"GET /health HTTP/1.1\r\nHost: a\nX-A: b\r\n\r\n",
    "bare LF at the end": b"GET /health HTTP/1.1\r\nHost: a\r\n\n",
    "bare CR everywhere": b"GET /health HTTP/1.1\rHost: a\r\r",
    "bare CR in a value": b"GET /health HTTP/1.1\r\nHost: a\r\nX-A: b\rX-B: c\r\n\r\n",
    "two CR": b"GET /health HTTP/1.1\r\r\nHost: a\r\n\r\n",
    "NUL in a value": b"GET /health HTTP/1.1\r\nHost: a\r\nX-A: b\0c\r\n\r\n",
    "NUL in a name": b"GET /health HTTP/1.1\r\nHost: a\r\nX\0A: b\r\n\r\n",
    "NUL in the target": b"GET /hea\0lth HTTP/1.1\r\nHost: a\r\n\r\n",
    "control in a value": b"GET /health HTTP/1.1\r\nHost: a\r\nX-A: b\x1bc\r\n\r\n",
    "DEL in a value": b"GET /health HTTP/1.1\r\nHost: a\r\nX-A: b\x7fc\r\n\r\n",
    "space before the colon": b"GET /health HTTP/1.1\r\nHost: a\r\nContent-Length : 60\r\n\r\n",
    "tab before the colon": b"GET /health HTTP/1.1\r\nHost: a\r\nTransfer-Encoding\t: chunked\r\n\r\n",
    "space in a name": b"GET /health HTTP/1.1\r\nHost: a\r\nX A: b\r\n\r\n",
    "no colon": b"GET /health HTTP/1.1\r\nHost: a\r\nX-A\r\n\r\n",
    "no name": b"GET /health HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n",
    "name that is no token": b"GET /health HTTP/1.1\r\nHost: a\r\nX(A): b\r\n\r\n",
    "name outside ASCII": "GET /health HTTP/1.1\r\nHost: a\r\nX-Ä: b\r\n\r\n".encode(),
    "space before the method": b" GET /health HTTP/1.1\r\nHost: a\r\n\r\n",
    "tabs in the request line": b"GET\t/health\tHTTP/1.1\r\nHost: a\r\n\r\n",
    "space in the target": b"GET /hea lth HTTP/1.1\r\nHost: a\r\n\r\n",
    "tab in the target": b"GET /hea\tlth HTTP/1.1\r\nHost: a\r\n\r\n",
    "no target": b"GET HTTP/1.1\r\nHost: a\r\n\r\n",
    "method in small letters": b"get /health HTTP/1.1\r\nHost: a\r\n\r\n",
    "unknown method": b"BREW /health HTTP/1.1\r\nHost: a\r\n\r\n",
    "long method": b"X" * 20_000 + b" /health HTTP/1.1\r\nHost: a\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)),
    "every byte": bytes(range(256)),
    "zeros": bytes(100_000),
}


@pytest.mark.parametrize("data", HEADS.values(), ids=HEADS)
def test_broken_heads(siege, data):
    assert_refused(siege, data, 400)


@pytest.mark.parametrize("data", [b"GET /health HTTP/1.1\nHost: a\n\n", b"GET /health HTTP/1.1\nHost: a\r\n\r\n",
                                  b"GET /health\r\n\r\n", b"GET /health\n\n"])  # fmt: skip
def test_request_lines_without_their_end(siege, data):
    """To the parser, the bare LF or the missing version makes it another version of HTTP."""
    assert_refused(siege, data, 400, 505)


@pytest.mark.parametrize(
    "data", [b"\r\n\r\n" + get("/health"), get("/health", "X-A: \xff\x80 b"), get("/health", "X-A:")]
)
def test_heads_that_may_be_so(siege, data):
    assert_read(siege, data, 200)


@pytest.mark.parametrize(
    "host", ["a b", "a,b c", "a/b", "a@b", "a:b", "a:99999", "a:80:80", ":80", "[::1", "::1", "a?b", "a#b", "http://a",
             "a\\b", "a\tb", "<a>", "\xe9", "\xff"],
)  # fmt: skip
def test_hosts_that_are_none(siege, host):
    data = f"GET /health HTTP/1.1\r\nHost: {host}\r\n\r\n".encode("latin-1")
    assert_refused(siege, data, 400)


@pytest.mark.parametrize("hosts", [[], ["127.0.0.1", "127.0.0.1"], ["127.0.0.1", "evil.example"]])
def test_one_host_is_needed(siege, hosts):
    lines = ["GET /health HTTP/1.1", *[f"Host: {host}" for host in hosts], "", ""]
    assert_refused(siege, "\r\n".join(lines).encode(), 400)


@pytest.mark.parametrize("host", ["127.0.0.1", "sho.rt:443", "[::1]:8000", "a_b", "evil.example", ""])
def test_any_host_can_be_asked_for(siege, host):
    """The load balancer's checks, and links under several names, come with hosts of their own."""
    assert_read(siege, f"GET /health HTTP/1.1\r\nHost: {host}\r\n\r\n".encode(), 200)


TARGETS = {
    "/%zz": 404,
    "/%": 404,
    "/%4": 404,
    "/%00": 404,
    "/%ff%fe": 404,
    "/%c0%af": 404,
    "/%ed%a0%80": 404,
    "/../health": 404,
    "/%2e%2e/health": 404,
    "//health": 404,
    "/\\health": 404,
    "/health;a=b": 404,
    "/api//v1/links": 404,
    "/api%2fv1%2flinks": 404,
    "/%61pi/v1/links": 404,
    "/*": 404,
    "/+": 404,
    "/health??&&==&%ff=%": 200,
    "/api/v1/links?q=%ff": 200,
    "/api/v1/links?limit=%": 422,
    "/api/v1/links?%ff": 422,
    "/api/v1/links?tag=%0d%0a": 422,
    "/api/v1/links/%ff": 404,
    # Bytes outside ASCII are read as if they were encoded.
    "/\xff\xfe": 404,
    "/a\xc3": 404,
    "/\xc3\xa9": 404,
    "/health?\xc3\xa9": 200,
    "/api/v1/links?q=\xff": 200,
    "/api/v1/links?\xf0": 422,
    "/api/v1/links/%0d%0a/stats": 404,
    "http://127.0.0.1/health": 200,
    "HTTPS://sho.rt:443/health": 200,
    "http://evil.example/health": 200,
    "http://127.0.0.1": 404,
    "http://127.0.0.1?a": 404,
}


@pytest.mark.parametrize(("target", "status"), TARGETS.items(), ids=TARGETS)
def test_targets(siege, target, status):
    assert_read(siege, get(target), status)


@pytest.mark.parametrize(
    "target", ["health", "\\health", "*", "/health#a", "http://", "http:///health", "http:/health", "http://a:b@127.0.0.1/health",
               "http://127.0.0.1:99999/health", "http://[::1/health", "http://127.0.0.1/a b", "ftp://127.0.0.1/health",
               "javascript:alert(1)", "127.0.0.1:80", "://"],
)  # fmt: skip
def test_targets_that_are_none(siege, target):
    assert_refused(siege, get(target), 400)


def test_host_of_an_absolute_target_counts(siege):
    """`Host` says that the request is for this machine, the target says that it is not."""
    [refused, _] = exchange(siege.server, get("http://evil.example/api/v1/links") + LAST)
    assert (refused.status, refused.problem) == (421, "misdirected-request")
    assert_read(siege, get("http://localhost/api/v1/links"), 200)


def test_asterisk_is_for_options(siege):
    [answer, _] = exchange(siege.server, request("OPTIONS * HTTP/1.1") + LAST)
    assert answer.status == 405 and answer.field("Allow")
    for method in ("GET", "HEAD", "POST", "TRACE"):
        with RawConnection(siege.server) as connection:
            connection.send(request(f"{method} * HTTP/1.1") + LAST)
            assert connection.answer(to_head=method == "HEAD").status == 400
            assert connection.rest() == b""


@pytest.mark.parametrize("target", ["example.com:443", "127.0.0.1:80", "/health", "http://127.0.0.1/", "*"])
def test_connect(siege, target):
    assert_refused(siege, request(f"CONNECT {target} HTTP/1.1"), 501)


def test_trace_shows_nothing(siege):
    [answer, _] = exchange(siege.server, request("TRACE /health HTTP/1.1", "Cookie: secret") + LAST)
    assert answer.status == 405 and b"secret" not in answer.body


@pytest.mark.parametrize("upgrade", ["h2c", "websocket", "TLS/1.0"])
def test_no_other_protocol_is_spoken(siege, upgrade):
    """The parser takes what follows for the other protocol, so nothing may follow; the client is told."""
    data = get("/health", "Connection: Upgrade, HTTP2-Settings", f"Upgrade: {upgrade}", "HTTP2-Settings: AAMAAABk")
    [answer] = exchange(siege.server, data + SMUGGLED)
    assert (answer.status, answer.field("Connection"), answer.field("Upgrade")) == (200, "close", None)


@pytest.mark.parametrize("version", ["HTTP/0.9", "HTTP/2.0", "HTTP/3.0", "HTTP/9.9", "HTTP/1.2"])
def test_other_versions(siege, version):
    assert_refused(siege, request(f"GET /health {version}"), 505)


@pytest.mark.parametrize(
    "version", ["HTTP/1", "HTTP/1.10", "http/1.1", "HTTP/01.1", "HTTP/ 1.1", "HTTP/1.1x", "HTTQ/1.1"]
)
def test_what_is_no_version(siege, version):
    assert_refused(siege, request(f"GET /health {version}"), 400, 505)


@pytest.mark.parametrize("after", [b"", b"\0\0\4\0\0\0\0\0\0"])
def test_http_2_preface(siege, after):
    assert_refused(siege, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + after, 400, 505)


@pytest.mark.parametrize("fields", [[], ["Connection: keep-alive"], ["Connection: close"], [HOST]])
def test_http_1_0_is_served_once_per_connection(siege, fields):
    data = "\r\n".join(["GET /health HTTP/1.0", *fields, "", ""]).encode()
    for more in (b"", SMUGGLED, b"nonsense\r\n\r\n"):
        [answer] = exchange(siege.server, data + more)
        assert (answer.status, answer.field("Connection")) == (200, "close")


@pytest.mark.parametrize("value", ["close", "Close", "keep-alive, close", "close, TE"])
def test_nothing_is_answered_after_close(siege, value):
    for more in (b"", SMUGGLED, b"nonsense\r\n\r\n", b"\0" * 100_000):
        [answer] = exchange(siege.server, get("/health", f"Connection: {value}") + more)
        assert (answer.status, answer.field("Connection")) == (200, "close")


@pytest.mark.parametrize("framing", [f"Content-Length: {len(SMUGGLED)}", "Transfer-Encoding: chunked"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "OPTIONS", "TRACE"])
def test_body_where_none_is_read(siege, method, framing):
    """It is the request's body, whether anybody reads it or not."""
    body = SMUGGLED if "Length" in framing else b"%x\r\n%s\r\n0\r\n\r\n" % (len(SMUGGLED), SMUGGLED)
    with RawConnection(siege.server) as connection:
        connection.send(request(f"{method} /health HTTP/1.1", framing, body=body) + LAST)
        first = connection.answer(to_head=method == "HEAD")
        assert first.status == (200 if method in ("GET", "HEAD") else 405)
        [last] = connection.answers()
        assert last.body.startswith(b"User-agent")


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_request_that_ends_early(siege, cut):
    """The client stops sending in the middle: it gets an error or nothing, and no link is made."""
    data = post_link("Content-Length: 30", body=b'{"url":"https://example.com/"}')
    with RawConnection(siege.server) as connection:
        connection.send(data[:-cut])
        connection.finish_sending()
        assert [answer.status for answer in connection.answers()] in ([], [400])


def test_half_closed_connection_gets_its_answer(siege):
    with RawConnection(siege.server) as connection:
        connection.send(get("/health"))
        connection.finish_sending()
        assert [answer.status for answer in connection.answers()] == [200]


def test_waiting_for_100_continue(siege):
    body = b'{"url":"https://example.com/"}'
    with RawConnection(siege.server) as connection:
        connection.send(post_link("Expect: 100-continue", f"Content-Length: {len(body)}"))
        assert connection.answer().status == 100
        connection.send(body)
        assert connection.answer().status == 201
    # The answer is known already.
    assert_refused(siege, post_link("Expect: 100-continue", "Content-Length: 2000000"), 413)


def test_report(siege, capsys):
    with capsys.disabled():
        print(f"\n{siege.report('Broken requests')}")
