"""Ways around the keys: a key in the wrong place, two keys, forged origins, proxies, names that are not ours, and what
answers give away."""

import json
import sqlite3
from datetime import timedelta

import pytest
import yaml

from support.client import assert_problem
from support.proxy import Proxy
from support.raw import LAST, exchange, request
from support.times import in_seconds, now, parse
from support.waiting import eventually

KEY = "1710cf5327ac435a7a97c643656412a9b8a1abcd1a6916c74da4f9fc3c6da5d7"
LINKS, KEYS, STATS, TAGS = "/api/v1/links", "/api/v1/keys", "/api/v1/stats", "/api/v1/tags"
LINK = {"url": "https://example.com/"}
FORWARDING = ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-Anything",
              "Forwarded", "Via", "X-Real-IP", "CDN-Loop", "CF-Connecting-IP", "True-Client-IP", "Fastly-Client-IP",
              "X-Envoy-External-Address", "X-Amzn-Trace-Id", "X-Amz-Cf-Id"]  # fmt: skip


@pytest.fixture(scope="module")
def guarded(shared_launch):
    """A server with a key, which trusts no proxy, and lets these tests guess as many keys as they like."""
    settings = {"SHRINKR_COUNTRY_HEADER": "X-Country", "SHRINKR_LIMIT_WRONG_KEYS": "off"}
    return shared_launch.start("shrinkr", SHRINKR_API_KEY=KEY, **settings)


@pytest.fixture(scope="module")
def admin(guarded):
    return guarded.client(KEY)


@pytest.fixture(scope="module")
def open_server(shared_launch):
    """A server without any key: loopback alone may manage links."""
    return shared_launch.start("shrinkr")


def make_key(admin, *scopes, **members):
    answer = admin.post(KEYS, json={"name": "test", "scopes": list(scopes)} | members)
    assert answer.status == 201, answer
    return answer.json()


def operations(code):
    """One request per operation."""
    return [
        ("GET", LINKS, None),
        ("POST", LINKS, LINK),
        ("POST", f"{LINKS}/batch", {"links": [LINK]}),
        ("GET", f"{LINKS}/{code}", None),
        ("HEAD", f"{LINKS}/{code}", None),
        ("PATCH", f"{LINKS}/{code}", {"title": "changed"}),
        ("DELETE", f"{LINKS}/{code}", None),
        ("POST", f"{LINKS}/{code}/restore", None),
        ("GET", f"{LINKS}/{code}/qr", None),
        ("GET", f"{LINKS}/{code}/stats", None),
        ("GET", TAGS, None),
        ("PATCH", f"{TAGS}/missing", {"name": "other"}),
        ("DELETE", f"{TAGS}/missing", None),
        ("GET", STATS, None),
        ("GET", KEYS, None),
        ("POST", KEYS, {"name": "x", "scopes": ["admin"]}),
        ("DELETE", f"{KEYS}/missing", None),
    ]


def assert_refused(server, *fields):
    [answer, _] = exchange(server, request(f"GET {LINKS} HTTP/1.1", *fields) + LAST)
    assert (answer.status, answer.problem) == (401, "unauthorized"), fields


def test_every_operation_is_in_the_document(guarded):
    """The list above is all there is: no operation is forgotten."""
    paths = yaml.safe_load(guarded.client().get("/openapi.yaml").text)["paths"]
    documented = {
        (method.upper(), path) for path, methods in paths.items() for method in methods if path.startswith("/api")
    }
    tested = {(method, path) for method, path, _ in operations("{code}") if method != "HEAD"}
    assert {
        (method, path.replace("{id}", "missing").replace("{tag}", "missing")) for method, path in documented if method != "PARAMETERS"
    } == tested


@pytest.fixture(scope="module")
def unusable_keys(admin, guarded):
    """What opens nothing, by why."""
    made = make_key(admin, "admin")
    prefix, identifier, secret = made["key"].split("_")
    with sqlite3.connect(guarded.data_directory / "shrinkr.db") as database:
        [[stored]] = database.execute("SELECT lower(hex(secret_hash)) FROM api_keys WHERE id = ?", [identifier])
    revoked = make_key(admin, "admin")
    assert admin.delete(f"{KEYS}/{revoked['id']}").status == 204
    expired = make_key(admin, "admin", expires_at=in_seconds(1))
    eventually(lambda: now() > parse(expired["expires_at"]) + timedelta(seconds=1), what="the key has expired")
    return {
        "empty": "",
        "wrong": "wrong",
        "unknown identifier": f"{prefix}_{'0' * 12}_{secret}",
        "wrong secret": f"{prefix}_{identifier}_{'0' * 64}",
        "another key's secret": f"{prefix}_{identifier}_{make_key(admin, 'admin')['key'].split('_')[2]}",
        "what the database has": f"{prefix}_{identifier}_{stored}",
        "one digit off": made["key"][:-1] + ("0" if secret[-1] != "0" else "1"),
        "cut off": made["key"][:-1],
        "one more": made["key"] + "0",
        "capitals": made["key"].upper(),
        "without its prefix": f"{identifier}_{secret}",
        "other prefix": f"xyz_{identifier}_{secret}",
        "SQL": f"{prefix}_'OR'1'='1'--_{secret}",
        "wildcards": f"{prefix}_{'%' * 12}_{secret}",
        "long": "x" * 10_000,
        "outside ASCII": "schl\u00fcssel",
        "half of the configured one": KEY[: len(KEY) // 2],
        "revoked": revoked["key"],
        "expired": expired["key"],
    }


def test_unusable_keys_open_nothing(guarded, admin, unusable_keys):
    code = admin.create()["code"]
    client = guarded.client()
    headers = {"no key": {}}
    for why, key in unusable_keys.items():
        headers |= {f"{why}, bearer": {"Authorization": f"Bearer {key}".encode()}, why: {"X-Api-Key": key.encode()}}
    for why, header in headers.items():
        for method, path, json_body in operations(code):
            answer = client.request(method, path, json=json_body, headers=header)
            assert answer.status == 401, (why, method, path, answer)
            assert answer.headers["WWW-Authenticate"] == 'Bearer realm="shrinkr"'
    assert admin.get(f"{LINKS}/{code}").json()["title"] is None


def test_a_stranger_learns_nothing(guarded, admin, unusable_keys):
    """Not which codes, keys or identifiers exist: whatever is wrong, and wherever, the answer is the same."""
    code = admin.create()["code"]
    client = guarded.client()

    def bare(path, key):
        answer = client.get(path, headers={"X-Api-Key": key, "X-Request-Id": "same"})
        fields = [(name, value) for name, value in answer.headers.items() if name != "Date"]
        return repr((answer.status, fields, answer.body))

    keys = [unusable_keys[why] for why in ("unknown identifier", "wrong secret", "another key's secret", "wrong")]
    assert len({bare(path, key) for path in (f"{LINKS}/{code}", f"{LINKS}/missing", KEYS) for key in keys}) == 1


@pytest.mark.parametrize(
    "field", [f"Authorization: Basic {KEY}", f"Authorization: Token {KEY}", f"Authorization: {KEY}",
              f"Authorization: Bearer: {KEY}", f'Authorization: Bearer "{KEY}"', f"Authorization: Bearer {KEY}, x",
              f"Proxy-Authorization: Bearer {KEY}", f"X-Api-Token: {KEY}", f"Api-Key: {KEY}",
              f"Cookie: key={KEY}; Authorization=Bearer {KEY}; X-Api-Key={KEY}"],
)  # fmt: skip
def test_a_key_in_the_wrong_field(guarded, field):
    assert_refused(guarded, field)


@pytest.mark.parametrize("query", [f"key={KEY}", f"api_key={KEY}&apikey={KEY}&token={KEY}&access_token={KEY}",
                                   f"Authorization=Bearer%20{KEY}", f"X-Api-Key={KEY}"])  # fmt: skip
def test_a_key_in_the_query(guarded, query):
    assert_problem(guarded.client().get(f"{LINKS}?{query}"), 401, "unauthorized")


def test_a_key_in_the_body_or_the_target(guarded):
    client = guarded.client()
    assert_problem(client.post(LINKS, json={"key": KEY, "authorization": f"Bearer {KEY}"} | LINK), 401, "unauthorized")
    form = f"url=https://example.com/&access_token={KEY}".encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert_problem(client.post(LINKS, body=form, headers=headers), 401, "unauthorized")
    target = request(f"GET http://{KEY}@127.0.0.1{LINKS} HTTP/1.1")
    assert [answer.status for answer in exchange(guarded, target)] == [400]


SPELLINGS = ["//api/v1/links", "/api//v1/links", "/api/v1//links", "/./api/v1/links", "/x/../api/v1/links",
             "/%61pi/v1/links", "/api%2Fv1%2Flinks", "/API/v1/links", "/api/v1/links;a=b", "/api/v1/links%20",
             "/api/v1/links%00", "/api/v1/links.json"]  # fmt: skip


@pytest.mark.parametrize("path", SPELLINGS)
def test_other_spellings_of_a_path_lead_nowhere(guarded, path):
    """Whoever guards `/api/` in front of the server guards all of it."""
    for key in (None, KEY):
        assert_problem(guarded.client(key).get(path), 404, "not-found")


def test_a_method_cannot_be_overridden(guarded, admin):
    code = admin.create()["code"]
    reader = guarded.client(make_key(admin, "links:read")["key"])
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        assert reader.get(f"{LINKS}/{code}", headers={name: "DELETE"}).status == 200
        assert reader.post(f"{LINKS}/{code}?_method=DELETE", headers={name: "DELETE"}).status == 405
    assert admin.get(f"{LINKS}/{code}").status == 200


def test_a_forged_origin_changes_nothing_about_keys(guarded):
    client = guarded.client()
    for name in FORWARDING:
        for value in ("127.0.0.1", "::1", "localhost", "for=127.0.0.1;host=localhost;proto=https"):
            assert_problem(client.get(LINKS, headers={name: value}), 401, "unauthorized")


def test_a_trusted_proxy_is_believed_as_far_as_it_vouches(launch):
    """The address nearest to the proxy counts; what its client wrote before that does not."""
    settings = {"SHRINKR_API_KEY": KEY, "SHRINKR_TRUSTED_PROXIES": "127.0.0.0/8", "SHRINKR_COUNTRY_HEADER": "X-Country"}
    client = launch.start("shrinkr", SHRINKR_FLUSH_INTERVAL="1s", **settings).client(KEY)
    code = client.create()["code"]
    for number in range(5):
        chain = f"203.0.113.{number}, 198.51.100.7"
        assert client.follow(code, X_Forwarded_For=chain, X_Country="de").status == 302
    eventually(lambda: client.clicks(code) == 5, what="the clicks are counted")
    stats = client.stats(code, "group_by=country")
    assert stats["totals"]["visitors"] == 1
    assert [group["value"] for group in stats["groups"]] == ["DE"]


def test_loopback_through_a_proxy(open_server):
    """A proxy on this machine that keeps the name it was asked for is told by that name; one that says nothing at all
    of itself, and runs as the server's own user, cannot be told from that user's other programs."""
    with Proxy(open_server.port) as proxy:
        through = open_server.client()
        through.port = proxy.port
        own, public = {"Host": f"127.0.0.1:{open_server.port}"}, {"Host": "sho.rt"}
        assert through.get(LINKS, headers=own).status == 200
        assert_problem(through.get(LINKS, headers=public), 421, "misdirected-request")
        for name in FORWARDING:
            assert_problem(through.get(LINKS, headers=own | {name: "203.0.113.9"}), 403, "loopback-only")
        # Following links is for everybody.
        assert through.get("/missing", headers=public | {"X-Forwarded-For": "203.0.113.9"}).status == 404


HOSTS_OF_OTHERS = ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "localhost..", "127.0.0.1..",
                   "0.0.0.0", "127.1", "2130706433", "0x7f.1", "192.168.0.1", "[2001:db8::1]",
                   "localhost%2eevil.example", ""]  # fmt: skip


@pytest.mark.parametrize("host", HOSTS_OF_OTHERS)
def test_dns_rebinding(open_server, host):
    """A page's own name that leads to this machine: its requests come from loopback, and ask for that name."""
    for port in ("", f":{open_server.port}") if host else ("",):
        for method, path, _ in operations("missing")[:2]:
            lines = [
                f"{method} {path} HTTP/1.1",
                f"Host: {host}{port}",
                "Content-Length: 0",
                "Connection: close",
                "",
                "",
            ]
            [answer] = exchange(open_server, "\r\n".join(lines).encode())
            # A browser always names a host; what names none came through a proxy of the old kind.
            expected = (421, "misdirected-request") if host else (403, "loopback-only")
            assert (answer.status, answer.problem) == expected, host


@pytest.mark.parametrize("fields", ["", "Host: localhost\r\n", "Host: 127.0.0.1:8000\r\nConnection: close\r\n"])
def test_http_1_0_is_not_from_this_machine(open_server, fields):
    """A web server in front, left to its defaults, speaks it, and asks for the address that it passes requests to."""
    [answer] = exchange(open_server, f"GET {LINKS} HTTP/1.0\r\n{fields}\r\n".encode())
    assert (answer.status, answer.problem) == (403, "loopback-only")


def test_a_web_page_cannot_read_or_change_anything(open_server):
    """A page of another origin: no answer allows it to read, and what it may send without asking is refused."""
    client = open_server.client()
    origin = {"Origin": "https://evil.example"}
    code = client.create()["code"]
    assert client.request("DELETE", f"{LINKS}/{code}").status == 204
    for page in (origin, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://localhost:3000"}):
        for media_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            fields = page | {"Content-Type": media_type}
            answer = client.post(LINKS, body=json.dumps(LINK).encode(), headers=fields)
            assert_problem(answer, 403, "loopback-only")
        # No body, so no preflight either.
        assert_problem(client.post(f"{LINKS}/{code}/restore", headers=page), 403, "loopback-only")
    assert client.follow(code).status == 404
    assert client.post(f"{LINKS}/{code}/restore").status == 200
    preflight = {"Access-Control-Request-Method": "DELETE", "Access-Control-Request-Headers": "content-type"}
    for answer in (client.request("OPTIONS", LINKS, headers=origin | preflight), client.get(LINKS, headers=origin)):
        assert not [name for name in answer.headers if name.lower().startswith("access-control-")]
