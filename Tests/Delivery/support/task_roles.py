"""What tasks, and what runs them, have from the roles that a stack made for them."""

import json

from support.yaml_files import as_list

# What there is in batches.
SINGLE = {"sqs:SendMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"}


def credentials_of_task(aws, role):
    """Credentials of a task role, by its real name.

    SQS asks for the permission of the single call when a batch comes. The emulator asks for one that does not exist: it
    is given where the single call is allowed.
    """
    iam = aws.client("iam")
    batches = [batch for statement in statements_of(iam, role) if (batch := in_batches(statement))]
    if batches:
        iam.put_role_policy(
            RoleName=role, PolicyName="batches-in-the-emulator",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": batches}),
        )  # fmt: skip
    return aws.credentials_of(role)


def statements_of(iam, role):
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        yield from iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]["Statement"]


def in_batches(statement):
    """The same for batches, or None where there is nothing of that kind."""
    actions = [f"{action}Batch" for action in as_list(statement["Action"]) if action in SINGLE]
    return statement | {"Sid": "Batches", "Action": actions} if actions else None


def let_run_tasks(iam, role):
    """The emulator takes the cluster for what a call to ECS is about, where AWS takes definitions and tasks.

    So a role that may run and watch some of them gets the same for all, there.
    """
    actions = [
        action for statement in statements_of(iam, role) for action in as_list(statement["Action"])
        if action.startswith("ecs:")
    ]  # fmt: skip
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    iam.put_role_policy(
        RoleName=role, PolicyName="tasks-in-the-emulator",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )  # fmt: skip
