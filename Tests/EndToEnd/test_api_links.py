"""Making, reading, changing and deleting links."""

import re
import time

import pytest

from support.client import CHROME, WHATSAPP, assert_invalid, assert_problem
from support.times import in_seconds
from support.waiting import eventually

LINKS = "/api/v1/links"
MEMBERS = {
    "code", "short_url", "url", "title", "tags", "redirect_status", "forward_query", "enabled", "starts_at",
    "expires_at", "max_visits", "visits_left", "created_at", "updated_at",
}  # fmt: skip


def test_defaults(client, server):
    link = client.create("https://example.com/defaults")
    assert set(link) == MEMBERS
    assert link | {"code": 0, "short_url": 0, "created_at": 0, "updated_at": 0} == {
        "code": 0, "short_url": 0, "url": "https://example.com/defaults", "title": None, "tags": [],
        "redirect_status": 302, "forward_query": False, "enabled": True, "starts_at": None, "expires_at": None,
        "max_visits": None, "visits_left": None, "created_at": 0, "updated_at": 0,
    }  # fmt: skip
    assert link["created_at"] == link["updated_at"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", link["created_at"])
    nulls = {name: None for name in MEMBERS - {"url", "short_url", "visits_left", "created_at", "updated_at"}}
    again = client.create("https://example.com/defaults", **nulls, reuse=None)
    varying = {"code": 0, "short_url": 0, "created_at": 0, "updated_at": 0}
    assert again | varying == link | varying, "null is the same as absent"


def test_every_member_comes_back(client):
    members = {
        "code": "All-Of_it", "title": "Títle ✓", "tags": ["b", "a", "b"], "redirect_status": 307, "forward_query": True,
        "enabled": False, "starts_at": "2026-01-01T00:00:00+01:00", "expires_at": "2040-01-01T00:00:00.5Z",
        "max_visits": 9007199254740991,
    }  # fmt: skip
    made = client.create("https://EXAMPLE.com:443/ä?q=ö", **members)
    assert made == client.get(f"{LINKS}/All-Of_it").json()
    assert made["url"] == "https://example.com/%C3%A4?q=%C3%B6"
    assert made["tags"] == ["a", "b"]
    assert made["starts_at"] == "2025-12-31T23:00:00Z"
    assert made["expires_at"] == "2040-01-01T00:00:00.500Z"
    assert made["visits_left"] == 9007199254740991
    same = ("code", "title", "redirect_status", "forward_query", "enabled", "max_visits")
    assert {name: made[name] for name in same} == {name: members[name] for name in same}


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("https://example.com", "https://example.com/"),
        ("HTTPS://EXAMPLE.COM/Path", "https://example.com/Path"),
        ("http://example.com:80/a/../b/./c", "http://example.com/b/c"),
        ("https://example.com/a b", "https://example.com/a%20b"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://example.com/%7Euser?x=1&y=%20#frag", "https://example.com/%7Euser?x=1&y=%20#frag"),
        ("  https://example.com/trimmed  ", "https://example.com/trimmed"),
        ("https:\\\\example.com\\back", "https://example.com/back"),
    ],
)
def test_destinations_are_normalised_once_and_followed_exactly(client, given, stored):
    link = client.create(given)
    assert link["url"] == stored
    assert client.follow(link["code"]).headers["Location"] == stored


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirect_status(client, status):
    link = client.create(redirect_status=status)
    for method in ("GET", "HEAD"):
        answer = client.follow(link["code"], method=method)
        assert answer.status == status
        assert answer.headers["Location"] == link["url"]
        # Above all for 301: a cached redirect hides later clicks and changes.
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
        assert answer.headers["X-Robots-Tag"] == "noindex"


def test_query_forwarding(client):
    plain = client.create("https://example.com/p?own=1#part")["code"]
    forwarding = client.create("https://example.com/p?own=1#part", forward_query=True)["code"]
    bare = client.create("https://example.com/p", forward_query=True)["code"]
    assert client.follow(f"{plain}?utm=x").headers["Location"] == "https://example.com/p?own=1#part"
    assert (
        client.follow(f"{forwarding}?utm=x&b=%20").headers["Location"] == "https://example.com/p?own=1&utm=x&b=%20#part"
    )
    assert client.follow(forwarding).headers["Location"] == "https://example.com/p?own=1#part"
    assert client.follow(f"{bare}?utm=x").headers["Location"] == "https://example.com/p?utm=x"


def test_availability(client):
    future = client.create(starts_at=in_seconds(3600))["code"]
    past = client.create(expires_at=in_seconds(0.5))["code"]
    off = client.create(enabled=False)["code"]
    time.sleep(0.6)
    assert_problem(client.follow(future), 404, "not-found")
    assert assert_problem(client.follow(past), 410, "link-gone")["reason"] == "expired"
    assert assert_problem(client.follow(off), 410, "link-gone")["reason"] == "disabled"
    # Dead links can still be managed, and come back.
    for code in (future, past, off):
        assert client.get(f"{LINKS}/{code}").status == 200
    assert client.patch(f"{LINKS}/{future}", json={"starts_at": None}).status == 200
    assert client.patch(f"{LINKS}/{past}", json={"expires_at": in_seconds(3600)}).status == 200
    assert client.patch(f"{LINKS}/{off}", json={"enabled": True}).status == 200
    assert [client.follow(code).status for code in (future, past, off)] == [302] * 3


def test_expiry_in_the_past_is_refused(client):
    body = {"url": "https://example.com/", "expires_at": in_seconds(-1)}
    assert_invalid(client.post(LINKS, json=body), pointer="/expires_at")
    results = client.post(f"{LINKS}/batch", json={"links": [body, {"url": "https://example.com/"}]}).json()["results"]
    assert [result["status"] for result in results] == [422, 201]
    code = client.create()["code"]
    answer = client.patch(f"{LINKS}/{code}", json={"expires_at": in_seconds(-1)})
    assert_invalid(answer, pointer="/expires_at")
    assert "'enabled'" in answer.text, "the way to switch a link off now"
    assert client.follow(code).status == 302


def test_expiry_takes_effect_by_itself(client):
    """Also for a link that a cache holds: it was followed before."""
    code = client.create(expires_at=in_seconds(1.5))["code"]
    assert client.follow(code).status == 302
    deadline = time.monotonic() + 10
    while client.follow(code).status == 302:
        assert time.monotonic() < deadline, "an expired link is still followed"
        time.sleep(0.1)
    assert client.follow(code).status == 410


def test_changes_take_effect_at_once(client):
    code = client.create("https://example.com/1")["code"]
    for number in range(2, 6):
        assert client.follow(code).headers["Location"] == f"https://example.com/{number - 1}"
        assert client.patch(f"{LINKS}/{code}", json={"url": f"https://example.com/{number}"}).status == 200
    assert client.delete(f"{LINKS}/{code}").status == 204
    assert client.follow(code).status == 404


def test_a_new_link_is_found_at_once_although_it_was_not_there(client):
    """Nobody remembers for long that there was no such link."""
    assert client.follow("soon-there").status == 404
    client.create(code="soon-there")
    assert client.follow("soon-there").status == 302


def test_merge_patch(client):
    full = {
        "title": "T", "tags": ["x"], "redirect_status": 308, "forward_query": True, "starts_at": "2020-01-01T00:00:00Z",
        "expires_at": "2040-01-01T00:00:00Z", "max_visits": 7, "enabled": False,
    }  # fmt: skip
    link = client.create(**full)
    path = f"{LINKS}/{link['code']}"
    answer = client.patch(path, json={"title": "New"})
    assert answer.status == 200 and answer.headers["ETag"] == '"2"'
    changed = answer.json()
    assert changed == link | {"title": "New", "updated_at": changed["updated_at"]}
    cleared = client.patch(path, json={name: None for name in full}).json()
    defaults = {
        "title": None, "tags": [], "redirect_status": 302, "forward_query": False, "starts_at": None,
        "expires_at": None, "max_visits": None, "visits_left": None, "enabled": True,
    }  # fmt: skip
    assert {name: cleared[name] for name in defaults} == defaults
    assert cleared["url"] == link["url"]
    for member, value in (("url", None), ("code", "other"), ("reuse", True), ("short_url", "https://a.example/")):
        assert_invalid(client.patch(path, json={member: value}), pointer=f"/{member}")
    assert client.get(path).json() == cleared, "a refused change changes nothing"
    assert_problem(client.patch(f"{LINKS}/never-made", json={}), 404, "not-found")


def test_a_patch_that_changes_nothing_keeps_the_entity_tag(client):
    code = client.create(title="same")["code"]
    for patch in ({}, {"title": "same"}, {"expires_at": None}):
        assert client.patch(f"{LINKS}/{code}", json=patch).headers["ETag"] == '"1"'


def test_a_patch_is_checked_against_what_stays(client):
    code = client.create(starts_at="2030-01-01T00:00:00Z")["code"]
    answer = client.patch(f"{LINKS}/{code}", json={"expires_at": "2029-01-01T00:00:00Z"})
    assert_problem(answer, 422, "validation")


def test_visits_made_count_towards_a_changed_limit(client):
    code = client.create(max_visits=3)["code"]
    assert [client.follow(code).status for _ in range(4)] == [302, 302, 302, 410]
    assert client.patch(f"{LINKS}/{code}", json={"max_visits": 5}).json()["visits_left"] == 2
    assert [client.follow(code).status for _ in range(3)] == [302, 302, 410]


def test_entity_tags(client):
    code = client.create()["code"]
    path = f"{LINKS}/{code}"
    first = client.get(path).headers["ETag"]
    assert client.get(path, headers={"If-None-Match": first}).status == 304
    assert client.get(path, headers={"If-None-Match": f'"other", W/{first}'}).status == 304
    assert client.get(path, headers={"If-None-Match": "*"}).status == 304
    assert client.get(path, headers={"If-None-Match": '"other"'}).status == 200
    unchanged = client.get(path, headers={"If-None-Match": first})
    assert unchanged.body == b"" and unchanged.headers["ETag"] == first

    changed = client.patch(path, json={"title": "1"}, headers={"If-Match": first})
    assert changed.status == 200
    second = changed.headers["ETag"]
    assert second != first
    assert_problem(client.patch(path, json={"title": "2"}, headers={"If-Match": first}), 412, "precondition-failed")
    assert client.get(path).json()["title"] == "1"
    # A proxy that compresses makes tags weak, or adds the coding's name; it is still the version that the client has read.
    weak = client.patch(path, json={"title": "2"}, headers={"If-Match": f"W/{second}"})
    assert weak.status == 200
    second = weak.headers["ETag"]
    assert client.patch(path, json={"title": "3"}, headers={"If-Match": f'"other", {second}'}).status == 200
    assert client.patch(path, json={"title": "4"}, headers={"If-Match": "*"}).status == 200
    assert_problem(client.delete(path, headers={"If-Match": second}), 412, "precondition-failed")
    last = client.get(path).headers["ETag"]
    client.follow(code)
    assert client.get(path).headers["ETag"] == last, "following a link does not change it"
    assert client.delete(path, headers={"If-Match": last}).status == 204


def test_deleted_link_is_restored(client):
    link = client.create(code="Phoenix", title="again", tags=["ash"], max_visits=5)
    assert client.follow("Phoenix").status == 302
    assert client.delete(f"{LINKS}/Phoenix").status == 204
    assert client.follow("Phoenix").status == 404
    assert client.get(f"{LINKS}/Phoenix/stats").status == 200, "statistics stay readable"
    listed = client.get(f"{LINKS}?deleted=true&q=Phoenix").json()["data"]
    assert [(one["code"], "deleted_at" in one) for one in listed] == [("Phoenix", True)]
    restored = client.post(f"{LINKS}/Phoenix/restore")
    assert restored.status == 200, restored
    assert restored.json() == link | {"visits_left": 4, "updated_at": restored.json()["updated_at"]}
    assert client.follow("Phoenix").status == 302
    assert_problem(client.post(f"{LINKS}/Phoenix/restore"), 409, "not-deleted")
    assert_problem(client.post(f"{LINKS}/never-made/restore"), 404, "not-found")


def test_clicks_under_way_are_counted_for_a_restored_link(client):
    code = client.create()["code"]
    for _ in range(5):
        assert client.follow(code).status == 302
    assert client.delete(f"{LINKS}/{code}").status == 204
    assert client.post(f"{LINKS}/{code}/restore").status == 200
    assert client.follow(code).status == 302
    eventually(lambda: client.clicks(code) == 6, what="the clicks are counted")


def test_link_removed_for_good(client):
    code = client.create("https://example.com/secret-plan")["code"]
    assert client.delete(f"{LINKS}/{code}?purge=true").status == 204
    assert_problem(client.post(f"{LINKS}/{code}/restore"), 404, "not-found")
    assert client.get(f"{LINKS}/{code}/stats").status == 200
    assert_problem(client.post(LINKS, json={"url": "https://example.com/", "code": code}), 409, "alias-taken")


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
    form = re.search(r'<form method="post" action="([^"]*)"><button>Continue</button></form>', page.text)
    assert form, page.text
    action = form[1]
    foreign = client.post(action, headers={"User-Agent": WHATSAPP, "Origin": "https://evil.example"})
    assert (foreign.status, "Location" in foreign.headers) == (200, False)
    pressed = {"User-Agent": WHATSAPP, "Sec-Fetch-Site": "same-origin"}
    answer = client.post(action, headers=pressed)
    assert (answer.status, answer.headers["Location"]) == (303, "https://example.com/only-once")
    assert client.post(action, headers=pressed).status == 410
    assert client.get(f"/{code}+").status == 410
    eventually(lambda: client.clicks(code) == 1, what="the clicks are counted")
    assert client.stats(code)["totals"]["people"] == 1, "whoever presses a button is a person"


def test_deleted_codes_are_never_issued_again(client):
    client.create(code="Grave")
    assert client.delete(f"{LINKS}/Grave").status == 204
    for method, path in (
        ("GET", f"{LINKS}/Grave"),
        ("DELETE", f"{LINKS}/Grave"),
        ("GET", "/Grave"),
        ("GET", "/Grave+"),
    ):
        assert_problem(client.request(method, path), 404, "not-found")
    for code in ("Grave", "grave", "GRAVE"):
        answer = client.post(LINKS, json={"url": "https://example.com/", "code": code})
        assert_problem(answer, 409, "alias-taken")


def test_case(client):
    client.create(code="MixedCase")
    for code in ("MixedCase", "mixedcase", "MIXEDCASE"):
        answer = client.post(LINKS, json={"url": "https://example.com/", "code": code})
        assert_problem(answer, 409, "alias-taken")
        assert client.follow(code).status == 302
        assert client.get(f"{LINKS}/{code}").json()["code"] == "MixedCase"


def test_reuse(client):
    members = {"title": "reused", "tags": ["b", "a"]}
    first = client.create("https://example.com/reuse", **members)
    body = {"url": "https://EXAMPLE.com/reuse", "reuse": True} | members
    answer = client.post(LINKS, json=body)
    assert answer.status == 200
    assert answer.json() == first
    assert answer.headers["ETag"] == '"1"'
    # Equal in every member, or it is another link.
    for difference in ({"title": "other"}, {"tags": ["a"]}, {"max_visits": 5}, {"redirect_status": 301}):
        other = client.post(LINKS, json=body | difference)
        assert other.status == 201 and other.json()["code"] != first["code"]
    # With a code, only the link of this code.
    assert client.post(LINKS, json=body | {"code": first["code"]}).status == 200
    assert client.post(LINKS, json=body | {"code": "reuse-other"}).status == 201
    # Without `reuse`, a new one.
    assert client.create("https://example.com/reuse", **members)["code"] != first["code"]


def test_reuse_passes_over_links_that_cannot_be_followed(client):
    dead = client.create("https://example.com/dead", max_visits=1)
    assert client.follow(dead["code"]).status == 302
    answer = client.post(LINKS, json={"url": "https://example.com/dead", "max_visits": 1, "reuse": True})
    assert answer.status == 201 and answer.json()["code"] != dead["code"]


def test_batch(client):
    client.create(code="batch-taken")
    items = [
        {"url": "https://example.com/1"},
        {"url": "https://example.com/2", "code": "batch-taken"},
        {"url": "nonsense"},
        {"url": "https://example.com/4", "code": "batch-twice"},
        {"url": "https://example.com/5", "code": "BATCH-twice"},
        {"url": "https://example.com/1", "reuse": True},
        {"url": "https://example.com/7", "unknown": 1},
        "no object",
    ]
    answer = client.post(f"{LINKS}/batch", json={"links": items})
    assert answer.status == 200
    results = answer.json()["results"]
    assert [result["status"] for result in results] == [201, 409, 422, 201, 409, 200, 422, 422]
    assert results[5]["link"]["code"] == results[0]["link"]["code"]
    for result in results:
        assert ("link" in result) != ("problem" in result)
        if "problem" in result:
            assert result["problem"]["status"] == result["status"]
            assert result["problem"]["type"].startswith("urn:shrinkr:problem:")
    assert client.follow("batch-twice").headers["Location"] == "https://example.com/4"


@pytest.mark.parametrize("body", [{}, {"links": []}, {"links": None}, {"links": {}}, {"links": [], "more": 1}])
def test_a_batch_that_is_none(client, body):
    assert_problem(client.post(f"{LINKS}/batch", json=body), 422, "validation")


def test_a_batch_has_at_most_1000_links(client):
    items = [{"url": "https://example.com/", "tags": ["too-many"]}] * 1001
    assert_invalid(client.post(f"{LINKS}/batch", json={"links": items}), pointer="/links")
    assert client.get(f"{LINKS}?tag=too-many").json()["data"] == []


def test_preview_page(client):
    title = "<script>alert(1)</script> & \"quotes'"
    url = "https://example.com/?q=%22%3E%3Cscript%3E&b='onmouseover=alert(1)"
    link = client.create(url, title=title)
    page = client.get(f"/{link['code']}+", headers={"User-Agent": CHROME})
    assert (page.status, page.media_type) == (200, "text/html")
    assert "example.com" in page.text
    assert "<script>alert" not in page.text
    assert "'onmouseover" not in page.text.replace("&#39;", "").replace("&#x27;", "").replace("&apos;", "")
    head = client.head(f"/{link['code']}+")
    assert (head.status, head.body) == (200, b"")
    limited = client.create(max_visits=1)["code"]
    for _ in range(3):
        assert client.get(f"/{limited}+").status == 200
    assert client.get(f"{LINKS}/{limited}").json()["visits_left"] == 1
    assert client.get("/never-made+").status == 404
    assert client.get(f"/{client.create(enabled=False)['code']}+").status == 410


def test_service_paths(client):
    health = client.get("/health")
    assert (health.status, health.media_type, health.json()) == (200, "application/json", {"status": "ok"})
    robots = client.get("/robots.txt")
    assert (robots.status, robots.media_type) == (200, "text/plain")
    assert "user-agent: *" in robots.text.lower()
    for path in ("/health", "/robots.txt", "/openapi.yaml"):
        head = client.head(path)
        assert (head.status, head.body) == (200, b"")
