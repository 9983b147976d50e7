"""What a newcomer does first: start `shrinkr`, make a link, follow it, look at the numbers."""

import json
import re
import subprocess
from functools import partial

from support.checks import report_tallies
from support.client import CHROME
from support.waiting import eventually

DESTINATION = "https://example.com/a/long/path?with=query&and=%20escapes#fragment"


def test_one_link_from_start_to_report(launch):
    server = launch.start("shrinkr")  # with its own defaults, flush interval included
    client = server.client()

    answer = client.post("/api/v1/links", json={"url": DESTINATION})
    assert answer.status == 201
    link = answer.json()
    assert re.fullmatch("[23456789bcdfghjkmnpqrstvwxz]{7}", link["code"])
    assert link["short_url"] == f"{server.url}/{link['code']}"
    assert answer.headers["Location"] == f"/api/v1/links/{link['code']}"
    assert answer.headers["ETag"] == '"1"'

    followed = client.follow(link["code"], agent=CHROME)
    assert followed.status == 302
    assert followed.headers["Location"] == DESTINATION
    assert followed.headers["Cache-Control"] == "private, no-store"
    assert followed.headers["X-Robots-Tag"] == "noindex"

    eventually(lambda: client.clicks(link["code"]) == 1, within=3, what="the click is in the statistics")
    totals = {"clicks": 1, "people": 1, "bots": 0, "visitors": 1, "visitors_exact": True}
    assert client.stats(link["code"])["totals"] == totals

    for kind in ("hourly", "daily"):
        pattern = f"reports/**/{kind}/**/links.ndjson.gz"
        files = eventually(partial(find, server.data_directory, pattern), what=f"a {kind} report is there")
        assert len(files) == 1
        assert re.search(r"/dt=\d{4}-\d\d-\d\d/", files[0].as_posix())
        assert report_tallies([files[0].read_bytes()]) == {link["code"]: (1, 0)}


def find(folder, pattern):
    return list(folder.glob(pattern))


def test_curl_as_in_the_readme(launch, tmp_path):
    """The same with curl, whose `-L` must not be needed to see where a link leads."""
    server = launch.start("shrinkr")
    body = json.dumps({"url": "https://example.com/", "code": "hello"})
    curl = ["curl", "--silent", "--show-error", "--max-time", "10"]
    created = subprocess.run(
        [*curl, "--fail", f"{server.url}/api/v1/links", "-H", "Content-Type: application/json", "-d", body],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert json.loads(created.stdout)["short_url"] == f"{server.url}/hello"
    where = subprocess.run(
        [*curl, "-o", str(tmp_path / "body"), "-w", "%{http_code} %{redirect_url}", f"{server.url}/hello"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert where.stdout == "302 https://example.com/"
    # Whether curl is a person is the bot rule's business; that it counts is ours.
    eventually(lambda: server.client().clicks("hello") == 1, within=10, what="curl's click is counted")


def test_everything_is_still_there_after_a_restart(launch):
    server = launch.start("shrinkr", SHRINKR_FLUSH_INTERVAL="1s")
    client = server.client()
    link = client.create(code="stays", title="Stays", tags=["b", "a"], max_visits=5)
    assert client.follow("stays").status == 302
    eventually(lambda: client.clicks("stays") == 1, what="the click is counted")
    server.stop()
    server.start()
    again = client.get("/api/v1/links/stays").json()
    clicks = {name: again.pop(name) for name in ("clicks", "last_clicked_at")}
    assert again == link | {"visits_left": 4}
    assert clicks["clicks"] == {"people": 1, "bots": 0} and clicks["last_clicked_at"]
    assert client.clicks("stays") == 1
