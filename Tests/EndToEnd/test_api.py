"""The API of the release programs, once through everything: that what the Swift tests hold part by part works as a whole,
over a real database, with real time and real counting.

Every rule of the API has its tests in Tests/ShrinkrAPITests; here stands what needs the whole program.
"""

import re

import pytest

from support.client import CHROME, WHATSAPP, assert_invalid, assert_problem
from support.times import in_seconds
from support.waiting import eventually

LINKS = "/api/v1/links"
BODY = {"url": "https://example.com/idempotent"}


def test_the_life_of_a_link(client):
    members = {
        "code": "All-Of_it", "title": "Títle ✓", "tags": ["b", "a", "b"], "redirect_status": 307, "forward_query": True,
        "enabled": False, "starts_at": "2026-01-01T00:00:00+01:00", "expires_at": "2040-01-01T00:00:00.5Z",
        "max_visits": 9007199254740991,
    }  # fmt: skip
    made = client.create("https://EXAMPLE.com:443/ä?q=ö#f", **members)
    read = client.get(f"{LINKS}/All-Of_it").json()
    assert read == made | {"clicks": {"people": 0, "bots": 0}, "last_clicked_at": None}
    assert made["url"] == "https://example.com/%C3%A4?q=%C3%B6#f"
    assert made["tags"] == ["a", "b"] and made["starts_at"] == "2025-12-31T23:00:00Z"
    assert made["expires_at"] == "2040-01-01T00:00:00.500Z" and made["visits_left"] == 9007199254740991
    same = ("code", "title", "redirect_status", "forward_query", "enabled", "max_visits")
    assert {name: made[name] for name in same} == {name: members[name] for name in same}

    assert assert_problem(client.follow("All-Of_it"), 410, "link-gone")["reason"] == "disabled"
    first = client.get(f"{LINKS}/All-Of_it").headers["ETag"]
    changed = client.patch(f"{LINKS}/all-of_IT", json={"enabled": None, "max_visits": 3}, headers={"If-Match": first})
    assert changed.status == 200 and changed.json()["visits_left"] == 3
    stale = client.patch(f"{LINKS}/All-Of_it", json={"title": "x"}, headers={"If-Match": first})
    assert_problem(stale, 412, "precondition-failed")
    answer = client.follow("ALL-of_it?utm=x")
    assert (answer.status, answer.headers["Location"]) == (307, "https://example.com/%C3%A4?q=%C3%B6&utm=x#f")
    entity_tag = client.get(f"{LINKS}/All-Of_it").headers["ETag"]
    assert entity_tag == changed.headers["ETag"] != first, "following a link does not change it"
    assert answer.headers["Cache-Control"] == "private, no-store", "a cached redirect hides later clicks and changes"

    assert client.delete(f"{LINKS}/All-Of_it").status == 204
    assert client.follow("All-Of_it").status == 404
    assert client.get(f"{LINKS}/All-Of_it/stats").status == 200, "statistics stay readable"
    listed = client.get(f"{LINKS}?deleted=true&q=all-of").json()["data"]
    assert [(one["code"], "deleted_at" in one) for one in listed] == [("All-Of_it", True)]
    assert client.post(f"{LINKS}/All-Of_it/restore").status == 200
    assert client.follow("All-Of_it").status == 307
    eventually(lambda: client.clicks("All-Of_it") == 2, what="clicks under way are counted for a restored link")
    assert client.delete(f"{LINKS}/All-Of_it?purge=true").status == 204
    assert_problem(client.post(f"{LINKS}/All-Of_it/restore"), 404, "not-found")
    assert_problem(client.post(LINKS, json=BODY | {"code": "all-of_it"}), 409, "alias-taken")


def test_many_links(client):
    items = [{"url": f"https://example.com/{i}", "code": f"many-{i}", "tags": ["many"]} for i in range(25)]
    items += [{"url": "nonsense"}, {"url": "https://example.com/x", "code": "MANY-3"}]
    results = client.post(f"{LINKS}/batch", json={"links": items}).json()["results"]
    assert [result["status"] for result in results] == [201] * 25 + [422, 409]
    for order, expected in (("oldest", range(25)), ("newest", range(24, -1, -1))):
        codes, query = [], f"tag=many&limit=7&order={order}"
        while query:
            page = client.get(f"{LINKS}?{query}").json()
            codes += [link["code"] for link in page["data"]]
            # What comes and goes behind the cursor moves nothing ahead of it.
            client.create(tags=["late"])
            cursor = page["next_cursor"]
            query = cursor and f"tag=many&limit=7&order={order}&cursor={cursor}"
        assert codes == [f"many-{i}" for i in expected]
    again = client.post(LINKS, json={"url": "https://EXAMPLE.com/7", "tags": ["many"], "code": "many-7", "reuse": True})
    assert (again.status, again.json()["code"]) == (200, "many-7")


def test_a_full_batch_of_long_destinations_is_not_too_large(client):
    """As many links as a batch may have, with campaign parameters and all, fit into the default limit of its body."""
    items = [{"url": "https://example.com/" + "x" * 800, "tags": ["large-batch"]} for _ in range(1000)]
    answer = client.post(f"{LINKS}/batch", json={"links": items})
    assert answer.status == 200, answer
    assert [result["status"] for result in answer.json()["results"]] == [201] * 1000


def test_expiry_takes_effect_by_itself(client):
    """Also for a link that a cache holds: it was followed before."""
    code = client.create(expires_at=in_seconds(1.5))["code"]
    assert client.follow(code).status == 302
    eventually(lambda: client.follow(code).status == 410, within=10, what="the link has expired")


def test_limit_set_later_counts_earlier_visits(client):
    code = client.create()["code"]
    for _ in range(3):
        assert client.follow(code).status == 302
    eventually(lambda: client.clicks(code) == 3, what="the clicks are counted")
    limited = client.patch(f"{LINKS}/{code}", json={"max_visits": 4}).json()
    assert limited["visits_left"] == 1
    assert [client.follow(code).status for _ in range(2)] == [302, 410]


def test_continue_from_the_preview_of_a_limited_link(client):
    """What a browser does that calls itself like a bot: it gets the page, and sends its form."""
    code = client.create("https://example.com/only-once", max_visits=1)["code"]
    page = client.follow(code, agent=WHATSAPP)
    assert (page.status, page.media_type) == (200, "text/html")
    form = re.search(r'<form method="post" action="([^"]*)"><button[^>]*>Continue</button></form>', page.text)
    assert form, page.text
    pressed = {"User-Agent": WHATSAPP, "Sec-Fetch-Site": "same-origin"}
    answer = client.post(form[1], headers=pressed)
    assert (answer.status, answer.headers["Location"]) == (303, "https://example.com/only-once")
    assert client.post(form[1], headers=pressed).status == 410
    eventually(lambda: client.clicks(code) == 1, what="the clicks are counted")
    assert client.stats(code)["totals"]["people"] == 1, "whoever presses a button is a person"


def test_what_is_wrong_is_told(client, server):
    answer = client.post(LINKS, json={"ulr": "https://example.com/", "max_visits": 0, "title": 7})
    assert_invalid(answer, "required", pointer="/url")
    assert_invalid(answer, "unknown_member", pointer="/ulr")
    assert_invalid(client.get(f"{LINKS}?limt=3"), "unknown_parameter", parameter="limt")
    assert_invalid(client.post(LINKS, json={"url": f"{server.url}/loop"}), "own_host", pointer="/url")
    assert_problem(client.post(LINKS, body=b"{", headers={"Content-Type": "application/json"}), 400, "malformed-request")
    assert_problem(client.request("PUT", LINKS), 405, "method-not-allowed")
    browser = {"User-Agent": CHROME, "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    page = client.get("/not-there", headers=browser)
    assert (page.status, page.media_type) == (404, "text/html") and "<html" in page.text.lower()
    assert client.get(f"{LINKS}/not-there", headers=browser).media_type == "application/problem+json"
    for path, media_type in (("/health", "application/json"), ("/robots.txt", "text/plain")):
        assert (client.get(path).status, client.get(path).media_type) == (200, media_type)


@pytest.mark.parametrize("ending", ["stop", "kill"])
def test_a_repeated_request_is_carried_out_once_across_a_restart(launch, ending):
    server = launch.start("shrinkr")
    client = server.client()

    def post(json=BODY):
        return client.post(LINKS, json=json, headers={"Idempotency-Key": "restart-1"})

    first = post()
    assert first.status == 201
    server.stop() if ending == "stop" else server.kill()
    server.start()
    second = post()
    assert (second.status, second.body) == (first.status, first.body)
    assert second.headers["Idempotency-Replayed"] == "true"
    for name in ("Location", "ETag", "Content-Type"):
        assert second.headers[name] == first.headers[name]
    assert_problem(post(BODY | {"title": "other"}), 422, "idempotency-key-reused")
    assert len(client.get(LINKS).json()["data"]) == 1
