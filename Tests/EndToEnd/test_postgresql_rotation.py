"""The password of the database is changed under running programs, as Secrets Manager does: sessions that there are go
on, and new ones need the new password, which only a program that is started anew has. No click is lost, and none counts
twice.
"""

import secrets

import pytest

from support.client import BOTS, BROWSERS
from support.load import Load
from support.outage import Outage
from support.postgresql import OWNER
from support.rolling import Traffic, roll_out
from support.waiting import eventually

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def outage(make_server, make_stage):
    """Two APIs and a worker, with the password apart from the URL, as a task has them."""
    server = make_server()
    database = server.database()
    url = database.url.replace(f":{server.password}@", "@")
    return Outage(
        make_stage(apis=2, SHRINKR_DATABASE_URL=url, SHRINKR_DATABASE_PASSWORD=server.password), database
    )


def rotate(outage):
    """Changes the password; returns the settings of programs that know it. It may hold what a URL may not."""
    password = f"%41{secrets.token_hex(8)}:/@ \\"
    outage.database.server.query(f"ALTER ROLE {OWNER} PASSWORD '{password}'")
    return {"SHRINKR_DATABASE_PASSWORD": password}


def test_programs_are_replaced_while_their_sessions_go_on(outage, launch):
    stage = outage.stage
    with Traffic(stage, outage.codes) as traffic:
        traffic.lead_to(stage.apis)
        traffic.go_on()
        own = rotate(outage)
        traffic.go_on()
        roll_out(stage, launch, traffic, **own)
        traffic.lead_to([])
    outage.makers = traffic.makers
    outage.assert_books()


def test_all_sessions_end_after_a_rotation(outage, launch):
    """The worst that can come, such as a failover. Every program says that it has to be started anew."""
    stage = outage.stage
    before = stage.programs
    loads = [
        Load(api.url, outage.codes, total=10**9, rate=100, connections=8, agents=BROWSERS + BOTS).start()
        for api in stage.apis
    ]
    own = rotate(outage)
    for program in before:
        assert program.run("healthcheck").returncode == 0
    assert outage.database.terminate_sessions() > 0
    outage.assert_needs_the_database()
    for program in before:
        eventually(lambda program=program: needs_restart(program), within=60, what=f"{program.name} says so")
        done = program.run("healthcheck")
        assert done.returncode == 1 and "/livez" in done.stderr, done

    # What an orchestrator does then: another one comes, and the old one is told to end.
    stage.apis = [launch.another(api, **own).start() for api in stage.apis]
    stage.workers = [launch.another(worker, **own).start() for worker in stage.workers]
    stage.api, stage.client = stage.apis[0], stage.apis[0].client()
    outage.clients, outage.makers = [api.client() for api in stage.apis], []
    outage.assert_recovers()
    for load in loads:
        load.end()
        stage.expected.update(load.answered)
        assert set(load.statuses) == {302}, load.statuses
    for program in before:
        program.stop()
    for program in stage.programs:
        assert program.run("healthcheck").returncode == 0
    outage.assert_books()


def needs_restart(program):
    answer = program.admin.get("/livez")
    return answer.status == 503 and answer.json()["status"] == "needs_restart" and "password" in answer.json()["reason"]
