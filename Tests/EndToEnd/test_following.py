"""Links as real clients ask for them, and links that may not be followed any more."""

import os
import time

import pytest

from support.client import CHROME, WHATSAPP, assert_problem
from support.raw import exchange
from support.waiting import eventually

LINKS = "/api/v1/links"
DESTINATION = "https://example.com/destination"


@pytest.fixture(scope="module")
def code(client):
    return client.create(code="k3x-9_Z")["code"]


TAILS = [".", ",", ")", ";", "!", "?", ":", "]", "%22", "%3E", "%20", "%20and%20more", "%0A", "&utm=x", "%E2%80%9D", "%E2%80%A6",
         ").", "/", "%EF%BC%89", "%E3%80%82", "?utm=x", ".?utm=x"]  # fmt: skip


@pytest.mark.parametrize("tail", TAILS)
def test_what_is_left_at_the_end_of_a_link_does_not_break_it(client, code, tail):
    for method in ("GET", "HEAD"):
        answer = client.request(method, f"/{code}{tail}")
        assert (answer.status, answer.headers["Location"]) == (302, DESTINATION), answer
        assert client.request(method, f"/{code}+{tail}").status == 200


@pytest.mark.parametrize("target", ["//{}", "///{}", "//{}/", "//{}."])
def test_one_slash_too_many(client, code, target):
    assert client.get(target.format(code)).headers["Location"] == DESTINATION


@pytest.mark.parametrize(
    "target",
    ["/{}x", "/{}.html", "/{}%2F", "/{}=", "/x/{}", "//x/{}", "//example.com/{}", "//example.com", "//api/v1/links", "//health",
     "/api.", "/api/v1/links//", "//{}//x", "/%2F{}", "/.{}"],
)  # fmt: skip
def test_nothing_else_is_taken_for_a_link(client, code, target):
    answer = client.get(target.format(code))
    assert answer.status == 404, answer
    assert answer.headers["Location"] is None


@pytest.mark.parametrize("spell", [str.lower, str.upper, str.swapcase])
def test_case_of_codes_does_not_count(server, client, spell):
    code = f"Swift-{spell.__name__}"
    client.create(code=code)
    for _ in range(2):
        assert client.follow(spell(code)).status == 302
    assert client.get(f"{LINKS}/{spell(code)}").json()["code"] == code
    assert client.post(LINKS, json={"url": DESTINATION, "code": spell(code)}).status == 409
    eventually(lambda: client.clicks(code) == 2, within=10, what="both clicks are counted")
    assert client.stats(spell(code))["code"] == code
    assert client.clicks(spell(code)) == 2
    assert client.delete(f"{LINKS}/{spell(code)}").status == 204
    assert client.follow(code).status == 404
    assert client.post(LINKS, json={"url": DESTINATION, "code": spell(code)}).status == 409


def test_database_for_case_sensitive_codes(launch):
    program = launch.start("shrinkr", SHRINKR_CODE_CASE="sensitive", SHRINKR_FLUSH_INTERVAL="1s")
    client = program.client()
    for code in ("Swift", "swift"):
        assert client.follow("SWIFT").status == 404
        client.create(f"https://{code.encode().hex()}.example/", code=code)
    assert client.follow("Swift").headers["Location"] == f"https://{b'Swift'.hex()}.example/"
    assert client.follow("swift").headers["Location"] == f"https://{b'swift'.hex()}.example/"
    for code in ("Swift", "swift"):
        eventually(lambda: client.clicks(code) == 1, within=10, what="each click is counted for its link")
    program.stop()
    refused = program.run("serve", SHRINKR_CODE_CASE="insensitive")
    assert refused.returncode == 2
    assert "SHRINKR_CODE_CASE" in refused.stderr and "case-sensitive" in refused.stderr, refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1
    assert program.run("serve", SHRINKR_CODE_CASE="upper").returncode == 2
    program.settings.pop("SHRINKR_CODE_CASE")
    program.start()
    assert client.follow("SWIFT").status == 404
    assert client.follow("Swift").status == 302


def test_query_that_does_not_fit_is_cut(client):
    code = client.create(forward_query=True)["code"]
    long = "long=" + "x" * 8200
    answer = client.get(f"/{code}?a=1&{long}&b=2")
    assert (answer.status, answer.headers["Location"]) == (302, f"{DESTINATION}?a=1&b=2")


@pytest.mark.parametrize("raw, escaped", [("é=日", "%C3%A9=%E6%97%A5"), ("q=😀", "q=%F0%9F%98%80"), ("\udcff", "%FF")])
def test_raw_bytes_in_a_query_are_escaped(server, client, raw, escaped):
    code = client.create(forward_query=True)["code"]
    request = f"GET /{code}?{raw} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    [answer] = exchange(server, request.encode("utf-8", "surrogateescape"))
    assert answer.status == 302 and answer.field("Location") == f"{DESTINATION}?{escaped}", answer


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_redirect_keeps_the_method_where_it_says_so(client, method):
    for status in (307, 308):
        code = client.create(redirect_status=status)["code"]
        answer = client.request(method, f"/{code}", body=b"name=value", headers={"User-Agent": CHROME})
        assert (answer.status, answer.headers["Location"]) == (status, DESTINATION)
        eventually(lambda: client.stats(code)["totals"]["people"] == 1, within=10, what="the click is counted")
    for code in (client.create()["code"], "never-made"):
        answer = client.request(method, f"/{code}")
        assert_problem(answer, 405, "method-not-allowed")
        assert answer.headers["Allow"] == "GET, HEAD"


def test_everybody_sees_that_a_link_is_used_up(client):
    code = client.create(max_visits=1)["code"]
    assert client.follow(code, method="HEAD").status == 200
    assert client.follow(code, agent=WHATSAPP).status == 200
    assert client.follow(code).status == 302
    assert client.follow(code, method="HEAD").status == 410
    assert client.follow(code, agent=WHATSAPP).status == 410
    assert client.follow(code).status == 410


def test_crawlers_may_follow_links(client, code):
    """They see `noindex` only where they may look."""
    rules = client.get("/robots.txt").text.splitlines()
    assert "Disallow: /" not in rules and "Disallow: /api/" in rules
    assert client.get(f"/{code}").headers["X-Robots-Tag"] == "noindex"


def replace(file, text):
    """As an editor or a mounted configuration does it: a new file in place of the old one."""
    draft = file.with_suffix(".new")
    draft.write_text(text)
    os.replace(draft, file)


def test_denied_domain_stops_its_links_within_a_second_everywhere(launch, tmp_path):
    file = tmp_path / "denied.txt"
    file.write_text("other.example\n")
    first = launch.start("shrinkr", SHRINKR_DENIED_DOMAINS_FILE=file, SHRINKR_FLUSH_INTERVAL="1s")
    second = launch.another(first).start()
    clients = [first.client(), second.client()]
    bad = clients[0].create("https://www.spam.example/")["code"]
    limited = clients[0].create("https://spam.example/", max_visits=9)["code"]
    good = clients[0].create()["code"]
    for client in clients:
        assert client.follow(bad).status == 302
        assert client.follow(good).status == 302

    replace(file, "spam.example\n")
    time.sleep(1)
    for client in clients:
        problem = assert_problem(client.follow(bad), 410, "link-gone")
        assert problem["reason"] == "blocked"
        assert "spam" not in str(problem) and "denied" not in str(problem)
        assert client.follow(bad, method="HEAD").status == 410
        assert client.get(f"/{bad}+").status == 410
        assert client.follow(limited).status == 410
        assert client.get(f"/{limited}+").status == 410
        assert client.follow(good).status == 302
        page = client.follow(bad, Accept="text/html")
        assert (page.status, page.media_type) == (410, "text/html")
    eventually(lambda: clients[0].clicks(good) == 4, within=10, what="the redirects are counted")
    assert clients[0].clicks(bad) == 2
    assert clients[0].get(f"{LINKS}/{limited}").json()["visits_left"] == 9

    replace(file, "other.example\n")
    time.sleep(1)
    assert [client.follow(bad).status for client in clients] == [302, 302]


def test_links_to_private_destinations_stop_with_their_permission(launch):
    program = launch.start("shrinkr", SHRINKR_ALLOW_PRIVATE_DESTINATIONS="true")
    urls = ["http://10.0.0.1/", "http://intranet/", "http://localhost:1/", "http://[fd00::1]/", "http://127.0.0.1.nip.io/"]
    codes = [program.client().create(url)["code"] for url in urls]
    public = program.client().create()["code"]
    assert {program.client().follow(code).status for code in codes} == {302}
    program.stop()
    program.settings["SHRINKR_ALLOW_PRIVATE_DESTINATIONS"] = "false"
    program.start()
    assert {program.client().follow(code).status for code in codes} == {410}
    assert {program.client().get(f"/{code}+").status for code in codes} == {410}
    assert program.client().follow(public).status == 302
