"""Many clients at the same moment: one wins an alias, and a visit limit is exact."""

import json
from collections import Counter

from support.checks import assert_clicks
from support.client import BOTS, BROWSERS, CHROME
from support.load import at_once, request_bytes

CONNECTIONS = 250


def test_one_of_500_gets_the_alias(client, server):
    body = json.dumps({"url": "https://example.com/", "code": "wanted"}).encode()
    request = request_bytes("POST", "/api/v1/links", headers={"Content-Type": "application/json"}, body=body)
    answers = at_once(server.url, [request] * 500, connections=500)
    assert Counter(answer.status for answer in answers) == {201: 1, 409: 499}
    types = {json.loads(answer.body)["type"] for answer in answers if answer.status == 409}
    assert types == {"urn:shrinkr:problem:alias-taken"}


def test_one_of_many_spellings_gets_the_alias(client, server):
    """Codes that differ by case only are the same code when one is made."""
    bodies = [
        json.dumps({"url": "https://example.com/", "code": code}) for code in ("cased", "Cased", "CASED", "caseD")
    ]
    requests = [
        request_bytes("POST", "/api/v1/links", headers={"Content-Type": "application/json"}, body=body.encode())
        for body in bodies * 25
    ]
    answers = at_once(server.url, requests, connections=100)
    assert Counter(answer.status for answer in answers) == {201: 1, 409: 99}


def test_generated_codes_never_collide(client, server):
    body = b'{"url": "https://example.com/"}'
    request = request_bytes("POST", "/api/v1/links", headers={"Content-Type": "application/json"}, body=body)
    answers = at_once(server.url, [request] * 500, connections=100)
    assert {answer.status for answer in answers} == {201}
    assert len({json.loads(answer.body)["code"] for answer in answers}) == 500


def test_one_idempotency_key_makes_one_link(client, server):
    """Repeated while the first is at work: the first answer, or 409 for now; never a second link."""
    headers = {"Content-Type": "application/json", "Idempotency-Key": "race-1"}
    request = request_bytes(
        "POST", "/api/v1/links", headers=headers, body=b'{"url": "https://example.com/once", "tags": ["once"]}'
    )
    answers = at_once(server.url, [request] * 100, connections=100)
    assert {answer.status for answer in answers} <= {201, 409}
    assert len({answer.body for answer in answers if answer.status == 201}) == 1
    types = {json.loads(answer.body)["type"] for answer in answers if answer.status == 409}
    assert types <= {"urn:shrinkr:problem:request-in-flight"}
    assert len(client.get("/api/v1/links?tag=once").json()["data"]) == 1


def test_a_visit_limit_is_exact(launch):
    server = launch.start("shrinkr", SHRINKR_FLUSH_INTERVAL="1s")
    client = server.client()
    client.create(code="limited", max_visits=100)
    requests = [request_bytes("GET", "/limited", agent=BROWSERS[i % len(BROWSERS)]) for i in range(1000)]
    answers = at_once(server.url, requests, connections=CONNECTIONS)
    assert Counter(answer.status for answer in answers) == {302: 100, 410: 900}
    reasons = {json.loads(answer.body)["reason"] for answer in answers if answer.status == 410}
    assert reasons == {"exhausted"}
    assert client.get("/api/v1/links/limited").json()["visits_left"] == 0
    # Redirects count, refusals do not.
    assert_clicks(client, {"limited": 100})


def test_previews_of_a_limited_link_use_nothing_up(launch):
    server = launch.start("shrinkr", SHRINKR_FLUSH_INTERVAL="1s")
    client = server.client()
    destination = "https://secret.example.com/only-for-visitors"
    client.create(destination, code="guarded", max_visits=3)
    requests = [request_bytes("GET", "/guarded", agent=agent) for agent in BOTS * 20]
    requests += [request_bytes("HEAD", "/guarded", agent=agent) for agent in [CHROME, *BOTS] * 20]
    answers = at_once(server.url, requests, connections=50)
    assert {answer.status for answer in answers} == {200}
    for answer in answers:
        assert answer.headers["content-type"].startswith("text/html")
        assert b"secret.example.com" not in answer.body
        assert "secret.example.com" not in repr(answer.headers)
    assert client.get("/api/v1/links/guarded").json()["visits_left"] == 3

    followed = [client.follow("guarded") for _ in range(4)]
    assert [answer.status for answer in followed] == [302, 302, 302, 410]
    assert followed[0].headers["Location"] == destination
    # A preview is no redirect, so it is not counted.
    assert_clicks(client, {"guarded": 3})


def test_calling_oneself_a_bot_gets_nobody_past_the_limit(launch):
    client = launch.start("shrinkr").client()
    client.create("https://secret.example.com/", code="used-up", max_visits=1)
    assert client.follow("used-up").status == 302
    for agent in [CHROME, *BOTS]:
        for method in ("GET", "HEAD"):
            answer = client.follow("used-up", agent=agent, method=method)
            # 200 (the preview) or 410 for programs; a destination for nobody.
            assert answer.status in (200, 410)
            assert "Location" not in answer.headers and b"secret.example.com" not in answer.body


def test_a_limit_holds_across_restarts(launch):
    server = launch.start("shrinkr")
    client = server.client()
    client.create(code="lasting", max_visits=5)
    assert [client.follow("lasting").status for _ in range(3)] == [302] * 3
    server.kill()
    server.start()
    assert [client.follow("lasting").status for _ in range(4)] == [302, 302, 410, 410]
