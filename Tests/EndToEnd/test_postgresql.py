"""Any number of APIs and workers on one PostgreSQL database, from the first `migrate` on."""

import os
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.checks import assert_clicks
from support.client import BOTS, BROWSERS, assert_problem
from support.services import make_services
from support.waiting import eventually, free_port

LINKS, KEYS = "/api/v1/links", "/api/v1/keys"
ADMIN_KEY = "6f1c9a80e2d34b5790ab6c7d8e9f0a1b2c3d4e5f60718293"
# How many programs are told to migrate one database at the same moment.
MIGRATIONS = int(os.environ.get("SHRINKR_MIGRATIONS", "20"))


def migrate(program, *arguments):
    """Runs `migrate`, which must succeed; returns what it says."""
    done = program.run("migrate", *arguments, timeout=120)
    assert done.returncode == 0, done
    return done.stdout + done.stderr


@pytest.fixture
def services(database, launch, aws, queue, bucket, tmp_path):
    """The two services on a database without tables, not started."""
    return make_services(launch, aws, queue, bucket, tmp_path, SHRINKR_DATABASE_URL=database.url)


def test_two_apis_and_two_workers_share_everything(make_stage, database):
    stage = make_stage(apis=2, workers=2, SHRINKR_DATABASE_URL=database.url)
    for api in stage.apis:
        api.settings["SHRINKR_API_KEY"] = ADMIN_KEY
    migrate(stage.api)
    stage.start()
    first, second = (api.client(ADMIN_KEY) for api in stage.apis)
    stage.client = first

    # Links made by one are followed at the other, and so are their changes.
    codes = first.create_many(5, "shared")
    for code in codes:
        stage.follow([code])
        assert second.follow(code).status == 302
        stage.expected[code] += 1
    assert first.get("/never-made").status == second.get("/never-made").status == 404
    second.create("https://example.com/old", code="moved")
    assert first.follow("moved").headers["Location"] == "https://example.com/old"
    assert second.patch(f"{LINKS}/moved", json={"url": "https://example.com/new"}).status == 200
    stage.expected["moved"] += 1

    def has_moved():
        stage.expected["moved"] += 1
        return first.follow("moved").headers["Location"] == "https://example.com/new"

    eventually(has_moved, within=5, what="the first API follows the change")
    assert first.delete(f"{LINKS}/moved").status == 204
    eventually(lambda: second.get("/moved+").status == 404, within=5, what="the second API knows that it is gone")

    # A limit is one for both.
    first.create(code="limited", max_visits=5)
    answers = [client.follow("limited").status for client in (first, second) * 4]
    assert answers == [302] * 5 + [410] * 3
    stage.expected["limited"] = 5

    # So are keys and requests that are repeated.
    made = first.post(KEYS, json={"name": "reader", "scopes": ["links:read"]}).json()
    assert stage.apis[1].client(made["key"]).get(LINKS).status == 200
    by_hand = stage.api.run("keys", "create", "--name", "by hand", "--scope", "links:write").stdout.strip()
    assert stage.apis[1].client(by_hand).post(LINKS, json={"url": "https://example.com/"}).status == 201
    assert first.delete(f"{KEYS}/{made['id']}").status in (200, 204)
    reader = stage.apis[1].client(made["key"])
    eventually(lambda: reader.get(LINKS).status == 401, what="the key is revoked at the other")
    once = {"json": {"url": "https://example.com/once", "tags": ["once"]}, "headers": {"Idempotency-Key": "once-1"}}
    answers = [client.post(LINKS, **once) for client in (first, second, first)]
    assert {answer.status for answer in answers} == {201}
    assert len({answer.json()["code"] for answer in answers}) == 1
    assert len(second.get(f"{LINKS}?tag=once").json()["data"]) == 1
    assert_problem(second.post(LINKS, json={"url": "https://example.com/", "code": codes[0]}), 409, "alias-taken")

    # People and bots, whoever counts them.
    for agent in BROWSERS + BOTS:
        assert second.follow(codes[0], agent=agent).status == 302
        stage.expected[codes[0]] += 1
    stage.assert_counted()
    totals = second.stats(codes[0])["totals"]
    assert (totals["people"], totals["bots"]) == (2 + len(BROWSERS), len(BOTS))
    assert totals == first.stats(codes[0])["totals"]
    groups = second.stats(codes[0], "group_by=browser")["groups"]
    assert sum(group["people"] for group in groups) == totals["people"], groups
    stage.assert_reported()
    assert_books(stage, database)


def assert_books(stage, database):
    """The tables, the ledger and what was answered agree."""
    assert database.clicks() == +stage.expected
    assert database.counted_clicks() == stage.expected.total()
    settled = stage.api.run("ledger", timeout=120)
    assert settled.returncode == 0 and "It adds up." in settled.stdout, settled


@pytest.mark.parametrize("place", ["SHRINKR_DATABASE_PASSWORD", "PGPASSFILE"])
def test_password_beside_the_url(services, database, tmp_path, place):
    api, worker = services
    password = database.server.password
    file = tmp_path / "passwords"
    file.write_text(f"*:*:*:*:{password}\n")
    file.chmod(0o600)
    for program in services:
        program.settings["SHRINKR_DATABASE_URL"] = database.url.replace(f":{password}@", "@")
        program.settings[place] = password if place == "SHRINKR_DATABASE_PASSWORD" else str(file)
    migrate(api)
    api.start()
    worker.start()
    code = api.client().create()["code"]
    assert api.client().follow(code).status == 302
    assert_clicks(api.client(), {code: 1})
    for program in services:
        assert password not in program.log()


def test_programs_wait_for_the_tables(services, database):
    """Started before `migrate`, they say what is missing, and go on by themselves."""
    for program in services:
        program.start(wait=False)
    api, worker = services
    for program in services:
        says = lambda: "shrinkr-api migrate" in not_ready(program)  # noqa: B023, E731
        eventually(says, what=f"{program.name} says that tables are missing")
    assert tables(database) == [], "nobody migrates unasked"
    migrate(api)
    for program in services:
        program.wait_until_ready()
    code = api.client().create()["code"]
    assert api.client().follow(code).status == 302
    assert_clicks(api.client(), {code: 1})


def not_ready(program):
    """What the program says of its readiness; nothing if it is ready."""
    assert program.is_running, program.log()
    answer = program.admin.get("/readyz")
    return answer.text if answer.status == 503 else ""


def wrong_places(database):
    """URLs that lead nowhere, each with what must be said about it."""
    server = database.server
    return {
        "password": (database.url.replace(server.password, "not-the-password"), "password authentication failed"),
        "host": (database.url_at(("nowhere.invalid", server.port), sslmode="disable"), "nowhere.invalid"),
        "port": (database.url_at((server.host, free_port())), "refused"),
        "database": (database.url + "_missing", "does not exist"),
    }


@pytest.mark.parametrize("wrong", ["password", "host", "port", "database"])
def test_what_is_wrong_is_said_without_the_password(services, database, wrong):
    url, words = wrong_places(database)[wrong]
    secret = "not-the-password" if wrong == "password" else database.server.password
    for program in services:
        program.settings["SHRINKR_DATABASE_URL"] = url
    api, worker = services
    for arguments in (["status"], ["--check"]):
        done = api.run("migrate", *arguments, timeout=120)
        said = done.stdout + done.stderr
        assert done.returncode not in (0, None) and words in said, done
        assert secret not in said
        assert len(done.stderr.strip().splitlines()) <= 2, "one sentence"
    for program in services:
        program.start(wait=False)
        says = lambda: not_ready(program) and words in program.log()  # noqa: B023, E731
        eventually(says, within=30, what=f"{program.name} says what is wrong")
        assert secret not in not_ready(program)
        assert secret not in program.log()
        program.stop()


def tables(database):
    return database.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")


def test_migrate(services, database):
    api, worker = services
    pending = api.run("migrate", "status")
    assert pending.returncode == 1 and "to be run" in pending.stdout, pending
    assert "CREATE TABLE links" in migrate(api, "--dry-run")
    assert api.run("migrate", "--check").returncode == 0
    assert tables(database) == [], "nothing was changed by asking"

    assert steps_run(migrate(api)) >= 1
    applied = database.query("SELECT number, name FROM shrinkr_migrations ORDER BY number")
    assert "done" in migrate(api, "status") and "to be run" not in migrate(api, "status")
    migrate(api, "--check")
    for program in services:
        assert steps_run(migrate(program)) == 0
    assert database.query("SELECT number, name FROM shrinkr_migrations ORDER BY number") == applied

    # Steps that were run and then changed are found, and so are those of a newer version.
    database.query("UPDATE shrinkr_migrations SET checksum = repeat('0', length(checksum)) WHERE number = 1")
    for arguments in ([], ["--check"], ["status"]):
        changed = worker.run("migrate", *arguments)
        assert changed.returncode == 1 and "0001-initial" in changed.stdout + changed.stderr, changed


def steps_run(said):
    return int(re.search(r"steps that were run: (\d+)", said)[1])


def test_migrate_of_many_at_once(services, database):
    """One runs each step, the others wait for it and find nothing to do; nobody fails."""
    api, _ = services
    with ThreadPoolExecutor(MIGRATIONS) as pool:
        runs = list(pool.map(lambda _: api.run("migrate", timeout=300), range(MIGRATIONS)))
    assert [run.returncode for run in runs] == [0] * MIGRATIONS, [run for run in runs if run.returncode][:3]
    applied = database.query("SELECT number FROM shrinkr_migrations ORDER BY number")
    assert applied == [[str(number + 1)] for number in range(len(applied))]
    assert sum(steps_run(run.stdout) for run in runs) == len(applied)
    api.start()
    assert api.client().follow(api.client().create()["code"]).status == 302
