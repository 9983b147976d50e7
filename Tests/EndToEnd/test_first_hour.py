"""What a newcomer types in the first hour: the lines of the banner and of the help, slips, and the first key."""

import json
import os
import pty
import re
import subprocess
from pathlib import Path

import pytest

from support.client import Client
from support.nginx import examples
from support.program import clean_environment
from support.waiting import eventually, free_port

README = Path(__file__).resolve().parents[2] / "README.md"
PROGRAMS = ["shrinkr", "shrinkr-api", "shrinkr-worker"]


class Terminal:
    """A program that was started in a terminal, without any setting but flags."""

    def __init__(self, binaries, folder, *arguments, **settings):
        self.folder = folder
        self.program = str(binaries / "shrinkr")
        self.environment = clean_environment(folder) | settings
        ours, theirs = pty.openpty()
        self.ports = [free_port(), free_port()]
        flags = ["--http-port", str(self.ports[0]), "--admin-port", str(self.ports[1])]
        self.process = subprocess.Popen(
            [self.program, *flags, *arguments], cwd=folder, env=self.environment, stdin=theirs, stdout=theirs,
            stderr=theirs, close_fds=True,
        )  # fmt: skip
        os.close(theirs)
        self.output = ours

    def banner(self):
        seen = b""
        while b"Control-C" not in seen:
            assert self.process.poll() is None, seen.decode()
            seen += os.read(self.output, 65_536)
        return seen.decode().replace("\r\n", "\n")

    def paste(self, line):
        return subprocess.run(
            ["bash", "-c", line], cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=20,
        )  # fmt: skip

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=30)
        os.close(self.output)


def line(banner, label):
    """What stands after the label, a line that goes on after a backslash included."""
    return re.search(rf"^  {label}: +((?:.*\\\n)*.*)$", banner, re.MULTILINE)[1]


def test_the_lines_of_the_banner_paste(binaries, tmp_path):
    with Terminal(binaries, tmp_path) as terminal:
        banner = terminal.banner()
        made = terminal.paste("curl -sS --fail " + line(banner, "Make a link").removeprefix("curl "))
        assert json.loads(made.stdout)["code"] == "hello", (banner, made)
        followed = terminal.paste(line(banner, "Follow it"))
        assert followed.stdout.startswith("HTTP/1.1 302"), followed
        eventually(
            lambda: json.loads(terminal.paste(line(banner, "Its clicks")).stdout)["totals"]["clicks"] == 1,
            what="the click is counted",
        )  # fmt: skip
        key = terminal.paste(line(banner, "For others"))
        assert key.returncode == 0 and key.stdout.startswith("shk_"), key
        client = Client(f"http://127.0.0.1:{terminal.ports[0]}", key=key.stdout.strip())
        eventually(lambda: client.get("/api/v1/keys").status == 200, what="the first key may everything")


def test_the_lines_of_the_readme_paste_in_order(launch):
    """Statistics within three seconds, the report within ten, each click once in it."""
    server = launch.start("shrinkr")
    block = next(block for block in examples(README, "sh") if "hello" in block)
    lines = [line.partition("  #")[0].strip() for line in block.replace("\\\n", " ").strip().splitlines()]
    lines = [
        line.replace("127.0.0.1:8000", f"127.0.0.1:{server.port}").replace(".shrinkr", str(server.data_directory))
        for line in lines
    ]  # fmt: skip
    make, follow, stats, report = lines

    def paste(line):
        return subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=20).stdout

    assert json.loads(paste(make))["code"] == "hello"
    assert paste(follow).startswith("HTTP/1.1 302")
    eventually(lambda: json.loads(paste(stats))["totals"]["clicks"] == 1, within=10, what="the click is counted")
    [row] = eventually(lambda: paste(report).splitlines(), within=15, what="the report is there")
    assert '"hello"' in row


def test_the_banner_fits_the_configuration(binaries, tmp_path):
    key = "5f2b9d0c7e1a4836b8d3f6029ac47e15"
    arguments = ["--base-url", "https://go.example.com", "--data-dir", str(tmp_path / "my data")]
    with Terminal(binaries, tmp_path, *arguments, SHRINKR_API_KEY=key) as terminal:
        banner = terminal.banner()
    assert "Shrinkr answers at  https://go.example.com, and listens on http://127.0.0.1:" in banner
    for label in ("Make a link", "Its clicks"):
        assert "curl https://go.example.com/api/v1/links" in line(banner, label)
        assert "-H 'Authorization: Bearer KEY'" in line(banner, label)
    assert key not in banner
    assert f"--data-dir '{tmp_path}/my data'" in line(banner, "One more key")


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["serv"], "did you mean '{} serve'?"),
        (["serve", "--data-dri", "x"], "did you mean --data-dir?"),
    ],
)
def test_slips_get_a_suggestion(binaries, tmp_path, name, arguments, words):
    done = subprocess.run(
        [binaries / name, *arguments], cwd=tmp_path, env=clean_environment(tmp_path), capture_output=True, text=True,
        timeout=20,
    )  # fmt: skip
    assert done.returncode == 2 and words.format(name) in done.stderr, done


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["key", "create"], "did you mean 'shrinkr keys'?"),
        (["keys", "creat"], "did you mean 'shrinkr keys create'?"),
        (["keys", "create", "--nam", "x"], "did you mean --name?"),
        (["--port", "80"], "did you mean --http-port?"),
        (["--dir", "x"], "did you mean --data-dir?"),
        (["journal", "repare"], "did you mean 'shrinkr journal repair'?"),
    ],
)
def test_more_slips(binaries, tmp_path, arguments, words):
    done = subprocess.run(
        [binaries / "shrinkr", *arguments], cwd=tmp_path, env=clean_environment(tmp_path), capture_output=True,
        text=True, timeout=20,
    )  # fmt: skip
    assert done.returncode == 2 and words in done.stderr, done
    assert not list(tmp_path.iterdir()), "nothing is left behind"


def test_the_lines_of_the_help_can_be_typed(binaries, tmp_path):
    """In 80 columns none is broken, with the program named as after `make run`."""
    program = ".build/release/shrinkr"
    (tmp_path / ".build").mkdir()
    (tmp_path / ".build" / "release").symlink_to(binaries)
    done = subprocess.run([program, "--help"], cwd=tmp_path, capture_output=True, text=True, timeout=20)
    lines = [part.strip() for part in done.stdout.splitlines() if part.strip().startswith(program)]
    assert len(lines) == 8, done.stdout
    assert lines[0] == program and f"{program} keys create --name admin --scope admin" in lines
    [second] = [part for part in lines if "--http-port" in part]
    assert second.endswith(" --admin-port 9001 --data-dir two"), "two do not meet at one admin port"


def test_help_shows_what_matters(binaries):
    def help_of(*arguments):
        return subprocess.run(
            [binaries / "shrinkr", *arguments, "--help"], capture_output=True, text=True, timeout=20
        ).stdout

    create = help_of("keys", "create")
    assert "--data-dir" in create and "--scope" in create and "--scope admin" in create
    assert not any(flag in create for flag in ("--click-queue-url", "--admin-port", "--shutdown-timeout"))
    serve = help_of("serve")
    assert "SHRINKR_API_KEY" in serve and "--http-port" in serve
    assert "--admin-port" in help_of("healthcheck") and "--data-dir" not in help_of("healthcheck")


def test_the_first_key(launch):
    server = launch.start("shrinkr")
    made = server.run("keys", "create", "--name", "ci", "--scope", "links:write")
    assert made.returncode == 0 and "keys create --name admin --scope admin" in made.stderr
    assert str(server.data_directory / "shrinkr.db") in made.stderr
    admin = server.run("keys", "create", "--name", "admin", "--scope", "admin")
    assert admin.returncode == 0 and "--scope admin" not in admin.stderr
    listed = json.loads(server.run("keys", "list", "--format", "json").stdout)["data"]
    assert [(key["name"], key["scopes"], key["is_active"]) for key in listed] == [
        ("admin", ["admin"], True), ("ci", ["links:write"], True),
    ]  # fmt: skip
    same = server.client(admin.stdout.strip()).get("/api/v1/keys").json()["data"]
    assert [key["id"] for key in same] == [key["id"] for key in listed]


def test_no_database_is_made_by_accident(binaries, tmp_path):
    """In the wrong folder there is no server's database; where the place is named, a new one is said."""

    def create(*arguments):
        return subprocess.run(
            [binaries / "shrinkr", "keys", "create", "--name", "a", "--scope", "admin", *arguments], cwd=tmp_path,
            env=clean_environment(tmp_path), capture_output=True, text=True, timeout=20,
        )  # fmt: skip

    done = create()
    assert done.returncode == 2 and "There is no database at .shrinkr/shrinkr.db" in done.stderr
    assert not list(tmp_path.iterdir())
    done = create("--data-dir", "data")
    assert done.returncode == 0 and "New database, as there was none: data/shrinkr.db" in done.stderr
    again = create("--data-dir", "data")
    assert again.returncode == 0 and "Database: data/shrinkr.db" in again.stderr


def test_a_destination_on_this_machine_gets_a_hint(launch):
    answer = launch.start("shrinkr").client().post("/api/v1/links", json={"url": "http://localhost:3000/"})
    assert answer.status == 422 and "--allow-private-destinations" in answer.text
