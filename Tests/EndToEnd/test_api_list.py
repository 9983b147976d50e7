"""Listing and searching: pages that neither repeat nor skip, whatever happens meanwhile."""

import pytest

from support.client import assert_invalid

LINKS = "/api/v1/links"


def walk(client, query, *, between=None):
    """All codes of a listing, page by page."""
    codes, cursor = [], None
    while True:
        page = client.get(f"{LINKS}?{query}" + (f"&cursor={cursor}" if cursor else ""))
        assert page.status == 200, page
        codes += [link["code"] for link in page.json()["data"]]
        cursor = page.json()["next_cursor"]
        if cursor is None:
            return codes
        if between:
            between()


@pytest.fixture(scope="module")
def made(client):
    """25 links with a tag of their own, oldest first."""
    items = [{"url": f"https://example.com/list/{i}", "code": f"list-{i}", "tags": ["listed"]} for i in range(25)]
    answer = client.post(f"{LINKS}/batch", json={"links": items})
    assert [result["status"] for result in answer.json()["results"]] == [201] * 25
    return [item["code"] for item in items]


@pytest.mark.parametrize("limit", [1, 7, 25, 100])
@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_pages_hold_every_link_once_and_in_order(client, made, limit, order):
    codes = walk(client, f"tag=listed&limit={limit}&order={order}")
    assert codes == (made if order == "oldest" else made[::-1])


def test_defaults(client, made):
    page = client.get(LINKS).json()
    assert len(page["data"]) == 20
    assert page["data"][0]["created_at"] >= page["data"][-1]["created_at"]
    assert page["next_cursor"]


def test_cursor_is_stable_while_links_are_added_and_deleted(client):
    items = [{"url": "https://example.com/", "code": f"stable-{i}", "tags": ["stable"]} for i in range(20)]
    client.post(f"{LINKS}/batch", json={"links": items})
    numbers = iter(range(100))

    def disturb():
        client.create(code=f"stable-new-{next(numbers)}", tags=["stable"])

    newest_first = walk(client, "tag=stable&limit=3&order=newest", between=disturb)
    assert newest_first == [f"stable-{i}" for i in reversed(range(20))]

    def delete_behind():
        client.delete(f"{LINKS}/stable-{next(numbers) % 3}")

    # Links deleted behind the cursor move nothing ahead of it.
    oldest_first = walk(client, "tag=stable&limit=5&order=oldest", between=delete_behind)
    assert oldest_first[:20] == [f"stable-{i}" for i in range(20)]
    assert len(set(oldest_first)) == len(oldest_first)


def test_search(client):
    client.create("https://needle.example.com/x", code="search-host")
    client.create("https://example.com/x", code="search-NEEDLE")
    client.create("https://example.com/y", code="search-title", title="A Needle in a haystack")
    client.create("https://example.com/z", code="search-percent", title="100%_sure")
    found = {link["code"] for link in client.get(f"{LINKS}?q=nEEdle").json()["data"]}
    assert found == {"search-host", "search-NEEDLE", "search-title"}
    # Nothing in the text is a wildcard.
    assert {link["code"] for link in client.get(f"{LINKS}?q=%25_").json()["data"]} == {"search-percent"}
    assert client.get(f"{LINKS}?q=search-%25").json()["data"] == []


def test_tag_is_matched_exactly(client):
    client.create(code="tag-one", tags=["Red", "ü & ?"])
    assert [link["code"] for link in client.get(f"{LINKS}?tag=Red").json()["data"]] == ["tag-one"]
    assert [link["code"] for link in client.get(f"{LINKS}?tag=%C3%BC%20%26%20%3F").json()["data"]] == ["tag-one"]
    for other in ("red", "Re", "Redd"):
        assert client.get(f"{LINKS}?tag={other}").json()["data"] == []


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("limit=0", "limit"), ("limit=101", "limit"), ("limit=ten", "limit"), ("limit=", "limit"),
        ("limit=1.0", "limit"), ("cursor=nonsense", "cursor"), ("cursor=", "cursor"), ("q=", "q"),
        ("q=" + "x" * 201, "q"), ("tag=", "tag"), ("tag=" + "x" * 51, "tag"), ("order=random", "order"),
    ],
)  # fmt: skip
def test_bad_parameters(client, query, parameter):
    assert_invalid(client.get(f"{LINKS}?{query}"), parameter=parameter)
