"""The real programs as tasks would run them: with the variables of their task definitions, under the roles that the
infra stack made, on an emulator that enforces signatures and policies."""

import gzip
import json
import os
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from EndToEnd.support.checks import assert_clicks
from EndToEnd.support.program import Launcher
from EndToEnd.support.waiting import eventually
from support.ministack import REGION
from support.paths import REPOSITORY
from support.task_roles import credentials_of_task

KEY = "d93936e1daca3c06f5ff0c03bb5d7385de08caa1a08179104a25e4664f5253a0"
ROLES = {"api": "ApiTaskRole", "worker": "WorkerTaskRole"}


@pytest.fixture
def launch(tmp_path):
    folder = Path(os.environ.get("SHRINKR_BIN_DIR") or REPOSITORY / ".build" / "release").resolve()
    launcher = Launcher(folder, tmp_path)
    yield launcher
    launcher.stop_all()


class Tasks:
    """Makes programs that are configured as their task definitions say, but for ports, folders and the database."""

    def __init__(self, account, launch, folder):
        self.account, self.launch = account, launch
        (folder / "shared").mkdir()
        self.database = f"sqlite:{folder}/shared/shrinkr.db"
        self.queue, self.bucket = account.of_infra("ClickQueue"), account.of_infra("ReportsBucket")

    def make(self, service, role=None, place=None, **own):
        """A program under its own role, or another one."""
        role = role or ROLES[service]
        credentials = credentials_of_task(self.account.aws, self.account.of_infra(role))
        given = self.account.task_settings(service)
        # Paths of the image, and addresses that are not this machine's.
        local = {"SHRINKR_DATA_DIR", "SHRINKR_HTTP_HOST", "SHRINKR_ADMIN_HOST", "SHRINKR_BASE_URL", "SHRINKR_HTTP_PORT"}
        settings = {name: value for name, value in given.items() if name not in local}
        settings |= {"AWS_REGION": REGION, "AWS_ENDPOINT_URL": self.account.aws.url} | credentials
        settings |= {"SHRINKR_DATABASE_URL": self.database, "SHRINKR_SHUTDOWN_TIMEOUT": "5s"}
        if service == "api":
            settings |= {"SHRINKR_API_KEY": KEY, "SHRINKR_REPORTS_URL": None}
        else:
            settings |= {"SHRINKR_FLUSH_INTERVAL": "1s", "SHRINKR_REPORT_INTERVAL": "1s"}
        return self.launch.make(f"shrinkr-{service}", place=place, **settings | own)

    def messages(self):
        """How many wait in the queue or are taken but not deleted."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.account.aws.client("sqs").get_queue_attributes(QueueUrl=self.queue, AttributeNames=names)
        return sum(int(found["Attributes"][name]) for name in names)

    def reports(self):
        """The lines of all daily reports in the bucket."""
        s3 = self.account.aws.client("s3")
        keys = [o["Key"] for o in s3.list_objects_v2(Bucket=self.bucket).get("Contents", [])]
        assert all(key.startswith("reports/") for key in keys), keys
        bodies = [s3.get_object(Bucket=self.bucket, Key=key)["Body"].read() for key in keys if "/daily/" in key]
        return [json.loads(line) for body in bodies for line in gzip.decompress(body).splitlines()]


@pytest.fixture
def tasks(devstg, launch, tmp_path):
    return Tasks(devstg, launch, tmp_path)


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
