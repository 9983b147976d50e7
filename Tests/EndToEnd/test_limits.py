"""Limits behind a proxy, and what is written down of keys."""

import re

import pytest

from support.client import assert_problem
from support.waiting import eventually

KEY = "d1f6a0b54c0e4e1c9f3b7a52688fc1de0745b9f213ca86e6"
LINKS, KEYS = "/api/v1/links", "/api/v1/keys"


@pytest.fixture(scope="module")
def server(shared_launch):
    """Behind a proxy that it trusts, so that each test is a client of its own."""
    settings = {
        "SHRINKR_LIMIT_WRONG_KEYS": "5/1h",
        "SHRINKR_TRUSTED_PROXIES": "127.0.0.0/8",
        "SHRINKR_API_KEY": KEY,
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
