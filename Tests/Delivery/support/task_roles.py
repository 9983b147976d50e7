"""What a task has from the role that a stack made for it."""

import json

# SQS asks for the permission of the single call when a batch comes. The emulator asks for one that does not exist.
BATCHES = {
    "ApiTaskRole": ["sqs:SendMessageBatch"],
    "WorkerTaskRole": ["sqs:DeleteMessageBatch", "sqs:ChangeMessageVisibilityBatch"],
}


def credentials_of_task(aws, role, name, queue):
    """Credentials of a task role of the infra stack, by its logical and its real name."""
    queue_arn = aws.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    statement = {"Effect": "Allow", "Action": BATCHES[role], "Resource": queue_arn["Attributes"]["QueueArn"]}
    aws.client("iam").put_role_policy(
        RoleName=name, PolicyName="batches-in-the-emulator",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )  # fmt: skip
    return aws.credentials_of(name)
