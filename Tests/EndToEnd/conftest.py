"""Fixtures of the end-to-end tests: the release binaries as processes, judged from outside.

SHRINKR_BIN_DIR names the folder of the binaries; by default `.build/release` of this checkout.
"""

import contextlib
import os
from pathlib import Path

import pytest

from support.aws import AWS, Bucket, Queue
from support.program import Launcher
from support.services import make_services
from support.stage import Stage

REPOSITORY = Path(__file__).resolve().parents[2]
PROGRAMS = ["shrinkr", "shrinkr-api", "shrinkr-worker"]
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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed:
        for node in item.listchain():
            for launcher in node.stash.get(_launchers, []):
                report.sections += [(f"log of {path}", text) for path, text in launcher.logs()]
    return report
