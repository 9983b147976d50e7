"""Codes whose case counts, and links that may not be followed any more."""

import os

from support.client import assert_problem
from support.waiting import eventually

LINKS = "/api/v1/links"


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


def replace(file, text):
    """As an editor or a mounted configuration does it: a new file in place of the old one."""
    draft = file.with_suffix(".new")
    draft.write_text(text)
    os.replace(draft, file)


def test_denied_domain_stops_its_links_everywhere(launch, tmp_path):
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
    for client in clients:
        # A preview is no click. In life it takes a second; a busy machine may take longer.
        eventually(lambda: client.get(f"/{bad}+").status == 410, within=10, what="the new list is heeded")
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
    for client in clients:
        eventually(lambda: client.follow(bad).status == 302, within=10, what="the new list is heeded")


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
