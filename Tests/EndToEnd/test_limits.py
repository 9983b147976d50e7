"""Limits: how often one client may be wrong, and what it is told; and the lines and numbers that tell of it."""

import re

import pytest

from support.client import assert_problem
from support.waiting import eventually

KEY = "d1f6a0b54c0e4e1c9f3b7a52688fc1de0745b9f213ca86e6"
LINKS, KEYS = "/api/v1/links", "/api/v1/keys"
LINK = {"url": "https://example.com/"}


@pytest.fixture(scope="module")
def server(shared_launch):
    """Behind a proxy that it trusts, so that each test is a client of its own."""
    settings = {
        "SHRINKR_LIMIT_WRONG_KEYS": "5/1h",
        "SHRINKR_LIMIT_UNKNOWN_CODES": "10/1h",
        "SHRINKR_LIMIT_CREATES": "20/1h",
        "SHRINKR_TRUSTED_PROXIES": "127.0.0.0/8",
        "SHRINKR_API_KEY": KEY,
        "SHRINKR_ACCESS_LOG": "on",
    }
    return shared_launch.start("shrinkr", **settings)


@pytest.fixture(scope="module")
def admin(server):
    return server.client(KEY)


def make_key(admin, *scopes):
    answer = admin.post(KEYS, json={"name": "test", "scopes": list(scopes)})
    assert answer.status == 201, answer
    return answer.json()


def assert_limited(answer, policy, count):
    problem = assert_problem(answer, 429, "rate-limited")
    assert problem["policy"] == policy
    seconds = int(answer.headers["Retry-After"])
    assert 1 <= seconds <= 3600
    assert answer.headers["RateLimit-Policy"] == f'"{policy}";q={count};w=3600'
    assert answer.headers["RateLimit"] == f'"{policy}";r=0;t={seconds}'


def test_wrong_keys(server, admin):
    client = server.client()
    here = {"X-Forwarded-For": "192.0.2.1"}
    made = make_key(admin, "links:read")
    for number in range(5):
        answer = client.get(LINKS, headers=here | {"X-Api-Key": f"shk_{number:012x}_{number:064x}"})
        assert_problem(answer, 401, "unauthorized")
    before = server.metric("shrinkr_rate_limited_total")
    for _ in range(3):
        assert_limited(client.get(LINKS, headers=here | {"X-Api-Key": "wrong"}), "wrong-keys", 5)
    assert server.metric("shrinkr_rate_limited_total") == before + 3
    # Neither who has a right key, nor who asks for no more than a link, nor another address waits for it.
    for key in (KEY, made["key"]):
        assert client.get(LINKS, headers=here | {"X-Api-Key": key}).status == 200
    assert client.get("/missing", headers=here).status == 404
    assert_problem(client.get(LINKS, headers={"X-Api-Key": "wrong", "X-Forwarded-For": "192.0.2.2"}), 401, "unauthorized")


@pytest.mark.parametrize("clients", [["192.0.2.10"] * 11, [f"2001:db8:1::{n:x}" for n in range(11)]])
def test_unknown_codes(server, admin, clients):
    code = admin.create()["code"]
    client = server.client()
    for number, address in enumerate(clients[:-1]):
        here = {"X-Forwarded-For": address}
        assert client.get(f"/missing{number}", headers=here).status == 404
        assert client.get(f"/{code}", headers=here).status == 302
    here = {"X-Forwarded-For": clients[-1]}
    assert_limited(client.get("/missing", headers=here), "unknown-codes", 10)
    assert_limited(client.get("/missing+", headers=here), "unknown-codes", 10)
    for _ in range(20):
        assert client.get(f"/{code}", headers=here).status == 302
    assert client.get("/health", headers=here).status == 200


def test_creating(server, admin):
    key = make_key(admin, "links:write", "links:read")["key"]
    writer = server.client(key)
    answer = writer.post(LINKS, json=LINK)
    assert answer.headers["RateLimit"].startswith('"creates";r=19;t=')
    assert writer.post(f"{LINKS}/batch", json={"links": [LINK] * 19}).status == 200
    for path, body in ((LINKS, LINK), (f"{LINKS}/batch", {"links": [LINK] * 3})):
        assert_problem(writer.post(path, json=body), 429, "rate-limited")
    assert writer.get(LINKS).status == 200
    assert server.client(make_key(admin, "links:write")["key"]).post(LINKS, json=LINK).status == 201


def test_who_did_what(server, admin):
    made = make_key(admin, "links:write")
    writer = server.client(made["key"])
    code = admin.create()["code"]
    named = {"X-Request-Id": "change-1"}
    assert writer.patch(f"{LINKS}/{code}", json={"title": "x"}, headers=named).status == 200
    assert writer.get(LINKS, headers={"X-Request-Id": "vain-1"}).status == 403
    assert writer.delete(f"{LINKS}/{code}", headers={"X-Request-Id": "gone-1"}).status == 204
    assert admin.delete(f"{KEYS}/{made['id']}", headers={"X-Request-Id": "revoked-1"}).status == 204
    assert writer.get(LINKS, headers={"X-Request-Id": "vain-2"}).status == 401

    def line(message, request_id):
        lines = [line for line in server.log_lines(message) if line["request.id"] == request_id]
        assert len(lines) == 1, (message, request_id, lines)
        return lines[0]

    caller = f"key:{made['id']}"
    assert line("Link changed", "change-1") | {"caller": caller, "link.code": code} == line("Link changed", "change-1")
    assert line("Link deleted", "gone-1")["caller"] == caller
    assert line("API key revoked", "revoked-1") | {"caller": "bootstrap", "key.id": made["id"]} == line(
        "API key revoked", "revoked-1"
    )
    assert line("API key refused", "vain-1")["reason"] == "missing scope"
    assert line("API key refused", "vain-2") | {"reason": "revoked", "key.id": made["id"]} == line(
        "API key refused", "vain-2"
    )
    assert any(line["key.id"] == made["id"] for line in server.log_lines("API key made"))
    # Every request is found by its id, with who made it and how it ended; nobody's whole address is kept.
    found = line("Request answered", "change-1")
    assert (found["http.method"], found["http.path"], found["caller"]) == ("PATCH", f"{LINKS}/{code}", caller)
    assert str(found["http.status"]) == "200" and found["client.address"] == "127.0.0.0"
    assert str(line("Request answered", "vain-2")["http.status"]) == "401"
    assert made["key"] not in server.log() and KEY not in server.log()
    assert server.metric("shrinkr_audit_events_total") >= 5


def test_keys_know_their_maker_and_their_last_use(server, admin):
    parent = make_key(admin, "admin")
    child = make_key(server.client(parent["key"]), "links:read")
    assert (parent["created_by"], child["created_by"]) == ("bootstrap", f"key:{parent['id']}")
    by_hand = server.run("keys", "create", "--name", "by hand", "--scope", "links:read")
    assert by_hand.returncode == 0, by_hand.stderr

    def listed():
        return {key["id"]: key for key in admin.get(KEYS).json()["data"]}

    assert listed()[by_hand.stdout.split("_")[1]]["created_by"] == "command-line"
    assert listed()[child["id"]]["last_used_at"] is None
    assert server.client(child["key"]).get(LINKS).status == 200
    eventually(lambda: listed()[child["id"]]["last_used_at"], within=15, what="the use is written down")
    shown = server.run("keys", "list").stdout
    assert re.search(rf"{child['id']}\t.*by key:{parent['id']}, used 20\d\d-", shown), shown


def test_a_writer_reads_nothing(server, admin):
    writer = server.client(make_key(admin, "links:write")["key"])
    link = admin.create(title="hidden", tags=["quiet"])
    place = {"code": link["code"], "short_url": link["short_url"]}
    changed = writer.patch(f"{LINKS}/{link['code']}", json={})
    assert changed.status == 200 and changed.json() == place
    reused = writer.post(LINKS, json={"url": link["url"], "title": "hidden", "tags": ["quiet"], "reuse": True})
    assert reused.status == 200 and reused.json() == place
    assert set(writer.post(LINKS, json=LINK).json()) == set(place)
