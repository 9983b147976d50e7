"""AWS without AWS: MiniStack as a separate process on loopback."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from EndToEnd.support.client import Client
from EndToEnd.support.waiting import eventually, free_port

REGION = "eu-central-1"
ACCOUNT = "123456789012"
# Who may do everything there.
ROOT = {"AWS_ACCESS_KEY_ID": "root-of-the-emulator", "AWS_SECRET_ACCESS_KEY": "not-a-secret-only-for-tests"}


# Those that run, also where a fixture failed that would have stopped its own.
_running = []


def stop_all():
    for server in list(_running):
        server.stop()


class MiniStack:
    """One server. With `checks_access` it refuses wrong signatures and what a role's policies do not allow."""

    def __init__(self, directory, *, checks_access=False):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.directory = Path(directory)
        self.log_path = self.directory / "ministack.log"
        self.checks_access = checks_access
        # What runs for a task that migrates, as `emulated_tasks.py` says; as long as it is not there, nothing does.
        self.migrate = self.directory / "migrate"
        # As long as it is there, deployments bake, as `emulated_deployments.py` says.
        self.bake = self.directory / "bake"
        self.process = None

    def start(self):
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "DOCKER_"))}
        environment |= ROOT | {
            "AUTH": "true" if self.checks_access else "false",
            "BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(self.port), "MINISTACK_HOST": "127.0.0.1",
            "MINISTACK_ACCOUNT_ID": ACCOUNT, "MINISTACK_REGION": REGION, "TMPDIR": str(self.directory),
            "LOG_LEVEL": "WARNING",
            # No Docker: what would run in containers does not run at all.
            "DOCKER_HOST": f"unix://{self.directory}/no-docker.sock",
            "MIGRATE": str(self.migrate), "BAKE": str(self.bake),
        }  # fmt: skip
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-P", Path(__file__).with_name("emulated_tasks.py")], env=environment,
                cwd=self.directory,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        _running.append(self)
        client = Client(self.url)
        eventually(lambda: client.get("/_ministack/health").status == 200, within=60, what="MiniStack answers")
        return self

    def stop(self):
        """Ends it, and the functions that run in processes of their own."""
        if self in _running:
            _running.remove(self)
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def environment(self, credentials=None):
        """What makes an AWS client of any kind talk to this server."""
        place = {"AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION, "AWS_ENDPOINT_URL": self.url}
        return (credentials or ROOT) | place

    def client(self, service, credentials=None):
        given = credentials or ROOT
        return boto3.client(
            service, endpoint_url=self.url, region_name=REGION,
            aws_access_key_id=given["AWS_ACCESS_KEY_ID"], aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=given.get("AWS_SESSION_TOKEN"),
            config=Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"}),
        )  # fmt: skip

    def credentials_of(self, role):
        """Credentials of a task role. ECS would give them, which the emulator does not run: the role is lent to us."""
        iam = self.client("iam")
        trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
        iam.update_assume_role_policy(
            RoleName=role, PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        )
        arn = iam.get_role(RoleName=role)["Role"]["Arn"]
        given = self.client("sts").assume_role(RoleArn=arn, RoleSessionName="task")["Credentials"]
        return {
            "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
            "AWS_SESSION_TOKEN": given["SessionToken"],
        }

    def log(self):
        return self.log_path.read_text(errors="replace")


def as_body(template):
    """A template as text that fits into a request."""
    return json.dumps(template, separators=(",", ":"))


def assert_denied(call, **arguments):
    """Policies do not allow a call."""
    with pytest.raises(ClientError) as error:
        call(**arguments)
    assert error.value.response["Error"]["Code"] in ("AccessDenied", "AccessDeniedException", "403")
