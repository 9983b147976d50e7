"""The task roles of the deployed infra stack, with signatures and policies enforced: what is needed works, all else is
denied."""

import pytest

from support.git_sync import GitSync
from support.ministack import MiniStack, assert_denied
from support.task_roles import credentials_of_task


class Account:
    """An account with the infra stack of devstg, and clients under its roles."""

    def __init__(self, directory, *, allows_plain_http):
        self.aws = MiniStack(directory, checks_access=True).start()
        self.sync = GitSync(self.aws.client("cloudformation"), allows_plain_http=allows_plain_http)
        self.sync.make_shell("shrinkr-infra-devstg")
        assert self.sync.apply("devstg", "infra")["StackStatus"] == "UPDATE_COMPLETE"
        self.queue, self.dead_letters = self.resource("ClickQueue"), self.resource("DeadLetterQueue")
        self.bucket = self.resource("ReportsBucket")

    def resource(self, name):
        return self.sync.resource("shrinkr-infra-devstg", name)

    def clients(self, role):
        """SQS and S3 under a role."""
        credentials = credentials_of_task(self.aws, self.resource(role))
        return self.aws.client("sqs", credentials), self.aws.client("s3", credentials)


@pytest.fixture(scope="module")
def account(tmp_path_factory):
    account = Account(tmp_path_factory.mktemp("account"), allows_plain_http=True)
    yield account
    account.aws.stop()


@pytest.fixture(scope="module")
def api(account):
    return account.clients("ApiTaskRole")


@pytest.fixture(scope="module")
def worker(account):
    return account.clients("WorkerTaskRole")


def test_clicks_travel_from_the_api_to_the_worker_and_reports_to_the_bucket(account, api, worker):
    api[0].send_message(QueueUrl=account.queue, MessageBody="one")
    api[0].send_message_batch(QueueUrl=account.queue, Entries=[{"Id": "a", "MessageBody": "two"}])
    taken = []
    while len(taken) < 2:
        taken += worker[0].receive_message(QueueUrl=account.queue, MaxNumberOfMessages=10).get("Messages", [])
    assert sorted(message["Body"] for message in taken) == ["one", "two"]
    receipts = [{"Id": str(n), "ReceiptHandle": message["ReceiptHandle"]} for n, message in enumerate(taken)]
    changes = [receipt | {"VisibilityTimeout": 60} for receipt in receipts]
    worker[0].change_message_visibility_batch(QueueUrl=account.queue, Entries=changes)
    assert len(worker[0].delete_message_batch(QueueUrl=account.queue, Entries=receipts)["Successful"]) == 2
    worker[0].get_queue_attributes(QueueUrl=account.queue, AttributeNames=["All"])
    worker[1].put_object(Bucket=account.bucket, Key="reports/daily/dt=2026-11-22/links.ndjson.gz", Body=b"{}")


def test_the_api_cannot_read_or_change_the_queue(account, api):
    assert_denied(api[0].receive_message, QueueUrl=account.queue)
    assert_denied(api[0].delete_message, QueueUrl=account.queue, ReceiptHandle="any")
    assert_denied(api[0].change_message_visibility, QueueUrl=account.queue, ReceiptHandle="any", VisibilityTimeout=0)
    assert_denied(api[0].get_queue_attributes, QueueUrl=account.queue, AttributeNames=["All"])
    assert_denied(api[0].purge_queue, QueueUrl=account.queue)
    assert_denied(api[0].list_queues)


def test_the_api_cannot_send_elsewhere(account, api):
    assert_denied(api[0].send_message, QueueUrl=account.dead_letters, MessageBody="one")


def test_the_api_cannot_touch_reports(account, api):
    assert_denied(api[1].put_object, Bucket=account.bucket, Key="reports/x", Body=b"")
    assert_denied(api[1].get_object, Bucket=account.bucket, Key="reports/x")
    assert_denied(api[1].list_objects_v2, Bucket=account.bucket)


def test_the_worker_cannot_send(account, worker):
    assert_denied(worker[0].send_message, QueueUrl=account.queue, MessageBody="one")
    assert_denied(worker[0].purge_queue, QueueUrl=account.queue)


def test_the_worker_cannot_take_from_other_queues(account, worker):
    assert_denied(worker[0].receive_message, QueueUrl=account.dead_letters)
    assert_denied(worker[0].delete_message, QueueUrl=account.dead_letters, ReceiptHandle="any")


def test_the_worker_writes_reports_and_nothing_else(account, worker):
    for key in ("report", "other/x", "reportsx/x", "daily/x"):
        assert_denied(worker[1].put_object, Bucket=account.bucket, Key=key, Body=b"")
    assert_denied(worker[1].get_object, Bucket=account.bucket, Key="reports/x")
    assert_denied(worker[1].delete_object, Bucket=account.bucket, Key="reports/x")
    assert_denied(worker[1].list_objects_v2, Bucket=account.bucket)


@pytest.mark.parametrize("role", ["ApiTaskRole", "WorkerTaskRole"])
def test_programs_cannot_read_secrets(account, role):
    credentials = account.aws.credentials_of(account.resource(role))
    secret = account.resource("DatabaseInstanceSecret")
    assert_denied(account.aws.client("secretsmanager", credentials).get_secret_value, SecretId=secret)


def test_what_starts_tasks_reads_their_secrets_and_nothing_else(account):
    credentials = account.aws.credentials_of(account.resource("TaskExecutionRole"))
    secrets = account.aws.client("secretsmanager", credentials)
    for name in ("ApiKeySecret", "DatabaseInstanceSecret"):
        assert secrets.get_secret_value(SecretId=account.resource(name))["SecretString"]
    assert_denied(secrets.put_secret_value, SecretId=account.resource("ApiKeySecret"), SecretString="x")
    assert_denied(account.aws.client("sqs", credentials).receive_message, QueueUrl=account.queue)
    assert_denied(account.aws.client("s3", credentials).list_objects_v2, Bucket=account.bucket)


def test_without_tls_nobody_gets_in(tmp_path):
    account = Account(tmp_path, allows_plain_http=False)
    try:
        sqs = account.aws.client("sqs")
        assert_denied(sqs.send_message, QueueUrl=account.queue, MessageBody="one")
        assert_denied(sqs.receive_message, QueueUrl=account.dead_letters)
        worker = account.aws.client("s3", account.aws.credentials_of(account.resource("WorkerTaskRole")))
        assert_denied(worker.put_object, Bucket=account.bucket, Key="reports/x", Body=b"")
    finally:
        account.aws.stop()
