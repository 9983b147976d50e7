"""A rehearsal of what goes wrong between a merge and a service that runs: the verifier tells it, and how it ends."""

import pytest
import yaml

from EndToEnd.support.waiting import eventually, free_port
from support.ministack import ACCOUNT
from support.rehearsal import REGISTRY
from support.team import deployment_file, revision, template_file

API = deployment_file("devstg", "api")
WORKER = template_file("worker")
# A change of a template that CloudFormation applies.
STOP = ("StopTimeout: 40", "StopTimeout: 50")


def assert_refused(account, service, reason):
    """The stack stays as it was, and the verifier says why: what is no template it sees without asking AWS."""
    before = account.stacks.stack(account.stack(service))
    assert reason in account.sync()[service]
    assert account.stacks.stack(account.stack(service))["StackStatus"] == before["StackStatus"]
    verdict = account.verify()
    assert verdict.code == 1, verdict
    drift = verdict.of(service, "drift")
    if drift != {"deployment_file"}:
        assert drift >= {"git_sync", "stack_template"} and reason in verdict.detail(service, "git_sync"), verdict


def assert_mended(account):
    """By the revert of the pull request."""
    account.revert()
    account.sync()
    verdict = account.verify()
    assert verdict.code == 0, verdict


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("Resources:\n", "Resources: [\n"), "Template"),
        (("AWS::ECS::Service\n", "AWS::ECS::Servant\n"), "AWS::ECS::Servant"),
        (("/platform/", "/nowhere/"), "/nowhere/"),
    ],
    ids=["not YAML", "unknown type", "unknown name in Parameter Store"],
)
def test_a_template_that_is_refused(devstg, change, reason):
    devstg.edit(WORKER, change)
    assert_refused(devstg, "worker", reason)
    assert_mended(devstg)


def test_a_deployment_file_that_is_refused(devstg):
    line = f'  ImageUri: "{REGISTRY}/api:sha-{revision("a")}"\n'
    devstg.edit(API, (line, ""))
    # The check on the pull request would have said so.
    checked = devstg.run("check")
    assert checked.returncode == 1 and API in checked.stdout and "ImageUri" in checked.stdout, checked
    assert "ImageUri" in devstg.sync()["api"]
    verdict = devstg.verify()
    assert verdict.code == 1 and "ImageUri" in verdict.detail("api", "deployment_file"), verdict
    assert_mended(devstg)


def test_a_deployment_that_the_circuit_breaker_took_back(devstg):
    """ECS runs the old revision again, and CloudFormation has not noticed."""
    before = devstg.service("api")["taskDefinition"]
    devstg.push_image("api", "b")
    devstg.set_image("api", "b")
    assert devstg.sync() == {"api": "UPDATE_COMPLETE"}
    devstg.run_revision("api", before)
    verdict = devstg.verify()
    assert verdict.code == 1 and verdict.result("api", "stack_status") == "ok", verdict
    assert "service_task_definition" in verdict.of("api", "drift")
    assert verdict.result("worker", "service_task_definition") == "ok"


def update_in_the_console(account, service, template=None, **parameters):
    """What somebody does with the button Update, and nothing of it is in Git."""
    name = account.stack(service)
    known = [parameter["ParameterKey"] for parameter in account.stacks.stack(name)["Parameters"]]
    assert set(parameters) <= set(known)
    account.cloudformation.update_stack(
        StackName=name, Capabilities=["CAPABILITY_NAMED_IAM"],
        Parameters=[
            {"ParameterKey": k, "ParameterValue": parameters[k]} if k in parameters
            else {"ParameterKey": k, "UsePreviousValue": True}
            for k in known
        ],
        **({"TemplateBody": template} if template else {"UsePreviousTemplate": True}),
    )  # fmt: skip
    account.stacks.settled(name)


@pytest.mark.parametrize(
    ("name", "value"), [("ImageUri", f"{REGISTRY}/worker:sha-{revision('e')}"), ("MaxTasks", "9"), ("LogLevel", "debug")]
)
def test_a_stack_that_somebody_changed(devstg, name, value):
    """Also what the deployment file leaves at its default is as Git says."""
    update_in_the_console(devstg, "worker", **{name: value})
    verdict = devstg.verify()
    assert verdict.code == 1 and "stack_parameters" in verdict.of("worker", "drift"), verdict
    assert name in verdict.detail("worker", "stack_parameters"), verdict
    assert not verdict.of("api", "drift")


def test_a_template_that_somebody_changed(devstg):
    template = (devstg.branch.folder / WORKER).read_text()
    assert STOP[0] in template
    update_in_the_console(devstg, "worker", template.replace(*STOP))
    verdict = devstg.verify()
    assert verdict.code == 1 and "stack_template" in verdict.of("worker", "drift"), verdict
    assert "StopTimeout" in verdict.detail("worker", "stack_template"), verdict


def test_a_merged_template_that_is_not_applied_yet(devstg):
    """Whoever looks right after the merge is not told that all is well."""
    commit = devstg.edit(WORKER, STOP)
    verdict = devstg.verify()
    assert verdict.code == 1 and verdict.of("worker", "drift") == {"git_sync", "stack_template"}, verdict
    for check in ("deployment_file", "git_sync"):
        assert commit[:12] in verdict.detail("worker", check), verdict
    assert not verdict.of("api", "drift"), "it is made of something else"
    assert devstg.sync() == {"worker": "UPDATE_COMPLETE"}
    assert devstg.verify().code == 0


def test_a_merged_remark(devstg):
    """CloudFormation finds no change in it, and keeps the template's old text."""
    template = yaml.safe_load((devstg.branch.folder / WORKER).read_text()) | {"Description": "Another description"}
    devstg.branch.commit({WORKER: yaml.safe_dump(template, sort_keys=False) + "# a remark\n"})
    verdict = devstg.verify()
    assert verdict.code == 1 and verdict.of("worker", "drift") == {"git_sync"}, verdict
    devstg.sync()
    verdict = devstg.verify()
    assert verdict.code == 0, verdict


def test_a_stack_that_somebody_deleted(devstg):
    name = devstg.stack("worker")
    devstg.cloudformation.delete_stack(StackName=name)
    stacks = devstg.cloudformation.describe_stacks
    eventually(lambda: name not in [s["StackName"] for s in stacks()["Stacks"]], what="the stack is gone")
    verdict = devstg.verify()
    assert verdict.code == 1 and "there is no stack" in verdict.detail("worker", "stack_status"), verdict


def test_what_the_verifier_cannot_see(devstg):
    """It never takes for well what it cannot see."""
    nowhere = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{free_port()}"}
    wrong_key = {"AWS_SECRET_ACCESS_KEY": "wrong"}
    for variables in (nowhere, wrong_key):
        verdict = devstg.verify(**variables)
        assert verdict.code == 3 and verdict.result("api", "stack_status") == "not_checked", verdict
    # The emulator shows what a name in Parameter Store stands for, and not the name.
    devstg.let_verifier(["cloudformation:*", "ssm:GetParameters"])
    verdict = devstg.verify()
    assert verdict.code == 3 and verdict.result("api", "stack_status") == "ok", verdict
    assert {"deployments", "running_tasks"} <= verdict.of("api", "not_checked")
    devstg.let_verifier(["ecs:*"])
    verdict = devstg.verify()
    assert verdict.code == 3 and verdict.result("api", "stack_status") == "not_checked", verdict


def test_without_the_status_of_git_sync_the_rest_decides(devstg):
    devstg.status.refuses = True
    verdict = devstg.verify()
    assert verdict.code == 0 and verdict.result("api", "git_sync") == "not_checked", verdict
    assert ACCOUNT in verdict.detail("api", "task_definition_image")
