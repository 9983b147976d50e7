"""Who is a person: judged by user agents that others have collected, each sent once to a link of its own.

`crawler-user-agents` is a list of programs, `fake-useragent` holds browsers of one month's visits to many sites, with
what they are. Both are read from where pip has put them, and stay there.
"""

import json
from functools import partial
from importlib.resources import files
from types import SimpleNamespace

import pytest

from support.checks import report_lines
from support.load import at_once, request_bytes
from support.waiting import eventually

# Links that one batch makes at most.
BATCH = 100

# What fake-useragent calls browsers and systems, where Shrinkr has other names; or names apps that it has not.
SAFARI = {"Safari", "Apple WebView", "DuckDuckGo", "Ecosia", "Firefox", "Microsoft Bing", "Opera Touch"}
BROWSERS = {
    "Apple Mail": {"Apple WebView"}, "Chrome": {"Chrome", "AVG Secure Browser", "Avast Secure Browser"},
    "Chrome Mobile": {"Chrome"}, "Chrome Mobile iOS": {"Chrome"}, "DuckDuckGo Mobile": {"DuckDuckGo"},
    "Edge Mobile": {"Edge"}, "Firefox Mobile": {"Firefox"}, "Firefox iOS": {"Firefox"}, "Google": {"Google app"},
    "Mobile Safari": SAFARI, "Mobile Safari UI/WKWebView": SAFARI, "Opera Mobile": {"Opera"}, "Safari": SAFARI,
    "Twitter": {"X"},
}  # fmt: skip
SYSTEMS = {
    "Android": {"Android", "Fire OS"}, "Chrome OS": {"ChromeOS"}, "Mac OS X": {"macOS"}, "Ubuntu": {"Linux"},
    "iOS": {"iOS", "iPadOS"},
}  # fmt: skip


def programs():
    lists = json.loads(files("crawleruseragents").joinpath("crawler-user-agents.json").read_text())
    agents = dict.fromkeys(agent for entry in lists for agent in entry.get("instances", []))
    # What cannot be sent as a field is no user agent.
    return [agent for agent in agents if agent.strip() and agent.isprintable()]


def browsers():
    lines = files("fake_useragent").joinpath("data/browsers.jsonl").read_text().splitlines()
    return list({browser["useragent"]: browser for browser in map(json.loads, lines)}.values())


@pytest.fixture(scope="module")
def judged(shared_launch):
    """What each user agent was counted as."""
    agents = dict.fromkeys(programs() + [browser["useragent"] for browser in browsers()])
    server = shared_launch.start("shrinkr", SHRINKR_FLUSH_INTERVAL="1s")
    client = server.client()
    codes = [code for start in range(0, len(agents), BATCH) for code in client.create_many(BATCH, f"agent-{start}")]
    requests = [request_bytes("GET", f"/{code}", agent=agent) for code, agent in zip(codes, agents)]
    answers = at_once(server.url, requests, connections=8)
    assert {answer.status for answer in answers} == {302}
    counted = eventually(partial(reported, server, len(agents)), within=180, what="all clicks are in the reports")
    return {agent: counted[code] for code, agent in zip(codes, agents)}


def reported(server, total):
    """What the daily reports say of each link with one click; nothing before they say it of all."""
    found = {}
    for file in server.data_directory.glob("reports/**/daily/**/links.ndjson.gz"):
        for line in report_lines(file.read_bytes()):
            names = [line[kind][0]["value"] for kind in ("browsers", "operating_systems", "devices")]
            found[line["code"]] = SimpleNamespace(
                is_bot=line["bots"] == 1, browser=names[0], system=names[1], device=names[2]
            )
    return found if len(found) == total else None


def share(part, whole):
    assert whole, "there is something to judge"
    return 100 * len(part) / len(whole)


def test_programs_that_say_so_are_bots(judged):
    agents = programs()
    assert len(agents) > 2_000
    missed = [agent for agent in agents if not judged[agent].is_bot]
    print(f"{100 - share(missed, agents):.2f} % of {len(agents)} programs seen")
    assert share(missed, agents) <= 2, "\n".join(missed)


def test_most_bots_have_a_name(judged):
    bots = [agent for agent in programs() if judged[agent].is_bot]
    nameless = [agent for agent in bots if judged[agent].browser.startswith("(")]
    print(f"{100 - share(nameless, bots):.1f} % of {len(bots)} bots named")
    assert share(nameless, bots) <= 20, "\n".join(nameless)


def test_people_are_no_bots(judged):
    agents = [browser["useragent"] for browser in browsers()]
    assert len(agents) > 500
    assert not [agent for agent in agents if judged[agent].is_bot]


@pytest.mark.parametrize(
    ("of", "names", "field", "aim"),
    [("browser", BROWSERS, "browser", 98), ("os", SYSTEMS, "system", 99.7), ("type", {}, "device", 96)],
    ids=["browser", "system", "device"],
)
def test_people_are_known_by(judged, of, names, field, aim):
    seen = [(browser["useragent"], browser[of]) for browser in browsers()]
    other = [
        (getattr(judged[agent], field), expected, agent)
        for agent, expected in seen
        if getattr(judged[agent], field) not in names.get(expected, {expected})
    ]
    print(f"{100 - share(other, seen):.2f} % of {len(seen)} agree on the {field}")
    assert share(other, seen) <= 100 - aim, "\n".join(map(str, other))
