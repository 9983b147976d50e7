"""Several APIs on one PostgreSQL database are as one: for changes, visit limits, aliases and repeated requests.

SHRINKR_EDITS sets how many changes are measured (200).
"""

import json
import os
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.client import BROWSERS
from support.load import at_once, request_bytes
from support.stage import Stage
from support.waiting import eventually

LINKS = "/api/v1/links"
EDITS = int(os.environ.get("SHRINKR_EDITS", "200"))
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def own_database(postgresql):
    database = postgresql.database()
    yield database
    database.drop()


@pytest.fixture(scope="module")
def stage(own_database, shared_launch, aws, tmp_path_factory):
    """Three APIs and a worker."""
    directory = tmp_path_factory.mktemp("coherence")
    with Stage(shared_launch, aws, directory, apis=3, SHRINKR_DATABASE_URL=own_database.url) as stage:
        assert stage.api.run("migrate").returncode == 0
        yield stage.start()


def seen_after(reader, code, is_new, within=10):
    """Seconds until the API answers for the code as it should, which it goes on to do."""
    started = time.monotonic()
    while not is_new(reader.follow(code, method="HEAD")):
        assert time.monotonic() < started + within, f"{code} is still followed as before"
        time.sleep(0.002)
    seconds = time.monotonic() - started
    assert is_new(reader.follow(code, method="HEAD"))
    return seconds


def change_all(writer, readers, codes, change, *, threads):
    """Changes each link at one API; returns the seconds after which the others knew, sorted."""

    def run(number_and_code):
        number, code = number_and_code
        reader = readers[number % len(readers)]
        assert reader.follow(code, method="HEAD").status == 302
        return seen_after(reader, code, change(writer, number, code))

    with ThreadPoolExecutor(threads) as pool:
        return sorted(pool.map(run, enumerate(codes)))


def edit(writer, number, code):
    url = f"https://example.com/edited/{number}"
    assert writer.patch(f"{LINKS}/{code}", json={"url": url}).status == 200
    return lambda answer: answer.headers["Location"] == url


def disable(writer, number, code):
    assert writer.patch(f"{LINKS}/{code}", json={"enabled": False}).status == 200
    return lambda answer: answer.status == 410


def enable(writer, number, code):
    assert writer.patch(f"{LINKS}/{code}", json={"enabled": True}).status == 200
    return lambda answer: answer.status == 302


def delete(writer, number, code):
    assert writer.delete(f"{LINKS}/{code}").status == 204
    return lambda answer: answer.status in (404, 410)


def told(name, seconds):
    """Prints and returns the 99th percentile."""
    late = seconds[int(len(seconds) * 0.99) - 1]
    print(f"\n{name}: known elsewhere after {seconds[len(seconds) // 2] * 1000:.0f} ms (median), "
          f"{late * 1000:.0f} ms (99th percentile), {seconds[-1] * 1000:.0f} ms at most, of {len(seconds)}")  # fmt: skip
    return late


def test_changes_are_known_to_the_other_apis(stage):
    writer, *readers = [api.client() for api in stage.apis]
    codes = writer.create_many(EDITS, "edited")
    assert told("an edit", change_all(writer, readers, codes, edit, threads=4)) <= 1
    few = codes[: max(20, EDITS // 5)]
    assert told("a link disabled", change_all(writer, readers, few, disable, threads=4)) <= 1
    for code in few:
        is_new = enable(writer, 0, code)
        for reader in readers:
            seen_after(reader, code, is_new)
    assert told("a link deleted", change_all(writer, readers, few, delete, threads=4)) <= 1


def test_changes_are_known_behind_a_pooler(database, pooler, make_stage):
    """PgBouncer hands no notices on: there every change is found by the feed, which is read each second."""
    settings = {"SHRINKR_DATABASE_PREPARED_STATEMENTS": "off"}
    stage = make_stage(apis=2, SHRINKR_DATABASE_URL=database.url_at((pooler.host, pooler.port)), **settings)
    # Locks of a session mean nothing there.
    assert stage.api.run("migrate", SHRINKR_DATABASE_URL=database.url).returncode == 0
    stage.start()
    writer, reader = [api.client() for api in stage.apis]
    codes = writer.create_many(50, "pooled")
    assert told("an edit behind PgBouncer", change_all(writer, [reader], codes, edit, threads=25)) <= 2.5


def at_all(stage, requests, connections=50):
    """Sends the requests to every API at the same moment; returns all answers."""
    with ThreadPoolExecutor(len(stage.apis)) as pool:
        runs = [pool.submit(at_once, api.url, requests, connections=connections) for api in stage.apis]
        return [answer for run in runs for answer in run.result()]


def test_a_visit_limit_is_exact_over_all(stage, own_database):
    stage.client.create(code="limited", max_visits=100)
    answers = at_all(stage, [request_bytes("GET", "/limited", agent=agent) for agent in BROWSERS * 100])
    assert Counter(answer.status for answer in answers) == {302: 100, 410: 800}
    assert own_database.query("SELECT visits_used FROM links WHERE code = 'limited'") == [["100"]]
    eventually(lambda: stage.client.clicks("limited") == 100, what="redirects are counted, refusals are not")


def test_one_of_many_gets_the_alias(stage, own_database):
    bodies = [json.dumps({"url": "https://example.com/", "code": code}) for code in ("wanted", "Wanted", "WANTED")]
    answers = at_all(stage, [request_bytes("POST", LINKS, headers=JSON, body=body.encode()) for body in bodies * 30])
    assert Counter(answer.status for answer in answers) == {201: 1, 409: 269}
    assert own_database.query("SELECT count(*) FROM links WHERE code_key = 'wanted'") == [["1"]]


def test_one_idempotency_key_makes_one_link(stage, own_database):
    """Repeated anywhere while the first is at work: the first answer, or 409 for now; never a second link."""
    body = json.dumps({"url": "https://example.com/once", "tags": ["race"]}).encode()
    request = request_bytes("POST", LINKS, headers=JSON | {"Idempotency-Key": "race-1"}, body=body)
    answers = at_all(stage, [request] * 40, connections=40)
    assert {answer.status for answer in answers} <= {201, 409}
    assert len({answer.body for answer in answers if answer.status == 201}) == 1
    assert own_database.query("SELECT count(*) FROM link_tags WHERE tag = 'race'") == [["1"]]
