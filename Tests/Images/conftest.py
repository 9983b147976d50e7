"""Fixtures of the images' tests. `make image-test` builds the images and runs these."""

import pytest

from EndToEnd.support.aws import AWS, Bucket, Queue
from support.docker import Container, Volume
from support.image import Image

IMAGES = ["api", "worker", "shrinkr"]
pytest_plugins = ["suite_progress"]
_measured = pytest.StashKey()


@pytest.fixture(scope="session")
def images():
    return {name: Image(name) for name in IMAGES}


@pytest.fixture(params=IMAGES)
def image(images, request):
    return images[request.param]


@pytest.fixture
def measured(request):
    """Takes lines about sizes and times, which are told at the end and judged by nobody."""
    return request.config.stash.setdefault(_measured, [])


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
def volume():
    """The data directory of a test's containers."""
    volume = Volume()
    yield volume
    volume.remove()


@pytest.fixture
def containers(volume):
    """Every container of a test, for its log and its end."""
    containers = []
    yield containers
    for container in containers:
        container.remove()


@pytest.fixture
def make(containers, volume, aws, queue, bucket):
    """Makes a container of a service, not started, that is configured as on ECS but for one shared SQLite file."""

    def make(service, *, options=(), **settings):
        key = {"SHRINKR_API_KEY": "01d89a024cdce7a6d7288ff68c320f89f1347e0cdd905ecf"}
        # All in one needs nothing else.
        common = {} if service == "shrinkr" else aws.environment() | {"SHRINKR_CLICK_QUEUE_URL": queue.url}
        own = {
            "shrinkr": key,
            "api": key | {"SHRINKR_SEAL_INTERVAL": "100ms"},
            "worker": {"SHRINKR_REPORTS_URL": f"s3://{bucket.name}/stats", "SHRINKR_FLUSH_INTERVAL": "1s"},
        }
        container = Container(service, common | own[service] | settings, volume=volume, options=options)
        containers.append(container)
        return container

    return make


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed:
        containers = getattr(item, "funcargs", {}).get("containers", [])
        report.sections += [(f"log of {container.image}", container.log()[-20_000:]) for container in containers]
    return report


def pytest_terminal_summary(terminalreporter, config):
    for line in config.stash.get(_measured, []):
        terminalreporter.write_line(line)
