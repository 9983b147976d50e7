"""The real programs as tasks would run them: with the variables of their task definitions, under the roles that the
infra stack made, on an emulator that enforces signatures and policies."""

import json
import time
from types import SimpleNamespace

import pytest

from EndToEnd.support.checks import assert_clicks
from EndToEnd.support.waiting import eventually
from support.real_tasks import KEY

def follow(api, code, times):
    for _ in range(times):
        assert api.client().follow(code).status == 302


def test_a_click_travels_from_the_link_to_the_report(tasks):
    assert tasks.make("worker").settings["SHRINKR_CLICK_QUEUE_URL"] == tasks.queue
    api, worker = tasks.make("api").start(), tasks.make("worker").start()
    client = api.client(key=KEY)
    code = client.create()["code"]
    follow(api, code, 5)
    assert_clicks(client, {code: 5})
    eventually(lambda: code in json.dumps(tasks.reports()), within=60, what="the daily report is in the bucket")
    assert worker.metric("shrinkr_worker_clicks_counted_total") == 5
    eventually(lambda: tasks.messages() == 0, what="the queue is empty")


@pytest.fixture
def trial(templates, devstg, monkeypatch):
    """The function that tries new tasks, run here; for what it waits for it has `seconds`."""

    def run(api, seconds):
        secret = devstg.of_infra("ApiKeySecret")
        devstg.aws.client("secretsmanager").put_secret_value(SecretId=secret, SecretString=KEY)
        for name, value in devstg.aws.environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("BASE_URL", api.url)
        monkeypatch.setenv("API_KEY_SECRET", secret)
        function = {}
        exec(templates["api"]["Resources"]["TrialFunction"]["Properties"]["Code"]["ZipFile"], function)
        end = time.monotonic() + seconds
        context = SimpleNamespace(get_remaining_time_in_millis=lambda: 20000 + 1000 * (end - time.monotonic()))
        return function["handler"]({"lifecycleStage": "POST_TEST_TRAFFIC_SHIFT"}, context)

    return run


def test_new_tasks_are_tried_before_traffic_comes(tasks, trial):
    api = tasks.make("api").start()
    # Nobody counts.
    assert trial(api, seconds=3) == {"hookStatus": "FAILED"}
    worker = tasks.make("worker").start()
    assert trial(api, seconds=60) == {"hookStatus": "SUCCEEDED"}
    # It leaves nothing behind.
    assert api.client(key=KEY).get("/api/v1/links").json()["data"] == []
    worker.stop()
    api.stop()
    assert trial(api, seconds=3) == {"hookStatus": "FAILED"}


def test_an_api_that_may_not_send_keeps_its_clicks(tasks):
    """Here by the worker's role. Nothing is lost, and once the role is right everything is counted once."""
    wrong = tasks.make("api", role="WorkerTaskRole", place="api").start()
    client = wrong.client(key=KEY)
    code = client.create()["code"]
    follow(wrong, code, 4)
    eventually(lambda: wrong.log_lines("Clicks cannot be sent"), within=60, what="the log says so")
    assert wrong.metric("shrinkr_journal_clicks_pending") == 4
    wrong.terminate()
    assert wrong.wait() == 0
    worker = tasks.make("worker").start()
    api = tasks.make("api", place="api").start()
    assert_clicks(api.client(key=KEY), {code: 4})
    assert worker.metric("shrinkr_worker_clicks_counted_total") == 4


def test_a_worker_that_may_not_receive_is_not_ready(tasks):
    worker = tasks.make("worker", role="ApiTaskRole").start(wait=False)
    eventually(lambda: "AccessDenied" in worker.log(), within=60, what="the log says that it may not receive")
    assert worker.admin.get("/readyz").status == 503
    worker.kill()
