"""The role under which workflows verify deployments, and what the verifier answers."""

import json
import re

from support.ministack import ACCOUNT, REGION
from support.paths import BOOTSTRAP
from support.team import STACKS

ROLE = "shrinkr-verify"


def verifier_statements(environment):
    """The role's policy, read without OpenTofu; a test of the bootstrap holds it against the real one."""
    text = (BOOTSTRAP / "github.tf").read_text()
    text = text[text.index('"aws_iam_role_policy" "verify"') :]
    statement = r'Sid\s*= "(\w+)".*?Action\s*= (\[.*?\])\s*Resource\s*= (".*?"|local\.\w+|\[.*?\])\n'
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


def statements_in_emulator(environment):
    """The emulator takes the cluster for what a call to ECS is about, where AWS takes services and tasks, and nothing for
    what GetParameters is about."""
    return [
        statement | ({"Resource": "*"} if statement["Sid"] in ("Services", "Parameters") else {})
        for statement in verifier_statements(environment)
    ]


def make_verifier(aws, environment):
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
    document = {"Version": "2012-10-17", "Statement": [trust]}
    aws.client("iam").create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(document))
    let_verifier(aws, statements_in_emulator(environment))


def let_verifier(aws, statements):
    """Gives the role these permissions and no others."""
    aws.client("iam").put_role_policy(
        RoleName=ROLE, PolicyName="read-deployments",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements}),
    )  # fmt: skip


class Verdict:
    """An answer of the verifier."""

    def __init__(self, code, report):
        self.code, self.report = code, report
        assert code == report["exit_code"]
        self.checks = {s["service"]: {c["check"]: c for c in s["checks"]} for s in report["services"]}

    def result(self, service, check):
        return self.checks[service][check]["result"]

    def detail(self, service, check):
        return self.checks[service][check]["detail"]

    def of(self, service, result):
        """The checks of a service with this result."""
        return {name for name, check in self.checks[service].items() if check["result"] == result}

    def __repr__(self):
        return json.dumps(self.report, indent=1)
