"""A rehearsal of what goes wrong between a merge and a service that runs: the verifier tells it, and how it ends."""

import pytest

from EndToEnd.support.waiting import eventually, free_port
from support.ministack import ACCOUNT
from support.rehearsal import REGISTRY
from support.team import deployment_file, revision, template_file

API = deployment_file("devstg", "api")
WORKER = template_file("worker")


def assert_refused(account, service, reason):
    """The stack stays as it was, and the verifier says why: what is no template it sees without asking AWS."""
    before = account.stacks.stack(account.stack(service))
    assert reason in account.sync()[service]
    assert account.stacks.stack(account.stack(service))["StackStatus"] == before["StackStatus"]
    verdict = account.verify()
    assert verdict.code == 1, verdict
    (check,) = verdict.of(service, "drift")
    assert check == "deployment_file" or check == "git_sync" and reason in verdict.detail(service, check), verdict


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


def test_a_stack_that_somebody_changed(devstg):
    name = devstg.stack("worker")
    parameters = devstg.stacks.stack(name)["Parameters"]
    assert "MaxTasks" in {parameter["ParameterKey"] for parameter in parameters}
    changed = [
        {"ParameterKey": p["ParameterKey"], "ParameterValue": f"{REGISTRY}/worker:sha-{revision('e')}"}
        if p["ParameterKey"] == "ImageUri" else {"ParameterKey": p["ParameterKey"], "UsePreviousValue": True}
        for p in parameters
    ]  # fmt: skip
    devstg.cloudformation.update_stack(
        StackName=name, UsePreviousTemplate=True, Parameters=changed, Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    devstg.stacks.settled(name)
    verdict = devstg.verify()
    assert verdict.code == 1 and "ImageUri" in verdict.detail("worker", "stack_parameters"), verdict


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
    devstg.let_verifier(["cloudformation:*"])
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
