"""The command line: help, clear refusals, exit codes, health checks."""

import json
import subprocess

import pytest

from support.program import clean_environment
from support.waiting import eventually, free_port

ALL = ["shrinkr", "shrinkr-api", "shrinkr-worker"]


def run(binaries, tmp_path, name, *arguments, **settings):
    """Runs an executable to its end; one that starts serving instead of refusing is ended and fails the test."""
    environment = clean_environment(tmp_path) | {
        "SHRINKR_DATA_DIR": str(tmp_path / "data"), "SHRINKR_DATABASE_URL": f"sqlite:{tmp_path}/data/shrinkr.db",
    } | settings  # fmt: skip
    return subprocess.run(
        [binaries / name, *arguments], env=environment, cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True,
        text=True, timeout=20,
    )  # fmt: skip


def assert_refused(done, *words):
    """Exit code 2 and one sentence on standard error that names what is wrong: no usage text, no stack trace."""
    assert done.returncode == 2, (done.returncode, done.stdout, done.stderr)
    lines = [line for line in done.stderr.strip().splitlines() if line.strip()]
    assert len(lines) == 1, done.stderr
    assert all(word in lines[0] for word in words), (words, lines)


@pytest.mark.parametrize("name", ALL)
def test_help(binaries, tmp_path, name):
    done = run(binaries, tmp_path, name, "--help")
    assert done.returncode == 0
    assert name in done.stdout and "healthcheck" in done.stdout
    assert ("keys" in done.stdout) == (name != "shrinkr-worker")
    serve = run(binaries, tmp_path, name, "serve", "--help")
    assert serve.returncode == 0 and "--data-dir" in serve.stdout


@pytest.mark.parametrize("name", ALL)
def test_unknown_flag_and_subcommand(binaries, tmp_path, name):
    for arguments in (["--no-such-flag"], ["no-such-command"]):
        done = run(binaries, tmp_path, name, *arguments)
        assert done.returncode == 2, done
        assert done.stderr and not done.stdout
        assert not (tmp_path / "data").exists(), "a wrong command line leaves nothing behind"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SHRINKR_HTTP_PORT", "80x"),
        ("SHRINKR_HTTP_PORT", "70000"),
        ("SHRINKR_ADMIN_PORT", "-1"),
        ("SHRINKR_BASE_URL", "example.com"),
        ("SHRINKR_DATABASE_URL", "mysql://localhost/"),
        ("SHRINKR_REPORTS_URL", "ftp://localhost/"),
        ("SHRINKR_CLICK_QUEUE_URL", "queue"),
        ("SHRINKR_FLUSH_INTERVAL", "soon"),
        ("SHRINKR_TRUSTED_PROXIES", "everybody"),
        ("SHRINKR_LOG_LEVEL", "loud"),
        ("SHRINKR_LOG_FORMAT", "xml"),
    ],
)
def test_a_malformed_setting_is_named(binaries, tmp_path, variable, value):
    done = run(binaries, tmp_path, "shrinkr", **{variable: value})
    assert_refused(done, variable)


def test_a_malformed_flag_is_named(binaries, tmp_path):
    done = run(binaries, tmp_path, "shrinkr", "serve", "--http-port", "80x")
    assert_refused(done, "--http-port")


@pytest.mark.parametrize("name", ["shrinkr-api", "shrinkr-worker"])
def test_a_malformed_setting_is_named_by_the_services_too(binaries, tmp_path, name):
    queue = {"SHRINKR_CLICK_QUEUE_URL": "http://127.0.0.1:1/1/q", "SHRINKR_REPORTS_URL": "s3://bucket/prefix"}
    done = run(binaries, tmp_path, name, SHRINKR_ADMIN_PORT="80x", **queue)
    assert_refused(done, "SHRINKR_ADMIN_PORT")


def test_secrets_are_not_repeated(binaries, tmp_path):
    done = run(binaries, tmp_path, "shrinkr", SHRINKR_DATABASE_URL="mysql://user:hunter2-secret@localhost/db")
    assert "hunter2-secret" not in done.stdout + done.stderr


def test_flags_override_variables(launch):
    port = free_port()
    server = launch.make("shrinkr", arguments=["serve", "--http-port", str(port)], SHRINKR_BASE_URL=None)
    server.start()
    server.port = port
    server.url = f"http://127.0.0.1:{port}"
    assert server.client().get("/health").status == 200


def test_unknown_variables_are_reported(launch):
    """A misspelt variable is named. Whether the program then starts is its own business."""
    server = launch.make("shrinkr", SHRINKR_HTTP_PROT="9000").start(wait=False)
    eventually(lambda: "SHRINKR_HTTP_PROT" in server.log(), within=20, what="the unknown variable is named")
    if server.is_running:
        server.wait_until_ready()


@pytest.mark.parametrize("name", ["shrinkr", "shrinkr-api"])
@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_it_does_not_listen_to_the_world_without_a_key(binaries, tmp_path, name, host):
    queue = (
        {"SHRINKR_CLICK_QUEUE_URL": "http://127.0.0.1:1/1/q", "AWS_REGION": "eu-central-1"} if name != "shrinkr" else {}
    )
    done = run(binaries, tmp_path, name, SHRINKR_HTTP_HOST=host, SHRINKR_HTTP_PORT=str(free_port()), **queue)
    assert_refused(done, "SHRINKR_API_KEY")


@pytest.mark.parametrize("key", ["short", "passwordpassword", "a-key-for-this-machine-only", "0123456789abcdef" * 2])
def test_a_key_that_somebody_could_guess(binaries, tmp_path, key):
    done = run(binaries, tmp_path, "shrinkr", SHRINKR_API_KEY=key, SHRINKR_HTTP_PORT=str(free_port()))
    assert_refused(done, "SHRINKR_API_KEY")
    assert "openssl rand -hex 32" in done.stderr and key not in done.stderr


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SHRINKR_LIMIT_WRONG_KEYS", "60"),
        ("SHRINKR_LIMIT_UNKNOWN_CODES", "1/100ms"),
        ("SHRINKR_LIMIT_CREATES", "-1/1m"),
        ("SHRINKR_API_HOSTS", "http://sho.rt"),
        ("SHRINKR_ADMIN_HOSTS", "metrics:8001"),
        ("SHRINKR_ACCESS_LOG", "maybe"),
    ],
)
def test_settings_of_access_that_mean_nothing(binaries, tmp_path, variable, value):
    assert_refused(run(binaries, tmp_path, "shrinkr", **{variable: value}), variable)


def test_a_second_process_on_the_same_data_directory(launch, tmp_path):
    first = launch.start("shrinkr")
    second = first.run(
        "serve", SHRINKR_HTTP_PORT=str(free_port()), SHRINKR_ADMIN_PORT=str(free_port()), SHRINKR_BASE_URL=None
    )
    assert second.returncode != 0
    assert str(first.data_directory) in second.stderr, second.stderr
    assert "Fatal error" not in second.stderr
    assert first.client().get("/health").status == 200
    # Once the first is gone, even by force, the directory is free.
    first.kill()
    first.start()


def test_a_port_that_is_taken(launch):
    first = launch.start("shrinkr")
    second = launch.make("shrinkr", SHRINKR_HTTP_PORT=str(first.port)).start(wait=False)
    assert second.wait(within=20) != 0
    assert str(first.port) in second.log()
    assert "Fatal error" not in second.log()


def test_healthcheck(launch, services):
    server = launch.make("shrinkr")
    assert server.run("healthcheck").returncode == 1
    server.start()
    assert server.run("healthcheck").returncode == 0
    server.stop()
    assert server.run("healthcheck").returncode == 1

    api, worker = services
    for service in (api, worker):
        assert service.run("healthcheck").returncode == 1
    api.start()
    worker.start()
    for service in (api, worker):
        done = service.run("healthcheck")
        assert done.returncode == 0, done
        service.stop()
        assert service.run("healthcheck").returncode == 1


def test_admin_port(launch):
    server = launch.start("shrinkr", SHRINKR_FLUSH_INTERVAL="1s")
    assert server.admin.get("/livez").status == 200
    client = server.client()
    client.create(code="metered")
    for _ in range(3):
        client.follow("metered")
    metrics = server.admin.get("/metrics")
    assert metrics.status == 200
    assert metrics.media_type == "text/plain"
    assert "shrinkr_clicks_dropped_total 0" in metrics.text
    assert "metered" not in metrics.text, "labels are bounded: no link is one"
    # The public port does not show them.
    for path in ("/metrics", "/livez", "/readyz"):
        assert client.get(path).status == 404


def test_logs_are_json_lines_away_from_a_terminal(launch):
    server = launch.start("shrinkr")
    lines = [json.loads(line) for line in server.log().splitlines()]
    assert any("listening" in json.dumps(line) for line in lines)


def test_the_worker_says_that_it_is_consuming(services):
    _, worker = services
    worker.start()
    eventually(lambda: "consuming" in worker.log(), within=10, what="the worker says that it is consuming")
