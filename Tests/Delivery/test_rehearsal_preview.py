"""What a pull request says of itself before it is merged, asked under the role that the bootstrap gives it."""

import json
import os

import pytest

from support.deploy_roles import PREVIEW
from support.ministack import assert_denied
from support.job_graph import JobGraph
from support.paths import REPOSITORY
from support.team import deployment_file, revision, template_file
from support.workflows import WORKFLOWS, read_workflow, run_step, step_named

OWN_REPOSITORY = REPOSITORY / "gitops/own-repository/deployments.yml"
INFRA, WORKER = template_file("infra"), template_file("worker")


def change_sets(account):
    """All that any stack has."""
    names = [stack["StackName"] for stack in account.cloudformation.describe_stacks()["Stacks"]]
    return [s for name in names for s in account.cloudformation.list_change_sets(StackName=name)["Summaries"]]


def what_runs(account):
    resources = account.cloudformation.describe_stack_resources(StackName=account.stack("worker"))["StackResources"]
    return {r["LogicalResourceId"]: (r["PhysicalResourceId"], r["ResourceStatus"]) for r in resources}


def assert_nothing_happened(account, before):
    assert what_runs(account) == before
    assert not [s for s in change_sets(account) if s["ChangeSetName"].startswith("preview-")]


def test_a_new_image(devstg):
    """The commits between both come from the sources; what is not affected is not asked about."""
    sources = devstg.branch
    sources.commit({"Dockerfiles/worker.inputs": "Sources\n", "Sources/main.swift": "1\n"}, "Before")
    old = sources.commit({"Sources/main.swift": "2\n"}, "What runs")
    new = sources.commit({"Sources/main.swift": "3\n"}, "Count `better` | for @everybody")
    file = devstg.branch.folder / deployment_file("devstg", "worker")
    for commit in (old, new):
        image = next(x for x in file.read_text().splitlines() if "ImageUri" in x).split('"')[1].rpartition(":")[0]
        done = devstg.run("set-image", "--file", str(file), "--image-uri", f"{image}:sha-{commit}")
        assert done.returncode == 0, done.stderr
        devstg.branch.commit({}, "Deploy")
        if commit == old:
            assert devstg.sync() == {"worker": "UPDATE_COMPLETE"}
    before = what_runs(devstg)
    done = devstg.preview()
    assert done.returncode == 0, done.stderr + done.stdout
    assert "`shrinkr-worker-devstg`" in done.stdout and "shrinkr-api" not in done.stdout
    assert "none is replaced or deleted but as with every new image; no permissions" in done.stdout, done.stdout
    assert f"    {new[:7]} Count `better` | for @everybody" in done.stdout and "What runs" not in done.stdout
    assert f":sha-{old}` | `" in done.stdout and "`TaskDefinition`" in done.stdout, done.stdout
    assert_nothing_happened(devstg, before)


def test_what_is_replaced_and_what_may_do_more(devstg):
    before = what_runs(devstg)
    devstg.edit(INFRA, ("sqs:ReceiveMessage", "sqs:*"), message="More")
    devstg.edit(INFRA, ("/platform/vpc/cidr", "/platform/vpc/range"), message="Another name")
    devstg.edit(WORKER, ("StopTimeout: 40", "StopTimeout: 50"), message="Longer")
    done = devstg.preview("HEAD~3")
    assert done.returncode == 0, done.stderr + done.stdout
    infra, worker = done.stdout.split("#### ")[1:]
    lost, permissions = infra.split("**Replaced or deleted**")[1].split("**Permissions**")
    assert "`AWS::SSM::Parameter`, is replaced" in lost and "`AWS::IAM::Role`" in permissions, infra
    assert "none is replaced or deleted but as with every new image; no permissions" in worker, worker
    assert_nothing_happened(devstg, before)


def test_a_changed_value_in_parameter_store(devstg):
    """A service takes it over at its next update, whatever that is about: the pull request says so."""
    ssm = devstg.aws.client("ssm")
    name = "/platform/vpc/private-subnet-ids"
    value = ssm.get_parameter(Name=name)["Parameter"]["Value"]
    ssm.put_parameter(Name=name, Value=value + ",subnet-new", Type="String", Overwrite=True)
    devstg.edit(deployment_file("devstg", "worker"), ("parameters:", "# Look again.\nparameters:"))
    done = devstg.preview()
    assert done.returncode == 0 and f"`{value}` | `{value},subnet-new`" in done.stdout, done.stdout


def test_what_could_not_be_applied(devstg):
    before = what_runs(devstg)
    devstg.edit(WORKER, ("/platform/", "/nowhere/"))
    done = devstg.preview()
    assert done.returncode == 1 and "**This could not be applied:**" in done.stdout and "/nowhere/" in done.stdout, done
    devstg.edit(deployment_file("devstg", "api"), ("ImageUri", "ImageUrl"))
    done = devstg.preview()
    assert done.returncode == 1 and "ImageUri" in done.stdout, done.stdout
    assert_nothing_happened(devstg, before)


def test_one_comment_on_the_pull_request(devstg, github, tmp_path):
    """The step of the workflow, twice: the second look writes over the first, and over nobody else's words."""

    def look():
        step = step_named("preview", "preview", "Preview")
        environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        environment |= github.environment | devstg.aws.environment(devstg.aws.credentials_of(PREVIEW))
        return run_step(
            step, tmp_path / "step", devstg.branch.folder, {
                "GH_TOKEN": github.environment["GH_TOKEN"], "ENVIRONMENT": "devstg", "HEAD": devstg.branch.head,
                "PLACE": "acme/shrinkr#12", "SHRINKR_DEPLOY": str(devstg.program),
            }, environment,
        )  # fmt: skip

    devstg.edit(WORKER, ("StopTimeout: 40", "StopTimeout: 50"))
    done = look()
    assert done.returncode == 0, done.log
    [(number, text)] = github.comments
    assert number == 12 and "`shrinkr-worker-devstg`" in text and devstg.branch.head[:12] in text
    assert text == done.summary
    github.comments.insert(0, (12, text.splitlines()[0] + " All is well, says a stranger.", "stranger"))
    devstg.edit(WORKER, ("/platform/", "/nowhere/"))
    done = look()
    assert done.returncode == 1, done.log
    assert len(github.comments) == 2 and "stranger" in github.comments[0][1]
    assert "**This could not be applied:**" in github.comments[1][1] == done.summary


BOTH = {"AWS_PREVIEW_ROLE_ARN_DEVSTG": "arn:devstg", "AWS_PREVIEW_ROLE_ARN_PROD": "arn:prod"}


@pytest.mark.parametrize(
    ("base", "head", "variables", "runs"),
    [
        ("main", "acme/shrinkr", BOTH, True), ("production", "acme/shrinkr", BOTH, True),
        ("main", "stranger/shrinkr", BOTH, False), ("feature", "acme/shrinkr", BOTH, False),
        ("main", "acme/shrinkr", {}, False), ("main", "acme/shrinkr", {"AWS_PREVIEW_ROLE_ARN_PROD": "arn"}, False),
        ("production", "acme/shrinkr", BOTH | {"GITOPS_PROD_BRANCH": "live"}, False),
        ("live", "acme/shrinkr", BOTH | {"GITOPS_PROD_BRANCH": "live"}, True),
    ],
)  # fmt: skip
@pytest.mark.parametrize("where", ["sources", "repository of its own"])
def test_which_pull_requests_are_looked_at(base, head, variables, runs, where):
    """Not those of forks, which get no identity, and only into a branch that an environment follows."""
    path = {"sources": WORKFLOWS / "preview.yml", "repository of its own": OWN_REPOSITORY}[where]
    event = {"pull_request": {"head": {"repo": {"full_name": head, "fork": head != "acme/shrinkr"}}}}
    github = {"event_name": "pull_request", "base_ref": base, "repository": "acme/shrinkr", "event": event}
    graph = JobGraph(read_workflow(path), {"github": github, "vars": variables})
    assert ("preview" in graph.run) is runs


def test_nothing_to_say(devstg):
    devstg.edit(deployment_file("devstg", "api"), ("parameters:", "# Explained.\nparameters:"))
    assert "CloudFormation finds nothing to change" in devstg.preview().stdout
    devstg.edit(deployment_file("prod", "api"), ("parameters:", "# Explained.\nparameters:"))
    done = devstg.preview()
    assert done.returncode == 0 and "No stack of devstg changes." in done.stdout, done.stdout
    # Nothing is claimed where the commits are not there.
    assert devstg.preview("0" * 40).returncode == 3


def test_the_role_applies_nothing(devstg):
    """Whoever changes the workflow in a pull request has its role, and no more than it."""
    stack = devstg.stack("worker")
    clients = {
        name: devstg.aws.client(name, devstg.aws.credentials_of(PREVIEW))
        for name in ("cloudformation", "ssm", "secretsmanager", "iam", "ecs")
    }
    cloudformation = clients["cloudformation"]
    devstg.edit(WORKER, ("StopTimeout: 40", "StopTimeout: 50"))
    template = (devstg.branch.folder / WORKER).read_text()
    parameters = [{"ParameterKey": p["ParameterKey"], "UsePreviousValue": True}
                  for p in devstg.stacks.stack(stack)["Parameters"]]  # fmt: skip
    given = {"StackName": stack, "TemplateBody": template, "Capabilities": ["CAPABILITY_NAMED_IAM"], "Parameters": parameters}
    cloudformation.create_change_set(ChangeSetName="preview-mine", **given)
    assert_denied(cloudformation.execute_change_set, StackName=stack, ChangeSetName="preview-mine")
    assert_denied(cloudformation.update_stack, **given)
    assert_denied(cloudformation.delete_stack, StackName=stack)
    other = {"StackName": "shrinkr-worker-elsewhere", "ChangeSetType": "CREATE", "ChangeSetName": "preview-x"}
    assert_denied(cloudformation.create_change_set, TemplateBody=json.dumps({"Resources": {}}), **other)
    assert_denied(clients["secretsmanager"].get_secret_value, SecretId=devstg.of_infra("DatabaseInstanceSecret"))
    assert_denied(clients["iam"].create_role, RoleName="x", AssumeRolePolicyDocument="{}")
    assert_denied(clients["ecs"].update_service, cluster="shrinkr-devstg", service=stack, desiredCount=0)
    assert revision("a") in devstg.task_image("worker")
