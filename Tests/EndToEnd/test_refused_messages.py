"""SQS refuses a message for good, for what is in it: nothing else waits for it, and it is kept for a person."""

import json
from collections import Counter

import pytest

from support.faults import Fault, sqs_error
from support.stage import SEND
from support.waiting import eventually


@pytest.fixture
def stage(make_stage):
    return make_stage(SHRINKR_SEAL_INTERVAL="50ms").start()


def is_refused(entry):
    return '"code":"refused"' in entry["MessageBody"]


def whole_batch(exchange):
    """SQS takes nothing that is sent along with the message either."""
    if any(is_refused(entry) for entry in exchange.json()["Entries"]):
        return Fault.reply(sqs_error("InvalidMessageContents"))


def one_entry(exchange):
    """SQS takes the others."""
    reason = "One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes."
    return Fault.partly(
        "InvalidParameterValue", reason, sender_fault=True, fails=lambda number, entry: is_refused(entry)
    )


def set_aside(stage):
    """The frames that lie beside the journal, by number."""
    folder = stage.api.data_directory / "journal" / "damaged"
    frames = [json.loads(path.read_text()) for path in folder.glob("frame-*.json")]
    return {frame["frame"]: frame for frame in frames}


@pytest.mark.parametrize("refusal", [whole_batch, one_entry])
def test_a_message_that_is_refused_for_good(stage, refusal):
    codes = stage.client.create_many(5, "taken")
    stage.client.create(code="refused")
    # More than one frame waits when the first answers come, so that good ones share a batch with a refused one.
    stage.proxy.rule = lambda exchange: Fault.reset if exchange.operation == SEND else None
    for _ in range(3):
        seen = stage.proxy.seen[SEND]
        stage.follow_until(codes, lambda: stage.proxy.seen[SEND] >= seen + 4, what="frames wait")
        stage.follow(["refused"])
    stage.proxy.rule = lambda exchange: refusal(exchange) if exchange.operation == SEND else None
    pending = lambda: stage.api.metric("shrinkr_journal_clicks_pending")  # noqa: E731
    stage.follow(codes)
    eventually(lambda: pending() == 0, within=60, what="nothing waits in the journal")

    frames = set_aside(stage)
    lost = Counter(click["code"] for frame in frames.values() for click in frame["clicks"])
    assert lost["refused"] == 3
    assert stage.api.metric("shrinkr_journal_clicks_lost_total") == lost.total()
    said = stage.api.log_lines("The queue refuses clicks; they are set aside and not counted")
    assert sorted(line["frame.number"] for line in said) == sorted(map(str, frames))
    stage.expected -= lost
    stage.assert_counted()

    # Nothing of it is left over for the next start, and what was set aside can be sent by hand.
    stage.api.stop()
    stage.proxy.rule = lambda exchange: None
    stage.api.start()
    stage.follow(codes)
    for frame in frames.values():
        stage.queue.send(json.dumps(frame))
    stage.expected += lost
    stage.assert_counted()


def test_errors_that_are_not_about_the_message_are_waited_out(stage):
    """Nothing is ever set aside for what an operator can put right."""
    codes = stage.client.create_many(3, "waiting")
    for code in ("KmsAccessDenied", "InvalidParameterValue"):
        refused = Fault.reply(sqs_error(code, 403))
        stage.proxy.rule = lambda exchange, refused=refused: refused if exchange.operation == SEND else None
        hurt = stage.proxy.hurt[SEND]
        stage.follow_until(codes, lambda: stage.proxy.hurt[SEND] >= hurt + 7, what=f"sending is refused: {code}")
    stage.proxy.rule = lambda exchange: None
    stage.assert_counted()
    assert not set_aside(stage)
