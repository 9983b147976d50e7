"""A rehearsal of how a new image takes over: what the trial or an alarm finds takes it back, and the verifier says so.

The stacks, the alarms' names, the trial's function under its role and the programs that it tries are real. What ECS makes
of their answers is a stand-in's, and the traffic is nobody's: `emulated_deployments.py`.
"""

import pytest

from EndToEnd.support.waiting import eventually
from support.real_tasks import KEY
from support.team import deployment_file

API = deployment_file("devstg", "api")


@pytest.fixture
def people(devstg, tasks):
    """Where the trial reaches the new tasks: the real programs, which are told where they are by infra's values."""
    api = tasks.make("api").start()
    devstg.aws.client("ssm").put_parameter(Name="/shrinkr/base-url", Value=api.url, Type="String", Overwrite=True)
    secret = devstg.of_infra("ApiKeySecret")
    devstg.aws.client("secretsmanager").put_secret_value(SecretId=secret, SecretString=KEY)
    return api


def choose(account, strategy):
    account.edit(API, ("parameters:", f'parameters:\n  DeploymentStrategy: "{strategy}"'))
    assert account.sync()["api"] == "UPDATE_COMPLETE"


def merge(account, letter, *, settle=True):
    account.push_image("api", letter)
    account.set_image("api", letter)
    return account.sync(settle=settle)["api"]


def assert_taken_back(account, before, *reasons):
    """The old image serves, whoever asks is told why, and the revert of the pull request mends it."""
    assert account.service("api")["taskDefinition"] == before
    verdict = account.verify("api")
    assert verdict.code == 1, verdict
    for check in ("stack_status", "newest_deployment"):
        assert all(reason in verdict.detail("api", check) for reason in reasons), verdict
    account.revert()
    account.sync()
    verdict = account.verify("api")
    assert verdict.code == 0 and "ROLLBACK" in verdict.detail("api", "newest_deployment"), verdict


def test_an_alarm_takes_any_deployment_back(devstg):
    go_through_an_alarm(devstg, "ROLLING", "api-clicks-dropped")


def go_through_an_alarm(account, strategy, name):
    cloudwatch = account.aws.client("cloudwatch")
    (alarm,) = [a for a in cloudwatch.describe_alarms()["MetricAlarms"] if a["AlarmName"].endswith(name)]
    before = account.service("api")["taskDefinition"]
    account.aws.bake.touch()
    assert merge(account, "d", settle=False) == "IN_PROGRESS"
    ecs = account.aws.client("ecs")

    def baking():
        listed = ecs.list_service_deployments(cluster="shrinkr-devstg", service="shrinkr-api-devstg")
        return listed["serviceDeployments"] and listed["serviceDeployments"][0]["status"] == "IN_PROGRESS"

    eventually(baking, within=120, what=f"the deployment by {strategy} bakes")
    # That is no drift, and nothing that has failed.
    verdict = account.verify("api")
    assert verdict.code == 2 and not verdict.of("api", "drift"), verdict
    assert verdict.result("api", "newest_deployment") == "rolling", verdict
    cloudwatch.set_alarm_state(AlarmName=alarm["AlarmName"], StateValue="ALARM", StateReason="a test")
    assert account.finish("api") == "UPDATE_ROLLBACK_COMPLETE"
    account.aws.bake.unlink()
    assert_taken_back(account, before, alarm["AlarmName"])
    # What is on already does not stop what may mend it.
    assert merge(account, "e") == "UPDATE_COMPLETE"
    assert account.verify("api").code == 0


@pytest.mark.parametrize("strategy", ["BLUE_GREEN", "CANARY", "LINEAR"])
def test_what_the_trial_finds(devstg, tasks, people, strategy):
    worker = tasks.make("worker").start()
    choose(devstg, strategy)
    # Good: a link can be made, followed and counted.
    assert merge(devstg, "b") == "UPDATE_COMPLETE"
    verdict = devstg.verify("api")
    assert verdict.code == 0 and verdict.detail("api", "newest_deployment") == "SUCCESSFUL", verdict
    before = devstg.service("api")["taskDefinition"]
    # Bad: nobody answers.
    people.stop()
    assert merge(devstg, "c") == "UPDATE_ROLLBACK_COMPLETE"
    assert_taken_back(devstg, before, "POST_TEST_TRAFFIC_SHIFT", "FAILED")
    # Good tasks, and then an alarm while they bake: here of the group that has the traffic then.
    people.start()
    go_through_an_alarm(devstg, strategy, "api-errors-2")
    worker.stop()


def test_alarms_that_are_not_there_are_no_alarms(devstg):
    """The names in the deployment are those of the stack's own alarms: else nothing would ever be taken back."""
    devstg.edit("gitops/templates/api.yml", ("{Ref: ClickDropAlarm}", "shrinkr-api-devstg-nothing"))
    devstg.push_image("api", "b")
    devstg.set_image("api", "b")
    assert devstg.sync() == {"api": "UPDATE_ROLLBACK_COMPLETE"}
    assert "shrinkr-api-devstg-nothing" in devstg.verify("api").detail("api", "stack_status")
