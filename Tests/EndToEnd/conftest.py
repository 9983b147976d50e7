"""Fixtures of the end-to-end tests: the release binaries as processes, judged from outside.

SHRINKR_BIN_DIR names the folder of the binaries; by default `.build/release` of this checkout.
"""

import contextlib
import os
import subprocess
from pathlib import Path

import pytest

from support.aws import AWS, Bucket, Queue
from support.postgresql import Pooler, Server
from support.program import Launcher
from support.services import make_services
from support.stage import Stage

REPOSITORY = Path(__file__).resolve().parents[2]
PROGRAMS = ["shrinkr", "shrinkr-api", "shrinkr-worker"]

pytest_plugins = ["suite_progress"]
# Files with tests of 10 seconds and more, so that none of these is the last to begin.
LONGEST_FIRST = [
    "test_openapi", "test_poison", "test_journal_damage", "test_restart_everything", "test_load_with_restarts",
    "test_torture", "test_postgresql_faults", "test_postgresql_coherence", "test_postgresql_upgrade",
    "test_postgresql_rotation", "test_shutdown_cut_short", "test_races", "test_poison_kinds", "test_store_faults",
    "test_disk_faults",
    "test_queue_faults",
    "test_ledger", "test_hostile_http_parsing", "test_hostile_http_slow_clients", "test_shutdown",
    "test_aws_access_faults", "test_report_faults", "test_copy_store", "test_slow_disk",
]  # fmt: skip
# Into how many parts a file is divided whose tests share only what is made anew in a moment.
DIVIDED = {"test_journal_damage": 4, "test_hostile_http_parsing": 3, "test_hostile_http_slow_clients": 3}
_launchers = pytest.StashKey()


@pytest.fixture(scope="session")
def binaries():
    folder = Path(os.environ.get("SHRINKR_BIN_DIR") or REPOSITORY / ".build" / "release").resolve()
    missing = [name for name in PROGRAMS if not os.access(folder / name, os.X_OK)]
    if missing:
        pytest.exit(f"{', '.join(missing)} not in {folder}: build first, or set SHRINKR_BIN_DIR", returncode=2)
    return folder


def _launcher(request, binaries, directory):
    launcher = Launcher(binaries, directory)
    request.node.stash.setdefault(_launchers, []).append(launcher)
    yield launcher
    launcher.stop_all()


@pytest.fixture
def launch(request, binaries, tmp_path):
    """Starts programs for one test."""
    yield from _launcher(request, binaries, tmp_path)


@pytest.fixture(scope="module")
def shared_launch(request, binaries, tmp_path_factory):
    yield from _launcher(request, binaries, tmp_path_factory.mktemp("shared"))


@pytest.fixture(scope="module")
def server(shared_launch):
    """One `shrinkr` for all tests of a file that leave nothing behind which another could trip over."""
    return shared_launch.start("shrinkr", SHRINKR_FLUSH_INTERVAL="1s")


@pytest.fixture(scope="module")
def client(server):
    return server.client()


@pytest.fixture(scope="session")
def aws(tmp_path_factory):
    aws = AWS(tmp_path_factory.mktemp("aws")).start()
    yield aws
    aws.stop()


@pytest.fixture
def queue(aws):
    return Queue(aws)


@pytest.fixture
def bucket(aws):
    return Bucket(aws)


@pytest.fixture
def services(launch, aws, queue, bucket, tmp_path):
    """`shrinkr-api` and `shrinkr-worker`, ready to be started: SQS between them, S3 behind, one SQLite file."""
    return make_services(launch, aws, queue, bucket, tmp_path)


@pytest.fixture
def make_stage(launch, aws, tmp_path):
    """Makes the services, not started, with a fault proxy between them and AWS."""
    with contextlib.ExitStack() as stages:
        yield lambda **options: stages.enter_context(Stage(launch, aws, tmp_path, **options))


@pytest.fixture(scope="session")
def knows_postgresql(binaries):
    """Skips what needs PostgreSQL where the programs were built without it."""
    command = [binaries / "shrinkr-api", "migrate", "status", "--database-url", "postgresql://u@127.0.0.1:1/none"]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60).stderr
    if "built without PostgreSQL" in said:
        pytest.skip("the programs were built without PostgreSQL (SWIFT_FLAGS='--traits PostgreSQL')")


@pytest.fixture(scope="session")
def postgresql(knows_postgresql):
    """One server, where each test gets a database of its own."""
    with Server() as server:
        yield server


@pytest.fixture
def database(postgresql):
    """An empty database. The test may do with its server what it likes, but for its settings."""
    postgresql.recover()
    database = postgresql.database()
    yield database
    postgresql.recover()
    database.drop()


@pytest.fixture
def make_server(knows_postgresql):
    """Starts servers of the test's own, which run until its programs have ended."""
    with contextlib.ExitStack() as servers:
        yield lambda **options: servers.enter_context(Server(**options))


@pytest.fixture
def pooler(postgresql):
    with Pooler(postgresql) as pooler:
        yield pooler


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed:
        for node in item.listchain():
            for launcher in node.stash.get(_launchers, []):
                report.sections += [(f"log of {path}", text) for path, text in launcher.logs()]
    return report
