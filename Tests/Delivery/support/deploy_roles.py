"""The roles under which workflows run shrinkr-deploy, and their permissions, read without OpenTofu."""

import json
import re

from support.ministack import ACCOUNT, REGION
from support.paths import BOOTSTRAP
from support.team import STACKS

VERIFY, PREVIEW = "shrinkr-verify", "shrinkr-preview"


def verifier_statements(environment):
    """The policy of who verifies; a test of the bootstrap holds it against the real one."""
    return _statements("github.tf", "verify", environment)


def preview_statements(environment):
    """The policy of pull requests, without the conditions, of which the emulator knows none."""
    return _statements("preview.tf", "preview", environment)


def _statements(file, role, environment):
    text = (BOOTSTRAP / file).read_text()
    text = text[text.index(f'"aws_iam_role_policy" "{role}"') :]
    statement = r'Sid\s*= "(\w+)".*?Action\s*= (\[.*?\]|".*?")\s*Resource\s*= (".*?"|local\.\w+|\[.*?\])\n'
    return [
        {"Sid": sid, "Effect": "Allow", "Action": words(actions), "Resource": resources(resource, environment)}
        for sid, actions, resource in re.findall(statement, text, re.S)
    ]


def words(text):
    return re.findall(r'"(.*?)"', text)


def resources(text, environment):
    """What an expression of the bootstrap stands for."""
    place = f"{REGION}:{ACCOUNT}"
    named = {
        "local.stack_arns": [f"arn:aws:cloudformation:{place}:stack/shrinkr-{s}-{environment}/*" for s in STACKS],
        "local.image_arns": [f"arn:aws:ecr:{place}:repository/shrinkr/*"],
        "local.parameter_arns": [f"arn:aws:ssm:{place}:parameter/{path}/*" for path in ("platform", "shrinkr")],
    }
    return named.get(text) or [word.replace("${local.arn.ecs}", f"arn:aws:ecs:{place}") for word in words(text)]


def in_emulator(statements):
    """The emulator takes the cluster for what a call to ECS is about, where AWS takes services and tasks, and nothing for
    what GetParameters is about."""
    return [s | ({"Resource": "*"} if s["Sid"] in ("Services", "Parameters") else {}) for s in statements]


def make_roles(aws, environment):
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
    document = {"Version": "2012-10-17", "Statement": [trust]}
    for role, statements in ((VERIFY, verifier_statements), (PREVIEW, preview_statements)):
        aws.client("iam").create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(document))
        let(aws, role, in_emulator(statements(environment)))


def let(aws, role, statements):
    """Gives the role these permissions and no others."""
    aws.client("iam").put_role_policy(
        RoleName=role, PolicyName="own", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements}),
    )  # fmt: skip
