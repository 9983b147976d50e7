"""`shrinkr-api` and `shrinkr-worker` as on AWS: SQS between them, reports in S3, one database under both."""

from collections import Counter

from support.checks import assert_clicks, assert_drained, report_tallies
from support.client import BOTS, BROWSERS, CHROME, GOOGLEBOT
from support.times import now
from support.waiting import eventually


def test_clicks_of_people_and_bots_reach_statistics_and_reports(services, queue, bucket):
    api, worker = services
    api.start()
    worker.start()
    client = api.client()
    codes = client.create_many(5, "both")

    people, bots = Counter(), Counter()
    started = now()
    for number, code in enumerate(codes, start=1):
        for agent in BROWSERS * number:
            assert client.follow(code, agent=agent).status == 302
            people[code] += 1
        for agent in BOTS:
            assert client.follow(code, agent=agent).status == 302
            bots[code] += 1
        # A HEAD request comes from a link checker or preview, whatever it calls itself; so does a prefetch.
        assert client.follow(code, method="HEAD", agent=CHROME).status == 302
        assert client.follow(code, method="HEAD", agent=GOOGLEBOT).status == 302
        assert client.follow(code, agent=CHROME, Sec_Purpose="prefetch").status == 302
        bots[code] += 3

    assert_clicks(client, people + bots)
    for code in codes:
        totals = client.stats(code)["totals"]
        assert (totals["people"], totals["bots"]) == (people[code], bots[code]), code
        # Three browsers at one address; more only if midnight (UTC) fell into the test.
        days = (now().date() - started.date()).days + 1
        assert len(BROWSERS) <= totals["visitors"] <= len(BROWSERS) * days
    assert_drained(queue)

    expected = {code: (people[code], bots[code]) for code in codes}

    def reported(kind):
        keys = [key for key in bucket.list() if f"/{kind}/" in key]
        assert all(key.startswith("stats/") and key.endswith("/links.ndjson.gz") for key in keys), keys
        return report_tallies([bucket.read(key) for key in keys]) == expected

    eventually(lambda: reported("hourly"), what="the hourly reports in the bucket say the same")
    eventually(lambda: reported("daily"), what="the daily reports in the bucket say the same")


def test_breakdowns_add_up(services, queue):
    api, worker = services
    api.start()
    worker.start()
    client = api.client()
    client.create(code="grouped")
    referrers = ["https://news.example.org/story?id=1", "https://news.example.org/other", "https://blog.example.net/"]
    languages = ["de-DE,de;q=0.9,en;q=0.5", "de-DE", "fr"]
    for agent, referrer, language in zip(BROWSERS, referrers, languages, strict=True):
        client.follow("grouped", agent=agent, Referer=referrer, Accept_Language=language)
    client.follow("grouped", agent=GOOGLEBOT)
    assert_clicks(client, {"grouped": 4})

    for dimension in ("referrer", "country", "browser", "os", "device", "language"):
        groups = client.stats("grouped", f"group_by={dimension}")["groups"]
        assert sum(group["people"] for group in groups) == 3, (dimension, groups)
        sizes = [group["people"] + group["bots"] for group in groups]
        assert sizes == sorted(sizes, reverse=True), groups
        if dimension == "referrer":
            found = {group["value"]: group["people"] for group in groups if group["people"]}
            assert found == {"news.example.org": 2, "blog.example.net": 1}
        if dimension == "browser":
            named = " ".join(group["value"] for group in groups).lower()
            assert all(name in named for name in ("chrome", "firefox", "safari")), groups


def test_two_workers_count_nothing_twice(services, launch, queue):
    api, worker = services
    other = launch.another(worker)
    api.start()
    worker.start()
    other.start()
    client = api.client()
    codes = client.create_many(10, "shared")
    expected = Counter()
    for _ in range(20):
        for code in codes:
            assert client.follow(code).status == 302
            expected[code] += 1
    assert_clicks(client, expected)
    assert_drained(queue)
    assert_clicks(client, expected)


def test_a_second_api_sees_the_links_and_changes_of_the_first(services, launch):
    api, worker = services
    second = launch.another(api)
    api.start()
    second.start()
    worker.start()
    api.client().create("https://example.com/before", code="moved")
    assert second.client().follow("moved").headers["Location"] == "https://example.com/before"
    assert api.client().patch("/api/v1/links/moved", json={"url": "https://example.com/after"}).status == 200
    # The one that made the change shows it at once, the other soon.
    assert api.client().follow("moved").headers["Location"] == "https://example.com/after"
    followed = [1, 1]

    def has_moved():
        followed[1] += 1
        return second.client().follow("moved").headers["Location"] == "https://example.com/after"

    eventually(has_moved, within=15, what="the second API follows the change")
    assert_clicks(api.client(), {"moved": sum(followed)})
