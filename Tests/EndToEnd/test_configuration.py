"""Every setting with every kind of wrong value: refused at the start, before anybody reads "listening", in one sentence
with the name of what was set and an example."""

import os
import socket
import subprocess

import pytest

from support.program import clean_environment
from support.waiting import free_port

KEY = "612b6cd52d39f5ab1ddd2106dcae6e9fb39cfd4b8abead78852010116895cea8"
SQS = "https://sqs.eu-central-1.amazonaws.com/123456789012/"
# Setting, value, what the sentence has to say.
WRONG = [
    ("http-host", "*", "not an IP address"),
    ("http-host", "0", "not an IP address"),
    ("http-host", "127.1", "not an IP address"),
    ("http-host", "http://localhost", "not an IP address"),
    ("http-host", "192.0.2.1", "no address of this machine"),
    ("http-host", "no-such-name.invalid", "cannot resolve"),
    ("admin-host", "*", "not an IP address"),
    ("admin-host", "192.0.2.1", "no address of this machine"),
    ("admin-host", "no-such-name.invalid", "cannot resolve"),
    ("base-url", "example.com", "http://"),
    ("base-url", "ftp://example.com", "scheme"),
    ("base-url", "https://", "host"),
    ("base-url", "https://h.example/s", "a host name of its own"),
    ("base-url", "https://h.example/s/", "a host name of its own"),
    ("base-url", "https://h.example?x", "query"),
    ("base-url", "https://h.example/#x", "fragment"),
    ("base-url", "http://0.0.0.0:8000", "nobody can open"),
    ("base-url", "https://*", "nobody can open"),
    ("base-url", "https://*.example.com", "nobody can open"),
    ("base-url", "https://user:hunter2@h.example", "password"),
    ("click-queue-url", SQS + "clicks.fifo", "FIFO"),
    ("click-queue-url", SQS, "queue"),
    ("click-queue-url", "arn:aws:sqs:eu-central-1:123456789012:clicks", "ARN"),
    ("reports-url", "ftp://x", "file:"),
    ("reports-url", "s3://", "bucket"),
    ("reports-url", "s3://Bucket/x", "bucket"),
    ("reports-url", "file:/proc/x", "cannot be made"),
    ("reports-url", "file:/etc/hostname", "a file, not a folder"),
    ("data-dir", "/proc/x", "/proc/x"),
    ("data-dir", "/etc/hostname", "a file, not a folder"),
    ("data-dir", "/etc/hostname/x", "cannot be made"),
    ("database-url", "mysql://localhost/", "sqlite"),
    ("database-url", "sqlite:/", "no file"),
    ("database-url", "sqlite:/etc", "no file"),
    ("database-url", "sqlite:/proc/x/y.db", "cannot"),
    ("database-url", "sqlite:/etc/os-release", "not an SQLite database"),
    ("denied-domains-file", "/no/such/file", "cannot be read"),
    ("denied-domains-file", "/etc", "a folder"),
    ("trusted-proxies", "everybody", "networks"),
    ("trusted-proxies", "10.0.0.0/33", "networks"),
    ("country-header", "a b", "header"),
    ("cors-origins", "app.example.com", "origins"),
    ("cors-origins", "https://app.example.com/", "slash"),
    ("http-port", "80x", "0 to 65535"),
    ("admin-port", "65536", "0 to 65535"),
    ("flush-interval", "5", "10ms to 1h"),
    ("cache-size", "5MB", "KiB"),
    ("receivers", "0", "1 to 16"),
    ("drain-delay", "60s", "SHRINKR_SHUTDOWN_TIMEOUT"),
    ("log-level", "loud", "debug"),
    ("log-format", "xml", "text or json"),
    ("api-hosts", "http://x", "host"),
    ("admin-hosts", "a/b", "host"),
    ("code-case", "upper", "insensitive or sensitive"),
    ("limit-wrong-keys", "60", "a number and a time"),
    ("limit-unknown-codes", "60/0s", "a number and a time"),
    ("limit-creates", "fast", "a number and a time"),
    ("access-log", "maybe", "on or off"),
    ("redirect-lane", "maybe", "on or off"),
    ("query-timeout", "0s", "100ms to 1h"),
    ("http-max-connections-per-client", "0", "1 to 1000000"),
]


def run(binaries, folder, *arguments, name="shrinkr", **settings):
    environment = clean_environment(folder) | {
        "SHRINKR_HTTP_PORT": "0", "SHRINKR_ADMIN_PORT": "0", "SHRINKR_API_KEY": KEY, "AWS_REGION": "eu-central-1",
    } | settings  # fmt: skip
    return subprocess.run(
        [binaries / name, *arguments], env={k: v for k, v in environment.items() if v is not None}, cwd=folder,
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20,
    )  # fmt: skip


def sentence(done):
    assert done.returncode == 2, (done.returncode, done.stdout, done.stderr)
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1 and done.stdout == "", done
    assert "listening" not in done.stderr and "hunter2" not in done.stderr and "Domain=" not in done.stderr
    return lines[0]


@pytest.mark.parametrize(("setting", "value", "words"), WRONG)
def test_wrong_values(binaries, tmp_path, setting, value, words):
    variable = "SHRINKR_" + setting.replace("-", "_").upper()
    said = sentence(run(binaries, tmp_path, **{variable: value}))
    assert said.startswith(f"shrinkr: {variable} (or --{setting}) "), said
    assert words in said and "; for example: " in said, said


@pytest.mark.parametrize("setting", ["data-dir", "reports-url", "database-url", "denied-domains-file"])
@pytest.mark.skipif(os.geteuid() == 0 and not os.path.exists("/usr/bin/setpriv"), reason="root may write anywhere")
def test_places_without_rights(binaries, tmp_path, setting):
    """As a user who may not: root may everything."""
    closed = tmp_path / "closed"
    closed.mkdir()
    (closed / "denied.txt").write_text("example.com\n")
    closed.chmod(0o000)
    prefix = {"reports-url": "file:", "database-url": "sqlite:"}.get(setting, "")
    file = {"database-url": "/x.db", "denied-domains-file": "/denied.txt"}.get(setting, "/x")
    own = tmp_path / "own"
    own.mkdir(mode=0o777)
    own.chmod(0o777)
    for folder in [tmp_path, *tmp_path.parents]:
        if folder.stat().st_uid == os.geteuid() and folder != folder.parent and "pytest" in str(folder):
            folder.chmod(0o755)
    flags = [f"--{setting}", f"{prefix}{closed}{file}"]
    environment = clean_environment(own) | {
        "SHRINKR_HTTP_PORT": "0", "SHRINKR_ADMIN_PORT": "0",
        **({} if setting == "data-dir" else {"SHRINKR_DATA_DIR": str(own / "data")}),
    }  # fmt: skip
    drop = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*drop, binaries / "shrinkr", *flags], env=environment, cwd="/", stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=20,
    )  # fmt: skip
    closed.chmod(0o700)
    said = sentence(done)
    assert f"(or --{setting})" in said and "denied" in said, said


@pytest.mark.parametrize("setting", ["http-port", "admin-port"])
@pytest.mark.parametrize("name", ["shrinkr", "shrinkr-api", "shrinkr-worker"])
def test_a_taken_port_is_named_by_its_flag(binaries, tmp_path, name, setting):
    if (name, setting) == ("shrinkr-worker", "http-port"):
        return
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        queue = {} if name == "shrinkr" else {"SHRINKR_CLICK_QUEUE_URL": SQS + "clicks"}
        own = {"SHRINKR_" + setting.replace("-", "_").upper(): None}
        if name == "shrinkr-worker":
            own["SHRINKR_HTTP_PORT"] = None
        done = run(binaries, tmp_path, f"--{setting}", port, name=name, **queue | own)
    said = sentence(done)
    assert f"--{setting}) is {port}, which another program on 127.0.0.1 has taken" in said


def test_one_port_for_both(binaries, tmp_path):
    port = str(free_port())
    said = sentence(run(binaries, tmp_path, SHRINKR_HTTP_PORT=port, SHRINKR_ADMIN_PORT=port))
    assert "SHRINKR_ADMIN_PORT" in said and "SHRINKR_HTTP_PORT" in said


def test_a_derived_path_blames_what_was_set(binaries, tmp_path):
    """The database lies in the data directory unless it is named: nobody has set SHRINKR_DATABASE_URL here."""
    for arguments in (["--data-dir", "/proc/x"], ["keys", "list", "--data-dir", "/proc/x"]):
        said = sentence(run(binaries, tmp_path, *arguments))
        assert "data-dir" in said and "DATABASE_URL" not in said and "REPORTS_URL" not in said


def test_a_file_in_place_of_the_default_folder(binaries, tmp_path):
    (tmp_path / ".shrinkr").write_text("")
    said = sentence(run(binaries, tmp_path))
    assert said.startswith("shrinkr: SHRINKR_DATA_DIR (or --data-dir) leads to '.shrinkr', which is a file")


@pytest.mark.parametrize("origins", ["*", "https://app.example.com"])
def test_pages_of_others_need_a_key(binaries, tmp_path, origins):
    said = sentence(run(binaries, tmp_path, SHRINKR_CORS_ORIGINS=origins, SHRINKR_API_KEY=None))
    assert "SHRINKR_CORS_ORIGINS" in said and "keys create" in said


def test_a_free_port_is_in_the_short_links(launch):
    """Port 0 takes a free one; what is made there can be followed."""
    server = launch.make("shrinkr", SHRINKR_HTTP_PORT="0", SHRINKR_BASE_URL=None)
    server.start()
    [line] = server.log_lines("listening")
    port = int(line["http.port"])
    assert line["base.url"] == f"http://127.0.0.1:{port}" and port > 0


def test_a_misspelt_variable_gets_a_suggestion(launch):
    server = launch.start("shrinkr", SHRINKR_HTTP_PROT="9000")
    [line] = server.log_lines("Unknown variable ignored")
    assert line["variable"] == "SHRINKR_HTTP_PROT" and line["meant"] == "SHRINKR_HTTP_PORT"
