"""The real programs as tasks would run them: with the variables of their task definitions, under the roles that the infra
stack made."""

import gzip
import json

from support.ministack import REGION
from support.task_roles import credentials_of_task

KEY = "d93936e1daca3c06f5ff0c03bb5d7385de08caa1a08179104a25e4664f5253a0"
ROLES = {"api": "ApiTaskRole", "worker": "WorkerTaskRole"}


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
