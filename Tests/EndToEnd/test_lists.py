"""Lists as people use them: clicks beside links, sorted by them, and searches for what people type, on both databases."""

from urllib.parse import quote

import pytest
from support.client import CHROME, GOOGLEBOT
from support.times import now, parse
from support.waiting import eventually

LINKS = "/api/v1/links"


@pytest.fixture(params=["sqlite", "postgresql"])
def stage(request, make_stage):
    settings = {}
    if request.param == "postgresql":
        settings["SHRINKR_DATABASE_URL"] = request.getfixturevalue("database").url
    stage = make_stage(**settings)
    if settings:
        assert stage.api.run("migrate", timeout=120).returncode == 0
    stage.start()
    return stage


def listed(client, query=""):
    answer = client.get(f"{LINKS}?limit=100&{query}")
    assert answer.status == 200, answer
    return [link["code"] for link in answer.json()["data"]]


def searched(client, text, query=""):
    return listed(client, f"order=oldest&q={quote(text)}&{query}")


def test_clicks_stand_beside_links_and_sort_them(stage):
    client = stage.client
    for code in ("few", "many", "none", "gone"):
        client.create(code=code)
    begin = now()
    follows = [("few", CHROME)] * 2 + [("many", CHROME)] * 3 + [("many", GOOGLEBOT)] * 4 + [("gone", CHROME)]
    for code, agent in follows:
        assert client.get(f"/{code}", headers={"User-Agent": agent}).status == 302
    read = lambda code: client.get(f"{LINKS}/{code}").json()  # noqa: E731
    eventually(lambda: sum(read("many")["clicks"].values()) == 7, within=60, what="the clicks are counted")
    eventually(lambda: read("gone")["clicks"]["people"] == 1, within=60, what="the last click is counted")
    assert read("many")["clicks"] == {"people": 3, "bots": 4}
    assert read("few")["clicks"] == {"people": 2, "bots": 0}
    assert read("none") | {"clicks": {"people": 0, "bots": 0}, "last_clicked_at": None} == read("none")
    last = parse(read("many")["last_clicked_at"])
    assert 0 <= (now() - last).total_seconds() < 1_800 and (begin - last).total_seconds() < 900
    assert last.minute % 15 == last.second == 0

    assert listed(client, "order=clicks") == ["many", "few", "gone", "none"]
    assert listed(client, "order=last_click")[-1] == "none"
    # An edit that was begun before a click is made all the same.
    tag = client.get(f"{LINKS}/gone").headers["ETag"]
    client.get("/gone", headers={"User-Agent": CHROME})
    eventually(lambda: read("gone")["clicks"]["people"] == 2, within=60, what="the click is counted")
    assert client.request("PATCH", f"{LINKS}/gone", json={"title": "x"}, headers={"If-Match": tag}).status == 200
    assert client.request("DELETE", f"{LINKS}/gone").status == 204
    assert listed(client, "order=clicks") == ["many", "few", "none"]
    assert listed(client, "order=clicks&deleted=true") == ["gone"]
    page = client.get(f"{LINKS}?order=clicks&limit=1").json()
    rest = client.get(f"{LINKS}?order=clicks&limit=2&cursor={page['next_cursor']}").json()
    assert [link["code"] for link in page["data"] + rest["data"]] == ["many", "few", "none"]
    stats = client.get(f"{LINKS}/many/stats").json()
    assert stats["totals"]["clicks"] == sum(read("many")["clicks"].values())


def test_searches_find_what_people_type(stage):
    client = stage.client
    client.create(code="host", url="https://münchen.de/")
    client.create(code="path", url="https://example.com/M%C3%BCnchen/a")
    client.create(code="apart", url="https://example.com/mu%CC%88nchen")
    client.create(code="title", url="https://example.com/1", title="MÜNCHEN")
    client.create(code="tag", url="https://example.com/2", tags=["münchen"])
    client.create(code="other", url="https://example.com/3")
    everywhere = ["host", "path", "apart", "title", "tag"]
    for text in ("münchen", "mu\u0308nchen", "MÜNCHEN", "ünch", "ü"):
        assert searched(client, text) == everywhere, text
    assert searched(client, "xn--mnchen") == ["host"]
    assert searched(client, "nothing of the kind") == []
    assert searched(client, "example.com/3") == ["other"]
    assert searched(client, "münchen", "tag=m%C3%BCnchen") == ["tag"]
    assert client.request("PATCH", f"{LINKS}/tag", json={"tags": None}).status == 200
    assert client.request("DELETE", f"{LINKS}/host?purge=true").status == 204
    assert searched(client, "münchen") == ["path", "apart", "title"]
    assert listed(client, f"order=clicks&q={quote('münchen')}") == ["title", "apart", "path"]
