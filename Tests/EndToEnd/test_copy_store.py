"""`copy-store`: a machine's SQLite file moves to a PostgreSQL server and back, whatever ends it on the way."""

import signal
import subprocess
from collections import Counter

import pytest

from support.checks import assert_clicks
from support.client import assert_problem
from support.database import opened
from support.services import make_services

# Tables whose rows a test makes by hand, so that copies take long enough to be ended.
BUCKETS, VALUES = 4_000, 20_000


@pytest.fixture
def services(launch, aws, queue, bucket, tmp_path):
    return make_services(launch, aws, queue, bucket, tmp_path)


def copy(program, source, target, *arguments):
    return program.run("copy-store", "--from", source, "--to", target, *arguments, timeout=300)


def assert_copied(done):
    assert done.returncode == 0, done
    assert " holds what " in done.stdout
    assert "100 %: comparing folded_journals" in done.stderr, done


def counts(text):
    """How many rows the last lines say each table has."""
    rows = [line.split("\t") for line in text.splitlines() if line.count("\t") == 2]
    return Counter({table: int(count.removesuffix(" rows")) for table, count, _ in rows})


def test_two_services_move_to_a_server_and_back(services, database, tmp_path):
    api, worker = services
    file = api.settings["SHRINKR_DATABASE_URL"]
    api.start(), worker.start()
    client = api.client()
    codes = client.create_many(20, "moved")
    client.create("https://example.com/limited", code="limited", max_visits=2)
    client.create("https://example.com/gone", code="gone")
    assert client.delete("/api/v1/links/gone").status == 204
    once = {"json": {"url": "https://example.com/once"}, "headers": {"Idempotency-Key": "once"}}
    answer = client.post("/api/v1/links", **once).json()
    expected = Counter(limited=1)
    assert client.follow("limited").status == 302
    for code in codes[:7]:
        assert client.follow(code).status == 302
        expected[code] += 1
    assert_clicks(client, expected)

    # A program that runs would write where nobody looks any more.
    refused = copy(api, file, database.url)
    assert refused.returncode == 2 and "stop the programs" in refused.stderr, refused
    worker.stop(), api.stop()
    refused = copy(api, file, database.url)
    assert refused.returncode == 1 and "run `shrinkr-api migrate`" in refused.stderr, refused
    assert api.run("migrate", "--database-url", database.url).returncode == 0

    for place in (database.url, f"sqlite:{tmp_path}/back.db"):
        for program in services:
            if program.is_running:
                program.stop()
        assert_copied(copy(api, api.settings["SHRINKR_DATABASE_URL"], place))
        for program in services:
            program.settings["SHRINKR_DATABASE_URL"] = place
            program.start()
        client = api.client()
        # What was counted is, what is repeated gets its answer, and what is used up or gone stays so.
        assert_clicks(client, expected)
        assert client.post("/api/v1/links", **once).json() == answer
        assert_problem(client.post("/api/v1/links", json={"url": "https://example.com/", "code": "gone"}), 409, "alias-taken")
        assert client.follow("limited").status == (302 if place == database.url else 410)
        expected["limited"] += place == database.url
        new = client.create()["code"]
        assert new not in codes
        for code in [new, *codes[:3]]:
            assert client.follow(code).status == 302
            expected[code] += 1
        assert_clicks(client, expected)
    ledger = api.run("ledger")
    assert ledger.returncode == 0, ledger

    # What is copied is not written over.
    for program in services:
        program.stop()
    refused = copy(api, file, database.url)
    assert refused.returncode == 2 and "holds data already" in refused.stderr, refused


def fill(path):
    with opened(path) as file:
        file.execute("BEGIN")
        bucket = "INSERT INTO clicks_by_bucket (bucket, code, people, bots) VALUES (?, ?, ?, 1)"
        file.executemany(bucket, ((number // 4, f"code{number % 4}", number) for number in range(BUCKETS)))
        value = "INSERT INTO clicks_by_value (bucket, code, dimension, value, people, bots) VALUES (?, ?, 1, ?, 1, 0)"
        file.executemany(value, ((number // 40, f"code{number % 4}", f"{number}.é") for number in range(VALUES)))
        file.execute("COMMIT")


def begin(program, source, target):
    command = [program.executable, "copy-store", "--from", source, "--to", target]
    return subprocess.Popen(
        command, env=program.environment, cwd=program.directory, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_copies_that_are_killed_go_on(launch, postgresql, database, tmp_path):
    api = launch.make("shrinkr-api", SHRINKR_CLICK_QUEUE_URL=None)
    file = f"sqlite:{tmp_path}/source.db"
    assert api.run("keys", "create", "--name", "a", "--scope", "admin", "--database-url", file).returncode == 0
    fill(tmp_path / "source.db")
    assert api.run("migrate", "--database-url", database.url).returncode == 0
    # It tells of every table before it copies or compares it.
    for lines in range(1, 25):
        process = begin(api, file, database.url)
        said = [process.stderr.readline() for _ in range(lines)]
        process.kill()
        out, _ = process.communicate(timeout=60)
        if process.returncode == 0:
            break
        assert process.returncode == -signal.SIGKILL and said[-1], said
        if lines == 9:
            refused = api.run("keys", "list", "--database-url", database.url)
            assert refused.returncode != 0 and "is not finished" in refused.stderr, refused
            other = copy(api, f"sqlite:{tmp_path}/other.db", database.url)
            assert other.returncode == 2 and "There is no database" in other.stderr, other
    else:
        process = begin(api, file, database.url)
        process.stderr.readline()
        process.send_signal(signal.SIGSTOP)
        postgresql.crash()
        process.send_signal(signal.SIGCONT)
        out, error = process.communicate(timeout=60)
        assert process.returncode in (0, 1), error
    assert lines > 10
    done = copy(api, file, database.url)
    if process.returncode == 0:
        assert done.returncode == 2, done
    else:
        assert_copied(done)
        out = done.stdout
    assert counts(out)["clicks_by_value"] == VALUES
    for table, rows in {"clicks_by_bucket": BUCKETS, "clicks_by_value": VALUES, "api_keys": 1}.items():
        assert int(database.query(f"SELECT count(*) FROM {table}")[0][0]) == rows
    assert api.run("keys", "list", "--database-url", database.url).returncode == 0
