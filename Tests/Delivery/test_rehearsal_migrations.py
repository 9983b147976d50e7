"""A rehearsal of migrations: the new image's `migrate` runs as a task, within the update of a stack, before its
service.

The emulator runs the function of the infra stack under its role; of the tasks, it runs those that migrate.
"""

import json
import os
import re
from pathlib import Path

import pytest

from EndToEnd.support.postgresql import OWNER, Server
from EndToEnd.support.waiting import eventually
from support.paths import REPOSITORY
from support.team import deployment_file, revision

SERVICES = ["api", "worker"]


@pytest.fixture
def runs(devstg, tmp_path):
    """The images whose migrations were run, from now on."""
    path = tmp_path / "runs"
    path.touch()
    devstg.migrate_by(f"echo $1 >>{path}")
    return lambda: [re.search(r"/(\w+):sha-(.)", line).groups() for line in path.read_text().splitlines()]


def deploy(account, service, letter):
    account.push_image(service, letter)
    account.set_image(service, letter)
    return account.sync()[service]


@pytest.mark.parametrize("service", SERVICES)
def test_each_image_migrates_once(devstg, runs, service):
    assert deploy(devstg, service, "b") == "UPDATE_COMPLETE"
    assert runs() == [(service, "b")]
    assert devstg.verify().code == 0
    # The same image with another setting.
    devstg.edit(deployment_file("devstg", service), ("parameters:", 'parameters:\n  LogLevel: "debug"'))
    assert devstg.sync() == {service: "UPDATE_COMPLETE"}
    assert runs() == [(service, "b")]
    # The way back is a deployment like others.
    devstg.branch.git("revert", "--no-edit", "HEAD", "HEAD^")
    assert devstg.sync() == {service: "UPDATE_COMPLETE"}
    assert runs() == [(service, "b"), (service, "a")]
    assert devstg.verify().code == 0


@pytest.mark.parametrize("order", [["api", "worker"], ["worker", "api"]], ids=" first, then ".join)
def test_services_come_in_any_order(devstg, runs, order):
    for service in order:
        assert deploy(devstg, service, "b") == "UPDATE_COMPLETE"
        assert devstg.verify().code == 0
    assert runs() == [(service, "b") for service in order]


def test_a_migration_under_way(devstg, tmp_path):
    devstg.migrate_by(f"until [ -e {tmp_path}/go-on ]; do sleep 0.1; done")
    before = devstg.service("api")["taskDefinition"]
    devstg.push_image("api", "b")
    devstg.set_image("api", "b")
    devstg.sync(settle=False)
    ecs = devstg.aws.client("ecs")
    eventually(
        lambda: ecs.list_tasks(cluster="shrinkr-devstg", startedBy="migration")["taskArns"], what="the task runs"
    )
    assert devstg.stacks.stack("shrinkr-api-devstg")["StackStatus"] == "UPDATE_IN_PROGRESS"
    assert devstg.service("api")["taskDefinition"] == before
    verdict = devstg.verify()
    assert verdict.code == 2 and "stack_status" in verdict.of("api", "rolling"), verdict
    (tmp_path / "go-on").touch()
    assert devstg.finish("api") == "UPDATE_COMPLETE"
    assert devstg.service("api")["taskDefinition"] != before
    assert devstg.verify().code == 0


@pytest.mark.parametrize("service", SERVICES)
def test_a_migration_that_fails(devstg, service):
    before = devstg.service(service)["taskDefinition"]
    devstg.migrate_by("echo a table is in the way; exit 1")
    assert deploy(devstg, service, "b") == "UPDATE_ROLLBACK_COMPLETE"
    assert devstg.service(service)["taskDefinition"] == before
    verdict = devstg.verify()
    assert verdict.code == 1, verdict
    # Who reads the verdict finds the log.
    found = re.search(r"the migration ended with 1: .*log: (\S+), (\S+)", verdict.detail(service, "stack_status"))
    assert found, verdict
    assert found[1] == f"/shrinkr/devstg/{service}"
    assert devstg.log_of(service, found[2]) == ["a table is in the way"]
    # The stack keeps its status, as there is nothing to be done: it has what Git has.
    devstg.revert()
    assert "didn't contain changes" in devstg.sync()[service]
    verdict = devstg.verify()
    assert verdict.code == 0 and "UPDATE_ROLLBACK_COMPLETE" in verdict.detail(service, "stack_status"), verdict


def test_a_task_that_cannot_start(devstg):
    """As one whose secret holds something else."""
    before = devstg.service("api")["taskDefinition"]
    secret = devstg.of_infra("DatabaseInstanceSecret")
    devstg.aws.client("secretsmanager").put_secret_value(SecretId=secret, SecretString="{}")
    assert deploy(devstg, "api", "b") == "UPDATE_ROLLBACK_COMPLETE"
    assert devstg.service("api")["taskDefinition"] == before
    verdict = devstg.verify()
    assert verdict.code == 1 and "ResourceInitializationError" in verdict.detail("api", "stack_status"), verdict


def test_a_service_that_is_deleted_leaves_the_tables(devstg, runs):
    devstg.cloudformation.delete_stack(StackName="shrinkr-worker-devstg")
    stacks = devstg.cloudformation.describe_stacks
    eventually(lambda: "shrinkr-worker-devstg" not in [s["StackName"] for s in stacks()["Stacks"]], what="it is gone")
    assert runs() == []


@pytest.fixture(scope="module")
def database():
    if not (REPOSITORY / "Tests/Scripts/install-postgresql.sh").exists():
        pytest.skip("needs PostgreSQL")
    with Server() as server:
        yield server.database()


@pytest.fixture
def program():
    """The real program, which runs as it would in its image."""
    folder = Path(os.environ.get("SHRINKR_BIN_DIR") or REPOSITORY / ".build" / "release").resolve()
    return folder / "shrinkr-api"


def steps(database):
    return [name for (name,) in database.query("SELECT name FROM shrinkr_migrations ORDER BY number")]


def test_the_real_program_migrates(make_account, database, program, tmp_path):
    devstg = make_account("devstg")
    devstg.make_shells()
    for service in SERVICES:
        devstg.set_image(service, "a")
    devstg.begin_infra()
    # The emulator's address of the database leads nowhere; all else is what the task gets.
    devstg.migrate_by(
        f'SHRINKR_DATA_DIR={tmp_path}/data SHRINKR_DATABASE_URL=$(echo "$SHRINKR_DATABASE_URL" | sed '
        f"'s#@[^/]*/shrinkr?sslmode=require$#@{database.server.host}:{database.server.port}/{database.name}#') "
        f"exec {program} migrate"
    )
    # RDS has made the role with a password of its own.
    refused = devstg.sync(["api"])
    assert refused == {"api": "UPDATE_ROLLBACK_COMPLETE"}
    assert "password authentication failed" in last_log(devstg)
    secrets = devstg.aws.client("secretsmanager")
    password = secrets.get_secret_value(SecretId=devstg.of_infra("DatabaseInstanceSecret"))["SecretString"]
    database.server.query(f"ALTER ROLE {OWNER} PASSWORD $${json.loads(password)['password']}$$")
    devstg.synced.pop("api")
    assert devstg.sync(["api", "worker"]) == {"api": "UPDATE_COMPLETE", "worker": "UPDATE_COMPLETE"}
    made = steps(database)
    assert made
    assert devstg.verify().code == 0

    # A newer release was here whose last step this one cannot work with.
    before = devstg.service("api")["taskDefinition"]
    number = len(made) + 1
    first, last = f"{number:04}-next", f"{number + 1:04}-next"
    database.query(
        "INSERT INTO shrinkr_migrations VALUES "
        f"({number}, '{first}', 'next', 'expand', now(), 'next'), "
        f"({number + 1}, '{last}', 'next', 'contract of {first}', now(), 'next')"
    )
    assert deploy(devstg, "api", "b") == "UPDATE_ROLLBACK_COMPLETE"
    assert devstg.service("api")["taskDefinition"] == before
    verdict = devstg.verify("api")
    assert verdict.code == 1 and "the migration ended with 1" in verdict.detail("api", "stack_status"), verdict
    assert last in last_log(devstg) and "use a newer one" in last_log(devstg)
    database.query(f"DELETE FROM shrinkr_migrations WHERE number >= {number}")
    devstg.revert()
    devstg.sync()
    assert deploy(devstg, "api", "c") == "UPDATE_COMPLETE"
    assert steps(database) == made
    assert devstg.verify().code == 0
    assert devstg.task_settings("api")["SHRINKR_DATABASE_URL"].startswith("postgresql://shrinkr@")
    assert revision("c") in str(devstg.aws.client("ecs").describe_task_definition(
        taskDefinition=devstg.service("api")["taskDefinition"]
    )["taskDefinition"]["containerDefinitions"][0]["image"])  # fmt: skip


def last_log(account):
    logs = account.aws.client("logs")
    group = f"/shrinkr/{account.environment}/api"
    streams = logs.describe_log_streams(logGroupName=group)["logStreams"]
    newest = max(streams, key=lambda stream: stream["creationTime"])
    return "\n".join(account.log_of("api", newest["logStreamName"]))
