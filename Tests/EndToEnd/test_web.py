"""The pages for people, in a real browser."""

import subprocess
import sys
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

from support.chromium import PATIENCE, PHONE, WIDE, Chromium
from support.client import FIREFOX
from support.waiting import eventually

REPOSITORY = Path(__file__).resolve().parents[2]
KEY = "4be0ea9a92f3d45c0d2f37d8bb6d92f0c1a5e0d3"
LINKS = "/api/v1/links"


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    browser = Chromium(tmp_path_factory.mktemp("chromium"))
    yield browser
    browser.quit()


@pytest.fixture
def page(chromium, server):
    """The browser, at a server that asks this machine for no key."""
    chromium.base = server.url
    chromium.look()
    chromium.complaints()
    yield chromium
    assert chromium.complaints() == []


@pytest.fixture(scope="module")
def guarded(shared_launch):
    return shared_launch.start("shrinkr", SHRINKR_API_KEY=KEY)


@pytest.fixture
def door(chromium, guarded):
    """The browser, at a server that asks for a key, and not signed in."""
    chromium.base = guarded.url
    chromium.look()
    chromium.open("/docs")
    chromium.driver.delete_all_cookies()
    chromium.complaints()
    yield chromium
    assert chromium.complaints() == []


def make(client, **link):
    answer = client.post(LINKS, json={"url": "https://example.com/somewhere"} | link)
    assert answer.status == 201, answer
    return answer.json()


def sign_in(door, key=KEY):
    door.open("/admin/sign-in")
    door.fill(key=key + Keys.ENTER)


def test_a_link_is_made_and_copied(page, server, client):
    page.driver.execute_cdp_cmd("Browser.grantPermissions", {"permissions": ["clipboardReadWrite"]})
    page.open("/")
    page.press("Options: own code, title, tags, expiry, limit")
    page.fill(url="https://example.com/page", code="web-made", title="Made <b>by</b> hand", tags="one, two")
    page.fill(max_visits="7")
    page.press("Shorten")
    page.shows("Your short link is ready")
    page.press("Copy", ".made")
    page.shows("Copied", ".made")
    copied = page.driver.execute_async_script(
        "const done = arguments[arguments.length - 1]; navigator.clipboard.readText().then(done, (e) => done(String(e)))"
    )
    assert copied == f"{server.url}/web-made"
    link = client.get(f"{LINKS}/web-made").json()
    assert (link["title"], link["tags"], link["max_visits"]) == ("Made <b>by</b> hand", ["one", "two"], 7)


def test_a_mistake_is_said_beside_its_field(page):
    page.open("/")
    page.press("Options: own code, title, tags, expiry, limit")
    page.fill(url="https://example.com/", code="no code")
    page.press("Shorten")
    page.shows("An alias has 1 to 64", "#code-error")
    field = page.one("#code")
    assert field.get_attribute("value") == "no code" and field.get_attribute("aria-describedby") == "code-error"
    assert page.violations() == []


@pytest.fixture(scope="module")
def many_links(client):
    """Links with the tag "many", more than a page shows."""
    batch = {"links": [{"url": f"https://example.com/{n}", "tags": ["many"]} for n in range(60)]}
    assert client.post(f"{LINKS}/batch", json=batch).status == 200
    make(client, code="needle", title="In a haystack", tags=["many"])


@pytest.mark.usefixtures("many_links")
def test_the_list_is_searched_sorted_and_scrolled(page):
    page.open("/?tag=many")
    assert len(page.all("ol.links > li")) == 25

    def scrolled():
        page.driver.execute_script("scrollTo(0, document.body.scrollHeight)")
        return len(page.all("ol.links > li")) == 61

    eventually(scrolled, within=PATIENCE, what="all 61 links are on the page")
    assert not page.all("a[data-more]")
    # A slash leads to the search, as people expect it.
    page.driver.execute_script("document.activeElement.blur()")
    page.one("body").send_keys("/")
    page.driver.switch_to.active_element.send_keys("haystack" + Keys.ENTER)
    eventually(lambda: len(page.all("ol.links > li")) == 1, within=PATIENCE, what="one link is found")
    page.shows("/needle", "ol.links")
    Select(page.one("#order")).select_by_visible_text("Most clicks")
    eventually(lambda: "order=clicks" in page.path, within=PATIENCE, what="the list is sorted anew")
    page.shows("/needle", "ol.links")


@pytest.mark.usefixtures("many_links")
def test_everything_works_without_the_script(page):
    page.look(script=False)
    page.open("/?tag=many")
    page.press("More links")
    assert "cursor=" in page.path and len(page.all("ol.links > li")) == 25
    page.open("/")
    page.one("#url").send_keys("https://example.com/without" + Keys.ENTER)
    page.shows("Your short link is ready")
    assert not [button for button in page.all("button[data-copy]") if button.is_displayed()]


def test_a_link_is_changed_disabled_deleted_and_restored(page, client):
    make(client, code="changed")
    page.open("/admin/links/changed")
    page.press("Edit destination, title, tags, expiry, limit")
    page.fill(url="https://example.com/elsewhere", title="Another", tags="a, b")
    page.press("Save changes")
    page.shows("Saved.")
    link = client.get(f"{LINKS}/changed").json()
    assert (link["url"], link["title"], link["tags"]) == ("https://example.com/elsewhere", "Another", ["a", "b"])
    page.press("Disable")
    page.shows("The link is disabled")
    assert client.get("/changed").status == 410
    page.press("Enable")
    page.shows("The link is enabled again")
    assert client.get("/changed").status == 302
    # What somebody else changes meanwhile is not overwritten.
    assert client.request("PATCH", f"{LINKS}/changed", json={"title": "By somebody else"}).status == 200
    page.press("Disable")
    page.shows("Somebody has changed this link meanwhile")
    page.press("Delete")
    page.driver.switch_to.alert.accept()
    page.shows("This link is deleted")
    assert client.get("/changed").status == 404
    page.press("Restore")
    page.shows("The link is restored")
    assert client.get("/changed").status == 302


def test_clicks_are_counted_while_one_looks(page, client):
    make(client, code="watched")
    page.open("/admin/links/watched")
    page.shows("Counting live")
    assert page.text("[data-live-people]") == "0"
    for _ in range(3):
        client.get("/watched", headers={"User-Agent": FIREFOX, "Referer": "https://news.example.org/"})
    client.get("/watched", headers={"User-Agent": "curl/8.0"})
    page.shows("3", "[data-live-people]")
    page.shows("1", "[data-live-bots]")
    page.driver.refresh()
    assert [cell.text for cell in page.all(".totals dd")] == ["3", "1", "1"]
    page.shows("news.example.org", ".breakdowns")
    page.press("As a table")
    last = page.all("figure tbody tr")[-1]
    assert [cell.text for cell in last.find_elements(By.TAG_NAME, "td")] == ["3", "1"]
    Select(page.one("#range")).select_by_visible_text("Last 24 hours")
    eventually(lambda: "range=24h" in page.path, within=PATIENCE, what="the range is chosen")
    assert page.one("#interval").text == "by hour"
    page.open("/admin/stats")
    page.shows("/watched", ".bars")
    rows = client.get("/admin/links/watched/stats.csv").text.split("\r\n")
    assert "referrer,news.example.org,3,0" in rows


def test_csv_has_what_the_list_shows(client):
    make(client, code="in-csv", title='=cmd|"x"!A1', tags=["csv"])
    rows = client.get("/admin/links.csv?tag=csv").text.split("\r\n")
    assert len(rows) == 3 and rows[1].startswith("in-csv,") and '"\'=cmd|""x""!A1"' in rows[1]


def test_the_qr_code_is_a_picture_of_the_page(page, client):
    make(client, code="scanned")
    page.open("/admin/links/scanned")
    wide = "return document.querySelector('.qr img').naturalWidth"
    eventually(lambda: page.driver.execute_script(wide) > 0, within=PATIENCE, what="the QR code is drawn")


def test_a_key_signs_in_and_out(door, guarded):
    door.open("/")
    assert "This address makes links short" in door.text()
    door.press("Sign in")
    door.fill(key="wrong-key" + Keys.ENTER)
    door.shows("The API key is not known.", "#key-error")
    door.fill(key=KEY + Keys.ENTER)
    door.shows("Shorten a long URL")
    [cookie] = door.driver.get_cookies()
    assert cookie["httpOnly"] and cookie["sameSite"] == "Strict" and KEY not in cookie["value"]
    assert guarded.client().get(LINKS, headers={"Cookie": f"{cookie['name']}={cookie['value']}"}).status == 401
    door.press("Sign out", "header")
    eventually(lambda: door.all(".centre"), within=PATIENCE, what="a visitor's page")
    door.open("/admin/keys")
    assert door.path == "/admin/sign-in"


def test_keys_are_made_used_and_revoked(door, guarded):
    sign_in(door)
    door.shows("Shorten a long URL")
    door.open("/admin/keys")
    door.fill(name="for reading")
    door.one("[value='links:read']").click()
    door.press("Make key")
    door.shows("The key is made.")
    key = door.text(".note code")
    assert guarded.client(key=key).get(LINKS).status == 200
    door.open("/admin/keys")
    assert key not in door.driver.page_source
    door.press("Revoke")
    door.driver.switch_to.alert.accept()
    door.shows("Revoked", "table")
    assert guarded.client(key=key).get(LINKS).status == 401


PAGES = {
    "list": "/", "made": "/?made=pictured", "link": "/admin/links/pictured", "statistics": "/admin/stats",
    "keys": "/admin/keys", "docs": "/docs", "sign-in": "/admin/sign-in", "not-found": "/nothing", "preview": "/pictured+",
    "deleted": "/admin/links/removed",
}  # fmt: skip


@pytest.fixture(scope="module")
def pictured(server, client):
    """Something to see on each page."""
    make(client, code="pictured", title="A link with a title", tags=["spring", "news"], max_visits=1_000)
    make(client, code="removed", url="https://example.com/removed")
    assert client.delete(f"{LINKS}/removed").status == 204
    for agent in [FIREFOX] * 9 + ["curl/8.0"] * 2:
        client.get("/pictured", headers={"User-Agent": agent, "Accept-Language": "de"})
    counted = lambda: client.get(f"{LINKS}/pictured").json()["clicks"] == {"people": 9, "bots": 2}  # noqa: E731
    eventually(counted, within=PATIENCE, what="the clicks are counted")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_page_is_good_to_everybody(page, pictured, dark, size):
    """axe finds nothing serious, nothing is wider than the window, and a picture is kept."""
    for name, path in PAGES.items():
        page.look(dark=dark, size=size)
        page.open(path)
        # Each colour scheme and each width once: axe takes its time.
        if dark == (size == PHONE):
            assert page.violations() == [], name
        assert page.driver.execute_script("return document.documentElement.scrollWidth <= innerWidth"), name
        page.keep(f"{name}-{'dark' if dark else 'light'}-{'phone' if size == PHONE else 'wide'}")


def test_the_first_visit_loads_little_and_all_of_it_from_here(page, server):
    page.driver.execute_cdp_cmd("Network.enable", {})
    page.driver.execute_cdp_cmd("Network.clearBrowserCache", {})
    page.open("/")
    entries = page.driver.execute_script(
        "return [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
        ".map((entry) => [entry.name, entry.transferSize])"
    )
    assert all(name.startswith(server.url) for name, _ in entries), entries
    total = sum(size for _, size in entries)
    assert 5_000 < total <= 50_000, entries


def test_the_keyboard_reaches_everything(page):
    page.open("/")
    reached = []
    # The field for the URL is where one begins to type; from there it goes round the page.
    for _ in range(12):
        page.driver.switch_to.active_element.send_keys(Keys.TAB)
        element = page.driver.switch_to.active_element
        reached.append(element.get_attribute("id") or element.text)
    assert reached[0] == "Skip to the content"
    assert "url" in reached and "Shorten" in reached


def test_docs_say_what_the_contract_says(client):
    subprocess.run([sys.executable, REPOSITORY / "Tests" / "Scripts" / "make-docs-page.py", "--check"], check=True)
    page = client.get("/docs", headers={"Accept": "text/html"})
    assert page.status == 200 and "http://127.0.0.1:8000" not in page.text
    assert "/api/v1/links/{code}/stats" in page.text


def test_pages_can_be_left_out(shared_launch):
    server = shared_launch.start("shrinkr", SHRINKR_WEB="off")
    client = server.client()
    for path in ["/", "/docs", "/admin/sign-in", "/admin/links.csv"]:
        assert client.get(path, headers={"Accept": "text/html"}).status == 404, path
    assert client.get(LINKS).status == 200
