"""CR, LF and what looks like them, in everything that reaches a header, a page, a log line or a report: no answer is
split, and no line is forged."""

import json
import re
import sqlite3

import pytest

from support.checks import report_lines
from support.client import CHROME
from support.raw import LAST, RawConnection, exchange, get, post_link, request
from support.waiting import eventually

# Raw bytes end a header line themselves, so they can only come in bodies; the others can come anywhere.
RAW = ["\r\n", "\n", "\r", "\0", "\x0b", "\x1b[2K"]
ENCODED = [
    "%0d%0a",
    "%0D%0A",
    "%0a",
    "%0d",
    "%00",
    "%E5%98%8A%E5%98%8D",
    "%c4%8d%c4%8a",
    "%e2%80%a8",
    "%c2%85",
    "%u000a",
]
# Their last bytes are CR and LF; and what Unicode takes for the end of a line.
LOOKALIKES = ["\u010d\u010a", "\u560d\u560a", "\u2028", "\u2029", "\u0085", "\uff0d\uff0a"]
FORGED = "X-Forged: yes"
LINK = {"url": "https://example.com/"}
KEY = "06905269ed6f0b09f165c8ce36e2f24b43000de01b2ed40ed3addccb2c33be0a"


@pytest.fixture(scope="module", params=["text", "json"])
def log_format(request):
    return request.param


@pytest.fixture(scope="module")
def server(shared_launch, log_format):
    settings = {
        "SHRINKR_LOG_FORMAT": log_format,
        "SHRINKR_LOG_LEVEL": "trace",
        "SHRINKR_API_KEY": KEY,
        "SHRINKR_TRUSTED_PROXIES": "127.0.0.1",
        "SHRINKR_COUNTRY_HEADER": "X-Country",
        "SHRINKR_FLUSH_INTERVAL": "1s",
        "SHRINKR_REPORT_INTERVAL": "1s",
    }
    return shared_launch.start("shrinkr", **settings)


@pytest.fixture(scope="module")
def client(server):
    return server.client(KEY)


def answers_to(server, *requests):
    """The answers to requests on one connection: one each, with nothing in it that was forged."""
    *answers, last = exchange(server, b"".join(requests) + LAST)
    assert last.body.startswith(b"User-agent")
    assert len(answers) == len(requests), answers
    for answer in answers:
        for name, value in answer.fields:
            assert "forged" not in name.lower(), answer
            assert all(" " <= character <= "~" for character in value), (name, value)
    return answers


def one_answer(server, data):
    [answer] = answers_to(server, data)
    return answer


def posting(path, body, *fields):
    data = json.dumps(body).encode()
    head = [f"POST {path} HTTP/1.1", "Content-Type: application/json", f"Content-Length: {len(data)}"]
    return request(*head, f"Authorization: Bearer {KEY}", *fields, body=data)


def post(server, path, body, *fields):
    return one_answer(server, posting(path, body, *fields))


def as_sent(text):
    """Text as it goes over the wire in UTF-8, written so that the helpers for raw requests send these bytes."""
    return text.encode().decode("latin-1")


@pytest.mark.parametrize("member", ["url", "code", "title", "tags", "expires_at", "redirect_status"])
def test_members_of_a_link(server, member):
    for end in RAW + LOOKALIKES:
        evil = f"a{end}{FORGED}{end}{end}HTTP/1.1 200 OK"
        value = {"url": f"https://example.com/{evil}", "tags": [evil]}.get(member, evil)
        answer = post(server, "/api/v1/links", LINK | {member: value})
        if answer.status == 201:
            # What is no control character may be part of a URL, a title or a tag.
            assert end in LOOKALIKES and member in ("url", "title", "tags"), ascii(end)
            code = json.loads(answer.body)["code"]
            redirect, page = answers_to(server, get(f"/{code}"), get(f"/{code}+"))
            assert (redirect.status, page.status) == (302, 200)
        else:
            assert answer.status == 422, answer


def test_encoded_in_a_destination(server, client):
    """An encoded line end is a part of the address, and stays one."""
    for end in ENCODED:
        url = f"https://example.com/a{end}{FORGED.replace(' ', '%20')}?b={end}#{end}"
        answer = one_answer(server, get(f"/{client.create(url, forward_query=True)['code']}?c={end}d"))
        assert answer.status == 302
        assert answer.field("Location").count(end) == 4


def test_lookalikes_in_a_target(server, client):
    """Bytes outside ASCII are encoded, each as it is, and end no line."""
    code = client.create("https://example.com/", forward_query=True)["code"]
    for end in LOOKALIKES:
        encoded = "".join(f"%{byte:02X}" for byte in end.encode())
        for target, location in (
            (f"/a{end}{FORGED[:9]}", None), (f"/a?b={end}", None),
            (f"/{code}?b={end}{FORGED[:9]}", f"https://example.com/?b={encoded}{FORGED[:9]}"),
        ):  # fmt: skip
            [answer, last] = exchange(server, get(as_sent(target)) + LAST)
            assert (answer.status, answer.field("Location")) == (302 if location else 404, location)
            assert answer.field("X-Forged") is None and last.status == 200


FIELDS = ["X-Request-Id", "User-Agent", "Referer", "Idempotency-Key", "X-Forwarded-For", "X-Country",
          "Accept-Language", "Accept", "Origin", "Cookie", "If-Match", "Sec-Purpose", "X-Forwarded-Host",
          "X-Forwarded-Proto", "Forwarded"]  # fmt: skip


@pytest.mark.parametrize("field", FIELDS)
def test_header_fields(server, client, field):
    code = client.create()["code"]
    for end in [*ENCODED, *map(as_sent, LOOKALIKES), "\t", "\\r\\n", '"', "\x80", "\xff"]:
        line = f"{field}: a{end}{FORGED}"
        requests = [get(path, line) for path in (f"/{code}", f"/{code}+", "/not-there")]
        *read, made = answers_to(server, *requests, posting("/api/v1/links", LINK, line))
        assert [answer.status for answer in read] == [302, 200, 404], ascii(end)
        assert made.status in (201, 400), ascii(end)


@pytest.mark.parametrize("field", FIELDS)
def test_raw_line_ends_in_header_fields(server, field):
    for end in ("\n", "\r", "\0", "\r\n ", "\x0b", "\x1b"):
        [answer] = exchange(server, get("/health", f"{field}: a{end}{FORGED}") + LAST)
        assert answer.status == 400 and answer.field("X-Forged") is None, ascii(end)


@pytest.mark.parametrize("field", FIELDS)
def test_a_line_of_its_own_is_a_field_of_its_own(server, field):
    """With CR and LF the client has written another field of its request, which is its right."""
    assert one_answer(server, get("/health", f"{field}: a\r\n{FORGED}")).status == 200


def test_paths(server):
    for path in ("/api/v1/links/{}", "/api/v1/links/{}/stats", "/{}", "/{}+", "/api/v1/{}", "/api/v1/keys/{}"):
        for end in ENCODED:
            target = path.format(f"a{end}X-Forged:%20yes")
            lines = [f"{method} {target} HTTP/1.1" for method in ("GET", "DELETE", "PUT")]
            for answer in answers_to(server, *(request(line, f"Authorization: Bearer {KEY}") for line in lines)):
                assert answer.status in (404, 405), (target, answer)


def test_queries(server):
    for end in ENCODED:
        for query in (f"q=a{end}b", f"tag=a{end}b", f"cursor=a{end}b", f"a{end}b=c"):
            answer = one_answer(server, get(f"/api/v1/links?{query}", f"Authorization: Bearer {KEY}"))
            assert answer.status in (200, 422), query
        for query in (f"tz=a{end}b", f"from=a{end}b", f"group_by=a{end}b"):
            answer = one_answer(server, get(f"/api/v1/stats?{query}", f"Authorization: Bearer {KEY}"))
            assert answer.status == 422, query


def test_names_of_keys(server):
    for end in RAW + LOOKALIKES:
        body = {"name": f"a{end}{FORGED}", "scopes": ["links:read"]}
        # U+0085 is a control character too.
        assert post(server, "/api/v1/keys", body).status == (422 if end in [*RAW, "\u0085"] else 201), ascii(end)


def test_a_saved_answer_is_not_split(server):
    """What an Idempotency-Key brings back is written into a header again."""
    for title in ("a\u010d\u010ab", "a\u2028b"):
        twice = [posting("/api/v1/links", LINK | {"title": title}, f"Idempotency-Key: {title.encode().hex()}")] * 2
        first, again = answers_to(server, *twice)
        assert (first.status, again.status) == (201, 201)
        assert again.field("Idempotency-Replayed") == "true" and again.body == first.body


def test_failures_are_logged_on_one_line_each(server, client):
    """With the database locked, requests fail, and the log says so with what names the request."""
    with sqlite3.connect(server.data_directory / "shrinkr.db", isolation_level=None) as database:
        database.execute("BEGIN IMMEDIATE")
        evil = as_sent(f"a%0d%0a\u2028{FORGED}")
        body = {"url": f"https://example.com/%0d%0a\u2028{FORGED}", "title": f"a\u2028{FORGED}"}
        assert post(server, "/api/v1/links", body, f"X-Request-Id: {evil}", f"User-Agent: {evil}").status == 503
        assert post(server, "/api/v1/links", LINK, "X-Request-Id: kept").status == 503
        database.execute("ROLLBACK")
    failures = [line for line in server.log().splitlines() if "Request failed" in line]
    assert len(failures) == 2 and "kept" in failures[-1]
    assert client.get("/api/v1/links").status == 200


def test_no_line_of_the_log_is_forged(server, log_format):
    """Every line has the form of a line, and says nothing of what was sent to forge one."""
    lines = server.log(last=10_000_000).split("\n")
    assert lines.pop() == "" and lines
    for line in lines:
        assert "Forged" not in line
        assert all(" " <= character for character in line) and not set(line) & set("".join(LOOKALIKES)), ascii(line)
        if log_format == "json":
            assert {"ts", "level", "msg", "logger"} <= set(json.loads(line))
        else:
            assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [a-z]+ +\S+: ", line), line


def test_no_line_of_a_report_is_forged(server, client):
    link = client.create()
    referrers = [
        "https://a.example/\u2028",
        "https://b.example/%0a{}",
        "https://c\u010d\u010a.example/",
        "https://d\t.example",
    ]
    for referrer in referrers:
        fields = [
            f"Referer: {as_sent(referrer)}",
            f"User-Agent: {CHROME}",
            "X-Country: \\n",
            "Accept-Language: de\t,en",
        ]
        assert one_answer(server, get(f"/{link['code']}", *fields)).status == 302
    eventually(lambda: client.clicks(link["code"]) == len(referrers), what="the clicks are counted")

    def is_reported():
        files = (server.data_directory / "reports" / "hourly").rglob("*.gz")
        lines = [line for file in files for line in report_lines(file.read_bytes())]
        return [line for line in lines if line["code"] == link["code"] and line["people"] == len(referrers)]

    [line] = eventually(is_reported, what="the report has them")
    for character in "\n\r\t\u2028\u010a":
        assert character not in json.dumps(line, ensure_ascii=False)
    groups = client.stats(link["code"], "group_by=referrer")["groups"]
    assert sum(group["people"] for group in groups) == len(referrers)


def test_head_and_body_are_told_apart(server, client):
    """A body that looks like an answer follows a length, and stays a body."""
    title = "HTTP/1.1 200 OK Content-Length: 0"
    code = client.create(title=title)["code"]
    with RawConnection(server) as connection:
        connection.send(get(f"/{code}+") + request(f"HEAD /{code}+ HTTP/1.1") + LAST)
        page = connection.answer()
        assert title.encode() in page.body
        head = connection.answer(to_head=True)
        assert head.field("Content-Length") == page.field("Content-Length")
        assert len(connection.answers()) == 1


def test_a_broken_request_is_not_repeated_in_its_answer(server):
    for data in (b"GET /<script> HTTP/1.1\r\nHost: <script>\r\n\r\n", b"<script> / HTTP/1.1\r\n\r\n",
                 post_link("Content-Length: 8", body=b"<script>")):  # fmt: skip
        for answer in exchange(server, data + LAST)[:1]:
            assert b"<script>" not in answer.body
