"""Every error is a problem document (RFC 9457) with the right status, whatever a client sends."""

import gzip
import re

import pytest

from support.client import CHROME, assert_invalid, assert_problem
from support.raw import exchange, get, post_link

JSON = {"Content-Type": "application/json"}
LINKS = "/api/v1/links"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"null",
        b'{"url": "https://example.com/"} trailing',
        b'{"url": "\xff"}',
        b"{'url': 1}",
    ],
)
def test_malformed_json(client, body):
    assert_problem(client.post(LINKS, body=body, headers=JSON), 400, "malformed-request")


@pytest.mark.parametrize("media_type", [None, "text/plain", "application/x-www-form-urlencoded", "application/xml"])
def test_wrong_content_type(client, media_type):
    headers = {"Content-Type": media_type} if media_type else {}
    answer = client.post(LINKS, body=b'{"url": "https://example.com/"}', headers=headers)
    assert_problem(answer, 415, "unsupported-media-type")


@pytest.mark.parametrize("media_type", ["application/json; charset=utf8", 'application/JSON;x=y;charset="UTF-8"'])
def test_accepted_content_types(client, media_type):
    """As clients on different systems name it, and with the mark that some begin a text with."""
    for mark in (b"", b"\xef\xbb\xbf"):
        body = mark + b'{"url": "https://example.com/"}'
        answer = client.post(LINKS, body=body, headers={"Content-Type": media_type})
        assert answer.status == 201, answer


def test_compressed_body(client):
    body = gzip.compress(b'{"url": "https://example.com/"}')
    answer = client.post(LINKS, body=body, headers={"Content-Type": "application/json", "Content-Encoding": "gzip"})
    assert_problem(answer, 415, "unsupported-media-type")
    assert "Content-Encoding" in answer.json()["detail"]


def test_patch_tells_which_types_it_reads(client):
    client.create(code="accept-patch")
    answer = client.patch(f"{LINKS}/accept-patch", body=b"{}", headers={"Content-Type": "text/plain"})
    assert_problem(answer, 415, "unsupported-media-type")
    assert "application/merge-patch+json" in answer.headers["Accept-Patch"]
    for media_type in ("application/merge-patch+json", "application/json"):
        answer = client.patch(f"{LINKS}/accept-patch", body=b"{}", headers={"Content-Type": media_type})
        assert answer.status == 200, answer


@pytest.mark.parametrize(
    "path",
    ["/api", "/api/", "/api/v1", "/api/v1/nothing", "/api/v2/links", "/a/b/c", "/", "/favicon.ico", "/api/v1/links/a/b",
     "/%00", "/k%2Fx", "/caf%C3%A9", "/" + "x" * 65],
)  # fmt: skip
def test_unknown_path(client, path):
    assert_problem(client.get(path), 404, "not-found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", LINKS, {"GET", "POST"}),
        ("PUT", LINKS, {"GET", "POST"}),
        ("OPTIONS", LINKS, {"GET", "POST"}),
        ("GET", f"{LINKS}/batch", {"POST"}),
        ("POST", f"{LINKS}/some", {"GET", "PATCH", "DELETE"}),
        ("POST", f"{LINKS}/some/stats", {"GET"}),
        ("POST", "/api/v1/stats", {"GET"}),
        ("PATCH", "/api/v1/keys", {"GET", "POST"}),
        ("GET", "/api/v1/keys/some", {"DELETE"}),
        ("POST", "/some", {"GET", "HEAD"}),
        ("DELETE", "/some+", {"GET", "HEAD", "POST"}),
        ("OPTIONS", "/health", {"GET", "HEAD"}),
        ("PUT", "/openapi.yaml", {"GET", "HEAD"}),
        ("POST", "/robots.txt", {"GET", "HEAD"}),
    ],
)
def test_wrong_method(client, method, path, allowed):
    answer = client.request(method, path)
    assert_problem(answer, 405, "method-not-allowed")
    named = {name.strip() for name in answer.headers["Allow"].split(",")}
    # A server may answer HEAD wherever it answers GET.
    assert named - {"HEAD"} == allowed - {"HEAD"}
    assert named >= allowed


def test_batch_is_a_path_of_its_own_and_no_code(client):
    """`/api/v1/links/batch` is never read as a link with the code `batch`."""
    assert_problem(client.delete(f"{LINKS}/batch"), 405, "method-not-allowed")


def test_unknown_query_parameter(client):
    assert_invalid(client.get(f"{LINKS}?limt=3"), "unknown_parameter", parameter="limt")
    assert_invalid(client.get("/api/v1/stats?form=x"), "unknown_parameter", parameter="form")
    assert_invalid(client.get(f"{LINKS}?limit=3&limit=4"), "invalid", parameter="limit")


def test_unknown_member_and_several_errors_at_once(client):
    answer = client.post(LINKS, json={"ulr": "https://example.com/", "max_visits": 0, "title": 7})
    assert_invalid(answer, "required", pointer="/url")
    assert_invalid(answer, "unknown_member", pointer="/ulr")
    assert_invalid(answer, "out_of_range", pointer="/max_visits")
    assert_invalid(answer, "wrong_type", pointer="/title")


@pytest.mark.parametrize(
    ("member", "value", "code"),
    [
        ("url", None, None),
        ("url", 7, "wrong_type"),
        ("url", "", None),
        ("url", "example.com", "not_absolute"),
        ("url", "/relative", "not_absolute"),
        ("url", "ftp://example.com/", "scheme_not_allowed"),
        ("url", "javascript:alert(1)", "scheme_not_allowed"),
        ("url", "https://user:secret@example.com/", "user_info_not_allowed"),
        ("url", "https://example.com/\r\nSet-Cookie: a=b", "control_character"),
        ("url", "https://example.com/\t", "control_character"),
        ("url", "https://example.com/" + "x" * 8192, "too_long"),
        ("url", "http://127.0.0.1:9/", "private_address"),
        ("url", "http://localhost/", "private_address"),
        ("url", "http://[::1]/", "private_address"),
        ("url", "http://169.254.169.254/latest/meta-data/", "private_address"),
        ("url", "http://0x7f.1/", "private_address"),
        ("url", "https://exa mple.com/", "host_invalid"),
        ("url", "https://example.com:99999/", "port_invalid"),
        ("code", "", None),
        ("code", "x" * 65, None),
        ("code", "with space", None),
        ("code", "sl/ash", None),
        ("code", "plus+", None),
        ("code", "dot.ted", None),
        ("code", "straße", None),
        ("code", "api", "reserved"),
        ("code", "Health", "reserved"),
        ("code", 7, "wrong_type"),
        ("title", "", None),
        ("title", "x" * 301, "too_long"),
        ("title", "two\nlines", None),
        ("tags", "text", "wrong_type"),
        ("tags", ["x" * 51], None),
        ("tags", ["a\r\nb"], None),
        ("tags", [str(i) for i in range(21)], None),
        ("redirect_status", 303, None),
        ("redirect_status", "302", "wrong_type"),
        ("forward_query", "yes", "wrong_type"),
        ("enabled", 1, "wrong_type"),
        ("max_visits", 0, "out_of_range"),
        ("max_visits", -1, "out_of_range"),
        ("max_visits", 9007199254740992, "out_of_range"),
        ("max_visits", 1.5, None),
        ("max_visits", True, "wrong_type"),
        ("expires_at", "tomorrow", "invalid"),
        ("expires_at", "2026-02-30T00:00:00Z", "invalid"),
        ("expires_at", 1767225600, "wrong_type"),
        # Instants that RFC 3339 cannot write in UTC: the years -1 and 10000.
        ("expires_at", "0000-01-01T00:00:00+01:00", None),
        ("expires_at", "9999-12-31T23:59:59-01:00", None),
        ("starts_at", "2026-01-01", "invalid"),
    ],
)
def test_a_bad_value_names_its_member(client, member, value, code):
    answer = client.post(LINKS, json={"url": "https://example.com/"} | {member: value})
    problem = assert_problem(answer, 422, "validation")
    # A faulty tag may be named itself: /tags/0.
    pointers = [error.get("pointer", "") for error in problem["errors"]]
    matching = [p for p in pointers if p == f"/{member}" or p.startswith(f"/{member}/")]
    assert matching, problem
    if code:
        assert code in [error["code"] for error in problem["errors"]], problem
    if isinstance(value, str) and len(value) > 20:
        assert value not in answer.text, "an error does not repeat what was sent"


def test_start_must_be_before_expiry(client):
    answer = client.post(
        LINKS,
        json={"url": "https://example.com/", "starts_at": "2030-01-02T00:00:00Z", "expires_at": "2030-01-01T00:00:00Z"},
    )
    assert_problem(answer, 422, "validation")


def test_own_address_is_no_destination(client, server):
    answer = client.post(LINKS, json={"url": f"{server.url}/loop"})
    assert_invalid(answer, pointer="/url")
    assert answer.json()["errors"][0]["code"] in ("own_host", "private_address")


def test_nothing_of_a_field_gets_into_a_header(client):
    """CR and LF, raw or encoded, in every place that could end up in a header."""
    evil = "x\r\nX-Evil: yes"
    for json_body in ({"url": "https://example.com/", "code": evil}, {"url": f"https://example.com/{evil}"}):
        answer = client.post(LINKS, json=json_body)
        assert answer.status == 422 and "X-Evil" not in answer.headers
    link = client.create("https://example.com/%0d%0aX-Evil:%20yes")
    answer = client.follow(link["code"])
    assert answer.headers["Location"] == "https://example.com/%0d%0aX-Evil:%20yes"
    assert "X-Evil" not in answer.headers
    client.patch(f"{LINKS}/{link['code']}", json={"forward_query": True})
    answer = client.follow(f"{link['code']}?a=%0d%0aX-Evil:%20yes")
    assert answer.status == 302 and "X-Evil" not in answer.headers
    assert "\r" not in answer.headers["Location"] and "\n" not in answer.headers["Location"]


def test_request_ids(client):
    own = client.get("/health", headers={"X-Request-Id": "my.Request_id-1"})
    assert own.headers["X-Request-Id"] == "my.Request_id-1"
    for strange in ("", "with space", "x" * 65, "a\tb", "semi;colon", "é".encode("latin-1").decode("latin-1")):
        answer = client.get("/health", headers={"X-Request-Id": strange})
        assert re.fullmatch("[A-Za-z0-9._-]{1,64}", answer.headers["X-Request-Id"]), answer
        assert answer.headers["X-Request-Id"] != strange
    ids = {client.get("/health").headers["X-Request-Id"] for _ in range(20)}
    assert len(ids) == 20
    assert_problem(client.get("/not-there", headers={"X-Request-Id": "kept"}), 404, "not-found")


def test_errors_are_pages_for_browsers(client):
    browser = {"User-Agent": CHROME, "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    client.create(code="switched-off", enabled=False)
    for path, status in (("/not-there", 404), ("/switched-off", 410), ("/not-there+", 404)):
        page = client.get(path, headers=browser)
        assert (page.status, page.media_type) == (status, "text/html")
        assert "<html" in page.text.lower()
        assert page.headers["X-Request-Id"]
        assert client.get(path, headers={"Accept": "*/*"}).media_type == "application/problem+json"
        assert client.get(path, headers={"Accept": "application/json"}).media_type == "application/problem+json"
        head = client.head(path, headers=browser)
        assert (head.status, head.body) == (status, b"")
    # The API itself speaks JSON, whoever asks.
    assert client.get(f"{LINKS}/not-there", headers=browser).media_type == "application/problem+json"


def assert_only_answer(server, data, status, slug):
    """The server answers with this problem and closes, whatever else is sent."""
    [answer] = exchange(server, data)
    assert (answer.status, answer.problem) == (status, slug), answer


def test_too_large_a_body_is_refused_by_its_length(server):
    """The announced length is enough: the server does not wait for the body."""
    assert_only_answer(server, post_link("Content-Length: 1000000000", body=b" " * 1000), 413, "payload-too-large")


def test_too_large_a_body_is_refused_in_chunks(server):
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    data = post_link("Transfer-Encoding: chunked", body=chunk * 160)  # 10 MiB
    assert_only_answer(server, data, 413, "payload-too-large")


def test_a_full_batch_of_long_destinations_is_not_too_large(client):
    """As many links as a batch may have, with campaign parameters and all, fit into the default limit of its body."""
    items = [{"url": "https://example.com/" + "x" * 800, "tags": ["large-batch"]} for _ in range(1000)]
    answer = client.post(f"{LINKS}/batch", json={"links": items})
    assert answer.status == 200, answer
    assert [result["status"] for result in answer.json()["results"]] == [201] * 1000


@pytest.mark.parametrize("size", [200_000, 2_000_000])
def test_huge_headers(server, size):
    assert_only_answer(server, get("/health", f"X-Large: {'x' * size}"), 431, "headers-too-large")
