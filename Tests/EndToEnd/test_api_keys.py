"""Who may do what: scopes, expiry, revocation, the loopback rule, keys from the command line and from the API."""

import re
import socket
from datetime import timedelta

import pytest

from support.client import Client, assert_invalid, assert_problem
from support.times import in_seconds, parse
from support.waiting import eventually

BOOTSTRAP = "2a3187853184ff27459142deccea264542a00403ce80c4b0a4042bb3d4341aad"
LINKS, KEYS, STATS = "/api/v1/links", "/api/v1/keys", "/api/v1/stats"
SCOPES = ["links:read", "links:write", "stats:read", "admin"]


@pytest.fixture(scope="module")
def guarded(shared_launch):
    """A server with a bootstrap key, which has every scope."""
    return shared_launch.start("shrinkr", SHRINKR_API_KEY=BOOTSTRAP, SHRINKR_LIMIT_WRONG_KEYS="off")


@pytest.fixture(scope="module")
def admin(guarded):
    return guarded.client(BOOTSTRAP)


def make_key(admin, *scopes, **members):
    answer = admin.post(KEYS, json={"name": "test", "scopes": list(scopes)} | members)
    assert answer.status == 201, answer
    return answer.json()


def operations(code="missing"):
    """One request per operation with the scope it needs."""
    link = {"url": "https://example.com/"}
    return [
        ("links:read", "GET", LINKS, None),
        ("links:read", "GET", f"{LINKS}/{code}", None),
        ("links:write", "POST", LINKS, link),
        ("links:write", "POST", f"{LINKS}/batch", {"links": [link]}),
        ("links:write", "PATCH", f"{LINKS}/{code}", {"title": "x"}),
        ("links:write", "DELETE", f"{LINKS}/{code}", None),
        ("links:write", "POST", f"{LINKS}/{code}/restore", None),
        ("stats:read", "GET", f"{LINKS}/{code}/stats", None),
        ("stats:read", "GET", STATS, None),
        ("admin", "GET", KEYS, None),
        ("admin", "POST", KEYS, {"name": "x", "scopes": ["links:read"]}),
        ("admin", "DELETE", f"{KEYS}/missing", None),
    ]


@pytest.mark.parametrize("scope", SCOPES)
def test_scopes(admin, guarded, scope):
    holder = guarded.client(make_key(admin, scope)["key"])
    for needed, method, path, json in operations():
        answer = holder.request(method, path, json=json)
        if scope in (needed, "admin"):
            assert answer.status in (200, 201, 204, 404), (method, path, answer)
        else:
            problem = assert_problem(answer, 403, "forbidden")
            assert needed in problem["detail"], "the error names the missing scope"


def test_no_key_and_wrong_keys(guarded):
    client = guarded.client()
    headers = [
        {}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {BOOTSTRAP}"}, {"Authorization": "Bearer"},
        {"Authorization": f"Bearer {BOOTSTRAP}x"}, {"Authorization": f"Bearer {BOOTSTRAP[:-1]}"},
        {"X-Api-Key": "wrong"}, {"X-Api-Key": ""},
    ]  # fmt: skip
    for header in headers:
        for _, method, path, json in operations():
            answer = client.request(method, path, json=json, headers=header)
            assert_problem(answer, 401, "unauthorized")
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    # What everybody uses needs none.
    assert client.get("/health").status == 200
    assert client.get("/missing").status == 404


def test_both_headers(guarded):
    client = guarded.client()
    for header in ({"Authorization": f"Bearer {BOOTSTRAP}"}, {"authorization": f"bearer {BOOTSTRAP}"},
                   {"X-Api-Key": BOOTSTRAP}):  # fmt: skip
        assert client.get(LINKS, headers=header).status == 200


def test_a_key_is_shown_once_and_listed_without_its_secret(admin):
    made = make_key(admin, "links:write", "links:read", name="Shown once ✓")
    assert set(made) == {"id", "name", "scopes", "created_at", "expires_at", "revoked_at", "created_by",
                         "last_used_at", "key"}
    assert len(made["key"]) >= 20
    assert set(made["scopes"]) == {"links:write", "links:read"}
    listed = admin.get(KEYS)
    entry = next(key for key in listed.json()["data"] if key["id"] == made["id"])
    assert entry == {name: value for name, value in made.items() if name != "key"}
    assert made["key"] not in listed.text
    secret = made["key"].rsplit("_", 1)[-1]
    assert secret not in listed.text


def test_revoked(admin, guarded):
    made = make_key(admin, "links:read")
    holder = guarded.client(made["key"])
    assert holder.get(LINKS).status == 200
    assert admin.delete(f"{KEYS}/{made['id']}").status == 204
    eventually(lambda: holder.get(LINKS).status == 401, within=10, what="a revoked key opens nothing")
    entry = next(key for key in admin.get(KEYS).json()["data"] if key["id"] == made["id"])
    assert entry["revoked_at"] is not None
    assert admin.delete(f"{KEYS}/{made['id']}").status == 204
    assert_problem(admin.delete(f"{KEYS}/never-made"), 404, "not-found")


def test_expired(admin, guarded):
    holder = guarded.client(make_key(admin, "links:read", expires_at=in_seconds(2))["key"])
    assert holder.get(LINKS).status == 200
    eventually(lambda: holder.get(LINKS).status == 401, within=15, what="an expired key opens nothing")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"scopes": ["admin"]}, "/name"),
        ({"name": "", "scopes": ["admin"]}, "/name"),
        ({"name": "x" * 101, "scopes": ["admin"]}, "/name"),
        ({"name": "x"}, "/scopes"),
        ({"name": "x", "scopes": []}, "/scopes"),
        ({"name": "x", "scopes": "admin"}, "/scopes"),
        ({"name": "x", "scopes": ["admin"], "expires_at": "never"}, "/expires_at"),
        ({"name": "x", "scopes": ["admin"], "more": 1}, "/more"),
    ],
)
def test_bad_keys(admin, body, pointer):
    assert_invalid(admin.post(KEYS, json=body), pointer=pointer)


def test_an_unknown_scope(admin):
    problem = assert_problem(admin.post(KEYS, json={"name": "x", "scopes": ["root"]}), 422, "validation")
    assert problem["errors"][0]["pointer"] in ("/scopes", "/scopes/0")


def test_no_secret_in_the_log_or_the_database(admin, guarded):
    secret = make_key(admin, "links:read")["key"]
    assert guarded.client(secret).get(LINKS).status == 200
    assert guarded.client(secret + "wrong").get(LINKS).status == 401
    for text in (secret, BOOTSTRAP):
        assert text not in guarded.log()
        for file in guarded.data_directory.rglob("*"):
            assert not file.is_file() or text.encode() not in file.read_bytes(), file


def test_keys_from_the_command_line(launch):
    server = launch.start("shrinkr", SHRINKR_API_KEY=BOOTSTRAP)
    made = server.run("keys", "create", "--name", "by hand", "--scope", "links:write", "--scope", "links:read")
    assert made.returncode == 0, made.stderr
    key = made.stdout.strip()
    assert re.fullmatch(r"\S{20,}", key), "the key alone is on standard output"
    assert key not in made.stderr and "shown" in made.stderr
    # The server that is running knows it soon.
    holder = server.client(key)
    eventually(lambda: holder.post(LINKS, json={"url": "https://example.com/"}).status == 201, what="the key works")
    assert holder.get(STATS).status == 403

    identifier = next(k["id"] for k in server.client(BOOTSTRAP).get(KEYS).json()["data"] if k["name"] == "by hand")
    assert identifier in made.stderr
    listed = server.run("keys", "list")
    assert listed.returncode == 0 and identifier in listed.stdout and "by hand" in listed.stdout
    assert key not in listed.stdout
    revoked = server.run("keys", "revoke", identifier)
    assert revoked.returncode == 0, revoked.stderr
    eventually(lambda: holder.get(LINKS).status == 401, what="the revoked key opens nothing")
    missing = server.run("keys", "revoke", "never-made")
    assert missing.returncode != 0 and "never-made" in missing.stderr


def test_a_key_from_the_command_line_can_expire(launch):
    server = launch.make("shrinkr")
    made = server.run("keys", "create", "--name", "short", "--scope", "admin", "--expires-in", "30d")
    assert made.returncode == 0, made.stderr
    server.start()
    entry = server.client(made.stdout.strip()).get(KEYS).json()["data"][0]
    created, expires = (parse(entry[name]) for name in ("created_at", "expires_at"))
    assert expires - created == timedelta(days=30)
    for bad in (["--scope", "root"], ["--scope", "admin", "--expires-in", "soon"], []):
        answer = server.run("keys", "create", "--name", "bad", *bad)
        assert answer.returncode != 0 and answer.stdout == "" and answer.stderr


def test_loopback_needs_no_key_until_there_is_one(launch):
    server = launch.start("shrinkr")
    client = server.client()
    client.create(code="free")
    made = server.run("keys", "create", "--name", "first", "--scope", "links:read")
    assert made.returncode == 0, made.stderr
    # From now on a key is needed, on loopback too.
    eventually(lambda: client.get(LINKS).status == 401, what="the key that was made is needed")
    assert server.client(made.stdout.strip()).get(LINKS).status == 200
    assert client.follow("free").status == 302


def test_what_came_through_a_proxy_is_not_from_loopback(launch):
    """A web server on the same machine passes strangers on; until it is trusted, nobody knows who they are."""
    client = launch.start("shrinkr").client()
    for headers in ({"X-Forwarded-For": "127.0.0.1"}, {"X-Forwarded-For": "203.0.113.9"}):
        assert_problem(client.get(LINKS, headers=headers), 403, "loopback-only")


def test_a_page_in_a_browser_cannot_manage_links_by_another_name(launch):
    """DNS rebinding: the browser of somebody on this machine asks loopback, for a host that is not ours."""
    client = launch.start("shrinkr").client()
    assert_problem(client.get(LINKS, headers={"Host": "evil.example.com"}), 421, "misdirected-request")
    assert client.get("/not-there", headers={"Host": "evil.example.com"}).status == 404


@pytest.mark.parametrize(
    ("variable", "value"), [("SHRINKR_TRUSTED_PROXIES", "127.0.0.0/8"), ("SHRINKR_BASE_URL", "https://sho.rt")]
)
def test_without_a_key_nobody_may_be_sent_here(launch, variable, value):
    """Behind a proxy strangers come from loopback, so the loopback rule would let them in."""
    server = launch.make("shrinkr", **{variable: value}).start(wait=False)
    assert server.wait(within=20) == 2
    assert variable in server.log() and "SHRINKR_API_KEY" in server.log()
    with_key = launch.start("shrinkr", **{variable: value, "SHRINKR_API_KEY": BOOTSTRAP})
    assert with_key.client(BOOTSTRAP).get(LINKS).status == 200
    assert_problem(with_key.client().get(LINKS, headers={"X-Forwarded-For": "203.0.113.9"}), 401, "unauthorized")


def test_with_a_key_it_may_listen_on_every_address(launch):
    server = launch.start("shrinkr", SHRINKR_HTTP_HOST="0.0.0.0", SHRINKR_API_KEY=BOOTSTRAP)
    assert server.client(BOOTSTRAP).get(LINKS).status == 200
    assert_problem(server.client().get(LINKS), 401, "unauthorized")


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_ipv6_loopback(launch):
    server = launch.make("shrinkr", SHRINKR_HTTP_HOST="::1", SHRINKR_BASE_URL=None).start(wait=False)
    client = Client(f"http://[::1]:{server.port}")
    eventually(lambda: client.get(LINKS).status == 200, what="it answers on ::1")
