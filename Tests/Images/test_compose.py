"""`docker compose up`: everything starts in the right order and works together."""

import os

import pytest

from EndToEnd.support.checks import assert_clicks
from EndToEnd.support.client import Client
from EndToEnd.support.waiting import eventually
from support import compose
from support.docker import docker, inspect


@pytest.fixture(scope="module")
def project():
    if not compose.command():
        required = os.environ.get("SHRINKR_IMAGES") == "required"
        (pytest.fail if required else pytest.skip)("there is neither `docker compose` nor `docker-compose`")
    compose.need_images()
    project = compose.Project()
    try:
        project.run("up", "--no-build", "--detach")
        yield project
    finally:
        project.run("down", "--volumes", "--timeout", "40")


def test_links_are_followed_counted_and_reported(project):
    client = project.client()
    eventually(lambda: client.get("/health").status == 200, within=60, what="the API answers")
    code = client.create("https://www.swift.org/")["code"]
    for _ in range(3):
        assert client.follow(code).headers["Location"] == "https://www.swift.org/"
    assert_clicks(client, {code: 3})
    look = "import boto3; print(len(boto3.client('s3').list_objects_v2(Bucket='reports').get('Contents', [])))"
    eventually(lambda: int(project.run("run", "--rm", "aws-setup", look).strip() or 0) == 2, what="both reports are in S3")


def test_both_services_are_well(project):
    for service in ("api", "worker"):
        name = project.container(service)
        eventually(lambda: inspect(name)["State"]["Health"]["Status"] == "healthy", within=60, what=f"{service} is well")
        assert inspect(name)["RestartCount"] == 0


def test_nobody_else_reaches_the_api(project):
    (binding,) = inspect(project.container("api"))["HostConfig"]["PortBindings"]["8000/tcp"]
    assert binding["HostIp"] == "127.0.0.1"
    assert Client(f"http://127.0.0.1:{project.port}").get("/api/v1/links").status == 401


def test_clicks_survive_a_new_api_container(project):
    client = project.client()
    code = client.create("https://www.swift.org/again")["code"]
    assert client.follow(code).status == 302
    docker("kill", project.container("api"))
    project.run("up", "--no-build", "--detach", "--force-recreate", "--no-deps", "api")
    eventually(lambda: client.get("/health").status == 200, within=60, what="the API answers again")
    eventually(lambda: client.clicks(code) == 1, within=60, what="the click is counted")


def test_the_services_meet_in_the_database_alone(project):
    """The worker has no folder of the API's, and the database is reached by nobody else."""
    mounts = {service: inspect(project.container(service))["Mounts"] for service in ("api", "worker")}
    names = {service: {mount["Name"] for mount in mounts[service]} for service in mounts}
    assert not names["api"] & names["worker"]
    assert not inspect(project.container("postgresql"))["HostConfig"]["PortBindings"]
    assert int(project.query("SELECT count(*) FROM links")) > 0


def test_tables_are_made_before_the_services_start(project):
    migration, api = (inspect(project.container(service))["State"] for service in ("migrate", "api"))
    assert migration["Status"] == "exited" and migration["ExitCode"] == 0
    assert migration["FinishedAt"] <= api["StartedAt"]
    assert int(project.query("SELECT count(*) FROM shrinkr_migrations")) > 0


def test_links_survive_a_new_database_container(project):
    client = project.client()
    code = client.create("https://www.swift.org/kept")["code"]
    project.run("up", "--no-build", "--detach", "--force-recreate", "--no-deps", "postgresql")
    eventually(lambda: client.get(f"/api/v1/links/{code}").status == 200, within=60, what="the API has its links again")
