"""The worker as one would write it in Python: boto3, json and Counter; no ledger, no visitors, no classification.

usage: loop.py ENDPOINT QUEUE-URL CLICKS; prints the CPU seconds that counting took.
"""

import json
import sys
import time
from collections import Counter

import boto3


def main():
    endpoint, url, clicks = sys.argv[1], sys.argv[2], int(sys.argv[3])
    sqs = boto3.client(
        "sqs", endpoint_url=endpoint, region_name="eu-central-1", aws_access_key_id="AKIAEXAMPLE00000TEST",
        aws_secret_access_key="not-a-secret-only-for-tests",
    )  # fmt: skip
    counts, seen = Counter(), 0
    began = time.process_time()
    while seen < clicks:
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", [])
        for message in messages:
            for click in json.loads(message["Body"])["clicks"]:
                quarter = click["t"] // 900_000
                counts[click["code"], quarter] += 1
                for name in ("ua", "referrer", "lang", "country"):
                    counts[click["code"], quarter, name, click.get(name)] += 1
                seen += 1
        if messages:
            entries = [{"Id": str(place), "ReceiptHandle": each["ReceiptHandle"]} for place, each in enumerate(messages)]
            sqs.delete_message_batch(QueueUrl=url, Entries=entries)
    print(time.process_time() - began)


if __name__ == "__main__":
    main()
