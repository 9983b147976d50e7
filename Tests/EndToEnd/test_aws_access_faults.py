"""AWS does not know the services any more: their credentials have run out, or their clock is wrong."""

import json
import threading
from collections import Counter
from datetime import datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from support.faults import Fault, s3_error, sqs_error
from support.preload import wrong_clock
from support.stage import PUT, RECEIVE, SEND
from support.times import UTC, now, written


class CredentialSource:
    """The credentials endpoint of a container, as ECS has it; what it gives is the test's choice."""

    def __init__(self):
        self.key = self.answer(1)
        self.broken = False
        self.asked = 0
        source = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                source.asked += 1
                body = json.dumps(source.key).encode()
                self.send_response(500 if source.broken else 200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/credentials"
        threading.Thread(target=self._server.serve_forever, name="credentials", daemon=True).start()

    @staticmethod
    def answer(number, *, seconds=3600):
        """The number's credentials, which say that they are good for so long."""
        return {
            "AccessKeyId": f"ASIAEXAMPLE{number:09}", "SecretAccessKey": f"secret-{number}", "Token": f"token-{number}",
            "Expiration": written(now() + timedelta(seconds=seconds)),
        }  # fmt: skip

    def close(self):
        self._server.shutdown()
        self._server.server_close()


class Gatekeeper:
    """A rule: AWS takes requests with the credentials of one number alone, and calls others expired."""

    def __init__(self, number):
        self.number = number
        # The operations that are looked at; None for all.
        self.operations = None
        self.refused = Counter()

    def __call__(self, exchange):
        wanted = CredentialSource.answer(self.number)
        headers = exchange.headers
        if self.operations is not None and exchange.operation not in self.operations:
            return None
        if f"Credential={wanted['AccessKeyId']}/" in headers["authorization"]:
            assert headers["x-amz-security-token"] == wanted["Token"], headers
            return None
        self.refused[exchange.operation] += 1
        is_s3 = exchange.operation == PUT
        return Fault.reply(s3_error("ExpiredToken", 400) if is_s3 else sqs_error("ExpiredTokenException", 403))


@pytest.fixture
def source():
    source = CredentialSource()
    yield source
    source.close()


@pytest.fixture
def stage(make_stage, source):
    """Services that have their credentials from the source alone."""
    own = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": source.url}
    return make_stage(AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None, **own)


def test_credentials_run_out(stage, source):
    stage.proxy.rule = gate = Gatekeeper(1)
    stage.start()
    codes = stage.client.create_many(3, "expired")
    stage.follow(codes)
    stage.assert_counted()
    assert not gate.refused

    # AWS does not take them any more: first S3, while there is something to report, and then nobody. The source has no
    # others yet, or does not answer at all.
    gate.number = 2
    gate.operations = {PUT}
    stage.follow_until(codes, lambda: gate.refused[PUT], what="reports are refused")
    gate.operations = None
    stage.follow_until(codes, lambda: gate.refused[SEND] >= 3, what="requests are refused")
    source.broken = True
    asked = source.asked
    stage.follow_until(codes, lambda: source.asked >= asked + 3, what="the source is asked in vain")
    source.broken = False
    source.key = source.answer(2)
    stage.follow(codes)
    stage.assert_counted()
    stage.assert_reported()
    assert all(gate.refused[name] for name in (SEND, PUT)), gate.refused


def test_credentials_are_renewed_before_they_run_out(stage, source):
    source.key = source.answer(1, seconds=30)
    stage.proxy.rule = gate = Gatekeeper(1)
    stage.start()
    codes = stage.client.create_many(3, "renewed")
    stage.follow(codes)
    stage.assert_counted()
    # Within five minutes of their end new ones are asked for, every ten seconds; old and new ones are good meanwhile.
    source.key = source.answer(2)
    seen = set()

    def rule(exchange):
        seen.add(next(number for number in (1, 2) if f"-{number}" in exchange.headers["x-amz-security-token"]))

    stage.proxy.rule = rule
    stage.follow_until(codes, lambda: 2 in seen, what="new credentials are used")
    stage.assert_counted()
    assert not gate.refused


class ServiceClock:
    """A rule: AWS's clock differs from ours, and it refuses signatures that are more than five minutes off."""

    def __init__(self, minutes):
        self.minutes = minutes
        self.refused = Counter()

    def __call__(self, exchange):
        there = now() + timedelta(minutes=self.minutes)
        signed = datetime.strptime(exchange.headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        if abs(there - signed) <= timedelta(minutes=5):
            return None
        self.refused[exchange.operation] += 1
        is_s3 = exchange.operation == PUT
        error = s3_error("RequestTimeTooSkewed", 403) if is_s3 else sqs_error("InvalidSignatureException", 403)
        error.headers["Date"] = format_datetime(there, usegmt=True)
        return Fault.reply(error)


@pytest.mark.parametrize("minutes", [20, -20])
def test_our_clock_is_wrong(make_stage, tmp_path, minutes):
    stage = make_stage(**wrong_clock(tmp_path / "clock", minutes=minutes))
    stage.proxy.rule = there = ServiceClock(0)
    stage.start()
    codes = stage.client.create_many(3, "wrong")
    stage.follow(codes, rounds=2)
    stage.assert_counted()
    stage.assert_reported()
    assert there.refused[SEND] and there.refused[RECEIVE], there.refused


def test_clock_of_aws_is_wrong(make_stage):
    stage = make_stage()
    stage.proxy.rule = there = ServiceClock(20)
    stage.start()
    codes = stage.client.create_many(3, "skewed")
    # Then, while the services run, ours is set right.
    for minutes in (20, 0):
        there.minutes = minutes
        refused = there.refused[SEND]
        stage.follow_until(codes, lambda refused=refused: there.refused[SEND] > refused, what="a signature is refused")
        stage.assert_counted()
        stage.assert_reported()
        # What was learned is kept: only the first requests after a change were refused.
        refused = there.refused.total()
        stage.follow(codes)
        stage.assert_counted()
        stage.assert_reported()
        assert there.refused.total() == refused


def test_a_signature_that_is_wrong_for_another_reason(make_stage):
    """With a clock that agrees there is nothing to correct: requests are tried again until the key is put right."""
    stage = make_stage()
    error = sqs_error("SignatureDoesNotMatch", 403)
    error.headers["Date"] = format_datetime(now(), usegmt=True)
    fault = Fault.reply(error)
    stage.proxy.rule = lambda exchange: fault if exchange.operation == SEND else None
    stage.start()
    codes = stage.client.create_many(3, "unsigned")
    stage.follow_until(codes, lambda: stage.proxy.hurt[SEND] >= 3, what="sending is refused")
    stage.proxy.rule = lambda exchange: None
    stage.assert_counted()
