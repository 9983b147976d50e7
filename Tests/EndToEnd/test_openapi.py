"""openapi.yaml is the contract: it is valid, the server serves it, and keeps to it whatever a fuzzer thinks of.

SHRINKR_FUZZ_EXAMPLES sets how many requests are generated per operation (50; 500 in `make openapi-test`), beside those at
the edges of every constraint, which are always tried.
"""

import contextlib
import os
from pathlib import Path

import hypothesis
import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.errors import Flaky
from hypothesis.stateful import run_state_machine_as_test
from openapi_spec_validator import validate
from schemathesis.specs.openapi import checks

REPOSITORY = Path(__file__).resolve().parents[2]
DOCUMENT = REPOSITORY / "openapi.yaml"
set_hypothesis_home_dir(REPOSITORY / ".build" / "hypothesis")

EXAMPLES = int(os.environ.get("SHRINKR_FUZZ_EXAMPLES", "50"))

# Every check but these two:
# - a request that fits the schema may still be refused: an alias is reserved, a zone unknown, a cursor not ours;
# - keys are optional in the document, because of the loopback rule, so there is no authentication to ignore.
LEFT_OUT = [checks.positive_data_acceptance, checks.ignored_auth]
# An item of a batch that breaks the rules fails alone, with 200 for the rest.
LENIENT = {"createLinks": [checks.negative_data_rejection]}

API_KEY = "c79d679346d4ac7a5c3902b38963dc6e8534f45738d048ec0f1099c6c3e1b258"

schema = schemathesis.openapi.from_path(DOCUMENT)
schema.config.generation.with_security_parameters = False
# Of a request that is wrong twice, the entity tag or the taken alias may be told first.
refusals = schema.config.checks.negative_data_rejection
refusals.expected_statuses = [*refusals.expected_statuses, "409", "412", "413", "415"]

# URLs that a link may lead to, most of the time; names that nobody looks up.
HOSTS = st.sampled_from(["example.com", "EXAMPLE.org", "xn--bcher-kva.example", "9.8.7.6", "a.b.c.example.net:8443"])
PATHS = st.from_regex(r"\A(/[a-zA-Z0-9._~%!$&'()*+,;=:@-]{0,12}){0,3}(\?[a-z0-9=&%]{0,20})?(#[a-z]{0,5})?\Z")
schemathesis.openapi.format("uri", st.builds("{}://{}{}".format, st.sampled_from(["http", "https"]), HOSTS, PATHS))

common = hypothesis.settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))
settings = hypothesis.settings(common, max_examples=EXAMPLES, derandomize=True)
ROUNDS = 10
sequence_settings = hypothesis.settings(
    common, max_examples=max(1, EXAMPLES // ROUNDS), stateful_step_count=8, phases=[Phase.generate]
)


@pytest.fixture(scope="module")
def server(shared_launch):
    """With a key from the start: the fuzzer makes keys, and the first one would lock it out. The limits are low enough to
    be met: the document has their answers too."""
    limits = {"SHRINKR_LIMIT_UNKNOWN_CODES": "500/10s", "SHRINKR_LIMIT_CREATES": "100000/1m"}
    return shared_launch.start("shrinkr", SHRINKR_API_KEY=API_KEY, **limits)


def call(server):
    """How every generated request is sent: to loopback alone, so no redirect is followed."""
    headers = {"Authorization": f"Bearer {API_KEY}"}
    return {"base_url": server.url, "headers": headers, "allow_redirects": False, "timeout": 30}


def left_out(case):
    return LEFT_OUT + LENIENT.get(case.operation.definition.raw.get("operationId"), [])


def test_document_is_valid():
    document = yaml.safe_load(DOCUMENT.read_text())
    validate(document)
    operations = [
        operation for path in document["paths"].values() for operation in path.values() if "responses" in operation
    ]
    for operation in operations:
        assert operation["operationId"] and operation["summary"] and operation["tags"]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)


def test_server_serves_the_document(client):
    answer = client.get("/openapi.yaml")
    assert (answer.status, answer.media_type) == (200, "application/yaml")
    ours = "  - url: http://127.0.0.1:8000\n    description: A server started with its defaults.\n"
    this = f'  - url: "http://{client.host}:{client.port}"\n    description: This server.\n'
    assert answer.body.decode() == DOCUMENT.read_text().replace(ours, this)


@pytest.fixture(scope="module")
def contract():
    return schema


# By way of a fixture, so that the requests are thought of when the test runs, not whenever tests are collected.
@schemathesis.pytest.from_fixture("contract").parametrize()
@settings
@pytest.mark.timeout(3600)
def test_every_operation_keeps_to_the_document(case, server):
    case.call_and_validate(excluded_checks=left_out(case), **call(server))


@pytest.mark.timeout(3600)
def test_sequences_of_operations_keep_to_the_document(server):
    """Links that were made are read, changed, followed and deleted, in sequences that the fuzzer thinks of."""
    failures = []

    class Sequences(schema.as_state_machine()):
        def get_call_kwargs(self, case):
            return call(server)

        def validate_response(self, response, case, additional_checks=None, **options):
            try:
                case.validate_response(response, additional_checks=additional_checks, excluded_checks=left_out(case))
            except BaseExceptionGroup as group:
                failures.append(group)
                raise

    for seed in range(ROUNDS):
        machine = hypothesis.seed(seed)(Sequences)
        # A replayed sequence meets other data than before, for the server remembers; that alone is no failure.
        with contextlib.suppress(Flaky, BaseExceptionGroup):
            run_state_machine_as_test(machine, settings=sequence_settings)
        if failures:
            raise failures[0]


def test_the_server_survived(server):
    assert server.is_running
    assert server.client().get("/health").status == 200
    server.client(API_KEY).create()
