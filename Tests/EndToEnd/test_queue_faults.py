"""Between the services and SQS everything goes wrong; every answered redirect is counted once.

SHRINKR_OUTAGE_SECONDS sets how long the queue is away, twice (2).
"""

import os
import random
import time

import pytest

from support.database import locked
from support.faults import Fault, Reply, sqs_error
from support.stage import DELETE, HIDE, PUT, RECEIVE, SEND, Deliveries, Hits, Stage
from support.waiting import eventually

OUTAGE_SECONDS = float(os.environ.get("SHRINKR_OUTAGE_SECONDS", "2"))

HTML = {"Content-Type": "text/html"}
FAULTS = {
    "throttled": [Fault.reply(sqs_error("ThrottlingException")), Fault.reply(sqs_error("RequestThrottled", 403))],
    "errors": [
        Fault.reply(sqs_error("InternalFailure", 500)),
        Fault.reply(sqs_error("ServiceUnavailable", 503)),
        Fault.reply(Reply(502, b"<html>bad gateway</html>", HTML)),
    ],
    "answers that mean nothing": [
        Fault.reply(Reply(200, b"<html>welcome</html>", HTML)),
        Fault.reply(Reply(200, b"{}")),
    ],
    "connections that break": [Fault.reset, Fault.deaf, Fault.torn],
    "done three times, and late": [Fault.repeated(3), Fault.late(0.7)],
}


@pytest.fixture(scope="module")
def stage(shared_launch, aws, tmp_path_factory):
    """Services that stay while one fault after the other comes and goes."""
    with Stage(shared_launch, aws, tmp_path_factory.mktemp("faults")) as stage:
        yield stage.start()


@pytest.mark.parametrize("name", FAULTS)
def test_requests_that_go_wrong(stage, name):
    codes = stage.client.create_many(3, name.replace(" ", "-").replace(",", ""))
    stage.proxy.rule = rule = Hits(FAULTS[name], SEND, RECEIVE, DELETE, times=2)
    stage.follow_until(codes, lambda: rule.is_spent, what=f"every kind of request went wrong in every way: {name}")
    stage.assert_counted()


def test_requests_that_are_never_answered(stage):
    codes = stage.client.create_many(3, "silent")
    # With messages under way, all kinds of requests hang at the same time.
    stage.proxy.rule = lambda exchange: None
    sent = stage.proxy.seen[SEND]
    stage.follow_until(codes, lambda: stage.proxy.seen[SEND] > sent, what="clicks are sent")
    stage.proxy.rule = rule = Hits([Fault.silent(60)], SEND, RECEIVE, DELETE, PUT)
    stage.follow(codes, rounds=3)
    eventually(lambda: rule.is_spent, what="a request of each kind hangs")
    stage.follow(codes)
    stage.assert_counted()
    stage.assert_reported()


def test_batches_that_fail_in_part(stage):
    codes = stage.client.create_many(3, "partly")
    # Nothing gets through at first, so that there is more than one frame to send at once.
    stage.proxy.rule = lambda exchange: Fault.reset if exchange.operation == SEND else None
    sealed = stage.proxy.seen[SEND]
    stage.follow_until(codes, lambda: stage.proxy.seen[SEND] >= sealed + 12, what="frames wait")
    faults = [Fault.partly("InternalError"), Fault.partly("RequestThrottled", sender_fault=True)]
    stage.proxy.rule = rule = Hits(faults, SEND, DELETE, times=2)
    stage.follow_until(codes, lambda: rule.is_spent, what="batches failed in part")
    stage.assert_counted()


def test_queue_is_away_and_comes_back(stage):
    codes = stage.client.create_many(3, "away")
    stage.proxy.rule = lambda exchange: None
    stage.follow(codes)
    stage.proxy.refuse()
    _follow_for(stage, codes, OUTAGE_SECONDS)
    stage.proxy.allow()
    stage.follow(codes)
    stage.assert_counted()

    missing = Fault.reply(sqs_error("QueueDoesNotExist"))
    stage.proxy.rule = lambda exchange: missing
    _follow_for(stage, codes, OUTAGE_SECONDS)
    stage.proxy.rule = lambda exchange: None
    stage.assert_counted()


def _follow_for(stage, codes, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        stage.follow(codes)
        time.sleep(0.1)


def test_each_message_three_times_for_two_workers(make_stage):
    stage = make_stage(workers=2).start()
    codes = stage.client.create_many(5, "thrice")
    three_times = Fault.repeated(3)
    stage.proxy.rule = lambda exchange: three_times if exchange.operation == SEND else None
    stage.follow_until(codes, lambda: stage.proxy.hurt[SEND] >= 20, what="frames came three times each")
    stage.assert_counted()
    assert sum(worker.metric("shrinkr_worker_duplicate_frames_total") for worker in stage.workers) >= 20
    assert all(worker.metric("shrinkr_worker_messages_received_total") > 0 for worker in stage.workers)


def test_frames_in_any_order_for_two_workers(make_stage):
    stage = make_stage(workers=2, SHRINKR_SEAL_INTERVAL="50ms").start()
    codes = stage.client.create_many(5, "order")
    chance = random.Random(7)
    order = []

    async def backwards(exchange, forward, writer):
        reply = await forward(exchange)
        answer = reply.json()
        return reply.with_json(answer | {"Messages": answer.get("Messages", [])[::-1]})

    def rule(exchange):
        if exchange.operation == RECEIVE:
            return backwards
        return Fault.late(chance.uniform(0, 1)) if exchange.operation == SEND else None

    def watch(exchange, reply):
        if exchange.operation == SEND:
            order.extend(_frame_number(entry["MessageBody"]) for entry in exchange.json()["Entries"])

    stage.proxy.rule, stage.proxy.watch = rule, watch
    stage.follow_until(codes, lambda: len(order) >= 30, what="frames were sent")
    stage.assert_counted()
    assert order != sorted(order), "they came in order after all"


def _frame_number(body):
    return int(body.split('"frame":')[1].split(",")[0])


def test_messages_come_again_in_the_middle_of_a_flush(make_stage):
    """The database is locked for longer than messages stay hidden, and hiding them for longer fails."""
    stage = make_stage(SHRINKR_VISIBILITY_TIMEOUT="2s").start()
    codes = stage.client.create_many(5, "again")
    deliveries = stage.proxy.watch = Deliveries()
    fault = Fault.reply(sqs_error("InternalFailure", 500))
    stage.proxy.rule = lambda exchange: fault if exchange.operation == HIDE else None
    with locked(stage.database):
        stage.follow(codes, rounds=3)
        again = lambda: deliveries.received and max(deliveries.received.values()) >= 3  # noqa: E731
        eventually(again, what="messages came for the third time")
    stage.assert_counted()
    assert stage.proxy.hurt[HIDE] > 0
    assert stage.worker.metric("shrinkr_worker_duplicate_frames_total") > 0


def test_hiding_messages_fails_in_part(make_stage):
    """Those that could not be hidden for longer come again, and count once."""
    stage = make_stage(SHRINKR_VISIBILITY_TIMEOUT="2s").start()
    codes = stage.client.create_many(5, "hidden")
    deliveries = stage.proxy.watch = Deliveries()
    partly = Fault.partly("ReceiptHandleIsInvalid", sender_fault=True, fails=lambda number, entry: number == 0)
    stage.proxy.rule = lambda exchange: partly if exchange.operation == HIDE else None
    with locked(stage.database):
        came_again = lambda: deliveries.received and max(deliveries.received.values()) >= 2  # noqa: E731
        stage.follow_until(codes, came_again, what="a message that could not be hidden came again")
    stage.assert_counted()
    assert stage.proxy.hurt[HIDE] > 0 and min(deliveries.received.values()) == 1


def test_a_queue_that_refuses_everything_is_reported(make_stage):
    """Each end says so within a minute, and is well again after its first success; redirects go on."""
    stage = make_stage().start()
    codes = stage.client.create_many(1, "refused")
    refusal = Fault.reply(sqs_error("AccessDeniedException", 403))

    def refuse(*operations):
        stage.proxy.rule = lambda exchange: refusal if exchange.operation in operations else None

    def queue(program):
        return program.admin.get("/readyz").json()["components"]["queue"]

    refuse(SEND)
    stage.follow_until(codes, lambda: queue(stage.api)["status"] == "not_ready", what="the sender reports the queue")
    assert queue(stage.api)["reason"] == "clicks cannot be sent"
    health = stage.client.get("/health")
    assert (health.status, health.json()) == (200, {"status": "degraded"})
    assert stage.api.admin.get("/readyz").status == 200
    assert queue(stage.worker)["status"] == "ready", "receiving still works"
    refuse(RECEIVE)
    eventually(lambda: queue(stage.api)["status"] == "ready", within=30, what="the sender is well again")
    assert stage.client.get("/health").json() == {"status": "ok"}
    eventually(lambda: queue(stage.worker)["status"] == "not_ready", within=60, what="the receiver reports the queue")
    refuse(DELETE)
    eventually(
        lambda: queue(stage.worker).get("reason") == "messages cannot be deleted", within=60,
        what="the worker reports that nothing can be deleted",
    )  # fmt: skip
    refuse()
    eventually(lambda: queue(stage.worker)["status"] == "ready", within=60, what="the receiver is well again")
    stage.assert_counted()
