"""S3 fails in every way: counts stay right, and in the end every report is whole and says what is counted."""

import pytest

from support.client import BOTS, BROWSERS
from support.faults import Fault, s3_error
from support.frames import Journal, click
from support.stage import PUT, Hits, Stage
from support.times import now

FAULTS = {
    "errors": [Fault.reply(s3_error(*error)) for error in [("InternalError", 500), ("ServiceUnavailable", 503)]],
    "slow down": [Fault.reply(s3_error("SlowDown", 503))],
    "refused": [Fault.reply(s3_error(*error)) for error in [("AccessDenied", 403), ("NoSuchBucket", 404)]],
    "connections that break": [Fault.reset, Fault.cut],
    "written, and not answered": [Fault.deaf, Fault.torn],
    "written three times, and late": [Fault.repeated(3), Fault.late(1.5)],
}


@pytest.fixture(scope="module")
def stage(shared_launch, aws, tmp_path_factory):
    """Services, two workers that write reports among them, that stay while faults come and go."""
    with Stage(shared_launch, aws, tmp_path_factory.mktemp("reports"), workers=2) as stage:
        yield stage.start()


@pytest.mark.parametrize("name", FAULTS)
def test_writing_reports_goes_wrong(stage, name):
    codes = stage.client.create_many(3, name.replace(" ", "-").replace(",", ""))
    stage.proxy.rule = rule = Hits(FAULTS[name], PUT, times=4)
    stage.follow_until(codes, lambda: rule.is_spent, what=f"writes went wrong: {name}")
    stage.assert_counted()
    stage.assert_reported()


def test_s3_is_away_while_much_is_counted(stage):
    """Counting waits for no report; when S3 is back, every hour and day that changed is written."""
    codes = stage.client.create_many(20, "away")
    denied = Fault.reply(s3_error("ServiceUnavailable", 503))
    stage.proxy.rule = lambda exchange: denied if exchange.operation == PUT else None
    journal = Journal()
    agents = BROWSERS + BOTS
    for number in range(30):
        clicks = [click(code, now(), agent=agents[number % len(agents)]) for code in codes]
        stage.queue.send(journal.frame(clicks))
        stage.expected.update(codes)
    stage.follow(codes)
    stage.assert_counted()
    stage.proxy.rule = lambda exchange: None
    stage.assert_reported()
