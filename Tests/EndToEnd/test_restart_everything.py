"""API, worker, both, and SQS go away and come back; no click is lost or counted twice."""

from collections import Counter

import pytest

from support.checks import assert_clicks, assert_drained, wait_for_clicks
from support.load import Load
from support.proxy import Proxy
from support.services import make_services
from support.waiting import eventually


def follow_all(client, codes, expected):
    for code in codes:
        answer = client.follow(code)
        assert answer.status == 302, answer
        expected[code] += 1


@pytest.mark.parametrize("ending", ["stop", "kill"])
def test_api_and_worker_in_any_order(services, queue, ending):
    api, worker = services
    api.start()
    client = api.client()
    codes = client.create_many(20, "order")
    expected = Counter()
    end = {"stop": lambda program: program.stop(), "kill": lambda program: program.kill()}[ending]

    follow_all(client, codes, expected)  # without a worker
    end(api)
    worker.start()  # without an API
    api.start()
    follow_all(client, codes, expected)
    end(worker)
    follow_all(client, codes, expected)
    end(api)
    api.start()
    worker.start()  # after both were gone
    follow_all(client, codes, expected)

    assert_clicks(client, expected)
    assert_drained(queue)


@pytest.mark.parametrize("ending", ["stop", "kill"])
def test_all_in_one(launch, ending):
    server = launch.make("shrinkr", SHRINKR_FLUSH_INTERVAL="1s")
    client = server.client()
    expected = Counter()
    codes = None
    for _ in range(4):
        server.start()
        codes = codes or client.create_many(20, "one")
        follow_all(client, codes, expected)
        # At once, so that clicks are still in the journal.
        server.stop() if ending == "stop" else server.kill()
    server.start()
    assert_clicks(client, expected)


def test_api_is_killed_under_load(services, queue):
    """Answered means recorded: of the killed process's answers none is missing."""
    api, worker = services
    api.start()
    worker.start()
    client = api.client()
    codes = client.create_many(50, "killed")
    load = Load(api.url, codes, total=10**9, connections=16, until_refused=True).start()
    eventually(lambda: load.done >= 3000, what="the load runs")
    api.kill()
    load.join()
    api.start()

    answered = load.answered.total()
    at_most = answered + load.unanswered.total() + load.torn.total()
    wait_for_clicks(client, answered)
    assert_drained(queue)
    for code in codes:
        counted = client.clicks(code)
        unsure = load.unanswered[code] + load.torn[code]
        assert load.answered[code] <= counted <= load.answered[code] + unsure, code
    assert answered <= client.clicks() <= at_most


def test_sqs_is_away_for_a_while(launch, aws, queue, bucket, tmp_path):
    with Proxy(aws.port) as network:
        api, worker = make_services(launch, aws, queue, bucket, tmp_path, endpoint=network.url)
        api.start()
        worker.start()
        client = api.client()
        codes = client.create_many(20, "away")
        expected = Counter()
        follow_all(client, codes, expected)
        assert_clicks(client, expected)

        network.refuse()
        for _ in range(10):
            follow_all(client, codes, expected)  # redirects wait for nobody
        assert client.get("/health").status == 200
        network.allow()
        assert_clicks(client, expected, within=120)

        # And once more with an API restarted while SQS is away: it must start, and keep its journal.
        network.refuse()
        follow_all(client, codes, expected)
        api.kill()
        api.start()
        follow_all(client, codes, expected)
        network.allow()
        assert_clicks(client, expected, within=120)
        assert_drained(queue)
