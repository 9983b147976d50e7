"""The images as they run on ECS: restricted, SQS between them, reports in S3, and a volume for the journal."""

from datetime import datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest

from EndToEnd.support.checks import assert_clicks, assert_drained, report_tallies
from EndToEnd.support.times import UTC, parse
from EndToEnd.support.waiting import eventually, free_port
from support.docker import docker, inspect

ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Casablanca", "UTC"]


def follow(client, codes, times):
    for code in codes:
        for _ in range(times):
            assert client.follow(code).status == 302
    return {code: times for code in codes}


def test_clicks_reach_statistics_and_reports(make, queue, bucket, measured):
    api, worker = make("api"), make("worker")
    for container in (api, worker):
        seconds = container.start()
        memory = resident_megabytes(container)
        measured.append(f"{container.image}: ready after {seconds:.2f} s, {memory:.0f} MB in memory")
    client = api.client()
    expected = follow(client, client.create_many(3, "image"), times=4)
    assert_clicks(client, expected)
    assert_drained(queue)

    def reported():
        files = [bucket.read(key) for key in bucket.list() if "/hourly/" in key]
        return {code: sum(tally) for code, tally in report_tallies(files).items()} == expected

    eventually(reported, within=90, what="the reports in the bucket say the same")
    for container in (api, worker):
        assert container.stop() == 0, container.log()


def test_all_in_one_keeps_everything_on_its_volume(make):
    """Links and counts are there after its container is gone."""
    first = make("shrinkr")
    first.start()
    client = first.client()
    expected = follow(client, client.create_many(2, "one"), times=3)
    assert_clicks(client, expected)
    first.stop()
    second = make("shrinkr")
    second.start()
    assert_clicks(second.client(), expected)


def resident_megabytes(container):
    status = open(f"/proc/{container.state['Pid']}/status").read()
    return int(status.split("VmRSS:")[1].split()[0]) * 1024 / 1_000_000


@pytest.mark.parametrize("init", [True, False], ids=["with an init process", "as process 1"])
def test_a_signal_ends_them_in_order(make, queue, init):
    """Nothing under way is lost, whether ECS puts an init process before the program or not."""
    options = ["--init"] if init else []
    # Nothing leaves for the queue, and nothing is counted, but by the orderly end.
    api = make("api", options=options, SHRINKR_SEAL_INTERVAL="10m")
    worker = make("worker", options=options, SHRINKR_FLUSH_INTERVAL="10m")
    api.start()
    expected = follow(api.client(), [api.client().create()["code"]], times=5)
    assert queue.size() == 0
    assert api.stop() == 0, api.log()
    assert queue.size() > 0
    worker.start()
    eventually(lambda: holds_frames(worker), what="the worker has the clicks")
    assert worker.stop() == 0, worker.log()
    assert_drained(queue)
    api.start()
    assert_clicks(api.client(), expected)


def holds_frames(worker):
    return "\nshrinkr_worker_window_frames 1" in worker.admin.get("/metrics").text


def test_a_killed_container_loses_no_click(make, queue):
    """The next one on the same volume sends what is in the journal; meanwhile there was no SQS at all."""
    api = make("api", AWS_ENDPOINT_URL=f"http://127.0.0.1:{free_port()}")
    api.start()
    expected = follow(api.client(), [api.client().create()["code"]], times=5)
    api.signal("KILL")
    assert api.wait() == 137 and queue.size() == 0
    for container in (following := make("api"), make("worker")):
        container.start()
    assert_clicks(following.client(), expected)


def test_they_run_as_our_user_in_a_file_system_that_is_read_only(make):
    api, worker = make("api"), make("worker")
    for container in (api, worker):
        container.start()
        assert owner_of_process(container) == inspect(container.name)["Config"]["User"].split(":")[0]
        assert inspect(container.name)["HostConfig"]["ReadonlyRootfs"] is True
        # Only the data directory has been written to.
        assert docker("diff", container.name).stdout.split() in ([], ["C", "/var", "C", "/var/lib"])


def owner_of_process(container):
    """Asked of the kernel: Docker's own answer is a name, where the host has one."""
    status = open(f"/proc/{container.state['Pid']}/status").read()
    return status.split("Uid:")[1].split()[0]


@pytest.mark.parametrize("service", ["api", "worker"])
def test_docker_sees_whether_they_are_well(make, service):
    """By our own subcommand. A program that hangs is not well, and one that goes on is."""
    often = ["--health-interval", "1s", "--health-timeout", "2s", "--health-retries", "1"]
    container = make(service, options=often)
    container.start()
    container.wait_until("healthy")
    container.signal("STOP")
    container.wait_until("unhealthy")
    container.signal("CONT")
    container.wait_until("healthy")


@pytest.mark.parametrize("service", ["api", "worker"])
def test_the_health_check_fails_where_nobody_listens(make, service):
    container = make(service)
    container.start()
    assert container.ask("healthcheck").returncode == 0
    dead = container.ask("healthcheck", "--admin-port", str(free_port()))
    assert dead.returncode == 1 and dead.stderr.strip()


@pytest.mark.parametrize("zone", ZONES)
def test_time_zones_work(zone_api, zone):
    """Days of 23, 24 and 25 hours, as another implementation has them: the image brings its own time zone data."""
    local = ZoneInfo(zone)
    for first in (datetime(2025, 2, 25), datetime(2025, 10, 1), datetime(2025, 3, 25)):
        days = [(first + timedelta(days=n)).replace(tzinfo=local) for n in range(15)]
        query = {"from": days[0].isoformat(), "to": days[-1].isoformat(), "interval": "day", "tz": zone}
        series = zone_api.stats(query=urlencode(query))["series"]
        assert [parse(point["t"]) for point in series] == [day.astimezone(UTC) for day in days[:-1]]


@pytest.fixture
def zone_api(make):
    api = make("api")
    api.start()
    return api.client()


def test_keys_are_made_in_the_container(make):
    """What the README tells operators to do, where there is no shell."""
    api = make("api")
    api.start()
    made = api.ask("keys", "create", "--name", "ci", "--scope", "links:read")
    assert made.returncode == 0, made.stderr
    assert "ci" in api.ask("keys", "list").stdout
