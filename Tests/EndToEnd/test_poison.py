"""Messages that are no click frames end in the dead-letter queue and hold nobody up."""

import json

from support.aws import MAX_RECEIVE_COUNT
from support.checks import assert_clicks
from support.frames import Journal, click
from support.times import now
from support.waiting import eventually


def test_poison_dies_and_good_clicks_count(services, queue):
    api, worker = services
    api.start()
    client = api.client()
    client.create(code="alive")
    moment = now()
    good = Journal().frame([click("alive", moment)])
    poison = [
        "this is no JSON",
        good[: len(good) // 2],
        json.dumps(["not", "an", "object"]),
        json.dumps({"v": 1, "journal": "no-uuid", "frame": 1, "clicks": []}),
        json.dumps({"v": 1, "journal": Journal().identity, "frame": 0, "clicks": []}),
        Journal().frame([click("no code at all", moment)]),
        Journal().frame([click("alive", moment)], version=2),
    ]
    for body in poison:
        queue.send(body)
    queue.send(good)
    worker.start()
    for _ in range(5):
        assert client.follow("alive").status == 302
    # Counted while the poison is still being tried: that takes several visibility timeouts.
    assert_clicks(client, {"alive": 6}, within=30)

    assert MAX_RECEIVE_COUNT > 1
    eventually(lambda: queue.dead() == len(poison), within=300, every=1, what="all poison is in the dead-letter queue")
    assert sorted(queue.dead_bodies()) == sorted(poison)
    eventually(lambda: queue.size() == 0, what="the click queue is empty")
    assert client.follow("alive").status == 302
    assert_clicks(client, {"alive": 7})
    assert worker.is_running


def test_a_frame_counts_once_however_often_it_comes(services, queue):
    api, worker = services
    api.start()
    worker.start()
    client = api.client()
    client.create(code="often")
    journal = Journal()
    moment = now()
    frames = [journal.frame([click("often", moment)] * 3) for _ in range(4)]
    for body in frames * 3 + frames[::-1]:
        queue.send(body)
    assert_clicks(client, {"often": 12})
    eventually(lambda: queue.size() == 0, what="the click queue is empty")
    worker.stop()
    for body in frames:
        queue.send(body)  # after a restart, too
    worker.start()
    eventually(lambda: queue.size() == 0, what="the click queue is empty again")
    assert_clicks(client, {"often": 12})


def test_clicks_of_links_that_are_gone_hold_nobody_up(services, queue):
    api, worker = services
    api.start()
    worker.start()
    client = api.client()
    client.create(code="stays")
    client.create(code="goes")
    assert client.delete("/api/v1/links/goes").status == 204
    moment = now()
    queue.send(Journal().frame([click("goes", moment), click("never-was", moment), click("stays", moment)]))
    # The click of a deleted link was made all the same; a code that never was has none.
    assert_clicks(client, {"stays": 1, "goes": 1})
    eventually(lambda: queue.size() == 0, what="the click queue is empty")
    assert queue.dead() == 0
