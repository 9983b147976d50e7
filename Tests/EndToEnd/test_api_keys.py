"""Keys from the command line and their secrets, and the loopback rule of the running programs."""

import re
import socket
from datetime import timedelta

import pytest

from support.client import Client, assert_problem
from support.times import parse
from support.waiting import eventually

BOOTSTRAP = "2a3187853184ff27459142deccea264542a00403ce80c4b0a4042bb3d4341aad"
LINKS, KEYS, STATS = "/api/v1/links", "/api/v1/keys", "/api/v1/stats"


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
