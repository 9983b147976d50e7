"""SQS and S3 without AWS: a moto server as a separate process, looked at with boto3."""

import json
import subprocess
import sys
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

from .client import Client
from .waiting import eventually, free_port

REGION = "eu-central-1"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE00000TEST", "AWS_SECRET_ACCESS_KEY": "not-a-secret-only-for-tests"}
# How often SQS hands a message out before it is dead.
MAX_RECEIVE_COUNT = 5
# For how long a message that was handed out stays hidden: the shortest that the worker takes.
VISIBILITY_SECONDS = 10


class AWS:
    """One moto server; queues and buckets of different tests live side by side in it."""

    def __init__(self, directory):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log_path = Path(directory) / "moto.log"
        self.process = None

    def start(self):
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, Path(__file__).with_name("moto_server.py"), "-H", "127.0.0.1", "-p", str(self.port)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        client = Client(self.url)
        try:
            eventually(lambda: client.get("/moto-api/data.json").status == 200, within=60, what="moto answers")
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self):
        self.process.kill()
        self.process.wait()

    def client(self, service):
        return boto3.client(
            service, endpoint_url=self.url, region_name=REGION,
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            config=Config(retries={"max_attempts": 3}, s3={"addressing_style": "path"}),
        )  # fmt: skip

    def environment(self, endpoint=None):
        """What makes an AWS client of any kind talk to this server, or to `endpoint` in front of it."""
        return CREDENTIALS | {"AWS_REGION": REGION, "AWS_ENDPOINT_URL": endpoint or self.url}


class Queue:
    """An SQS queue with its dead-letter queue."""

    def __init__(self, aws):
        self.sqs = aws.client("sqs")
        name = f"clicks-{uuid.uuid4().hex[:12]}"
        self.dead_url = self.sqs.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
        dead_arn = self.sqs.get_queue_attributes(QueueUrl=self.dead_url, AttributeNames=["QueueArn"])["Attributes"]
        self.dead_arn = dead_arn["QueueArn"]
        self.url = self.sqs.create_queue(
            QueueName=name, Attributes=self._redrive(MAX_RECEIVE_COUNT) | {"VisibilityTimeout": str(VISIBILITY_SECONDS)}
        )["QueueUrl"]

    def _redrive(self, count):
        return {"RedrivePolicy": json.dumps({"deadLetterTargetArn": self.dead_arn, "maxReceiveCount": count})}

    def set_max_receive_count(self, count):
        self.sqs.set_queue_attributes(QueueUrl=self.url, Attributes=self._redrive(count))

    def url_at(self, endpoint):
        """The queue's URL as clients behind `endpoint` know it."""
        return endpoint + urlsplit(self.url).path

    def send(self, body):
        self.sqs.send_message(QueueUrl=self.url, MessageBody=body)

    def size(self, url=None):
        """Messages that wait, are in flight or delayed."""
        names = [f"ApproximateNumberOfMessages{kind}" for kind in ("", "NotVisible", "Delayed")]
        found = self.sqs.get_queue_attributes(QueueUrl=url or self.url, AttributeNames=names)["Attributes"]
        return sum(int(found[name]) for name in names)

    def dead(self):
        """How many messages are dead."""
        return self.size(self.dead_url)

    def dead_bodies(self):
        bodies = []
        while messages := self.sqs.receive_message(QueueUrl=self.dead_url, MaxNumberOfMessages=10).get("Messages"):
            bodies += [message["Body"] for message in messages]
        return bodies


class Bucket:
    """An S3 bucket."""

    def __init__(self, aws):
        self.s3 = aws.client("s3")
        self.name = f"reports-{uuid.uuid4().hex[:12]}"
        self.s3.create_bucket(Bucket=self.name, CreateBucketConfiguration={"LocationConstraint": REGION})

    def list(self):
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.name)
        return [item["Key"] for page in pages for item in page.get("Contents", [])]

    def read(self, key):
        return self.s3.get_object(Bucket=self.name, Key=key)["Body"].read()
