"""shrinkr-deploy as people and scripts run it: what it prints where, and its exit codes."""

import json
import re
import signal
import subprocess

import pytest

from EndToEnd.support.waiting import free_port

TEMPLATE = """\
Parameters:
  Environment: {Type: String}
  ImageUri: {Type: String}
  Cpu: {Type: String, Default: "256", AllowedValues: ["256", "512"]}
"""
FILE = "gitops/environments/{}/api.deployment.yml"
IMAGE = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shrinkr/api:sha-"


def deployment_file(environment, more=""):
    return f"""\
template-file-path: "gitops/templates/api.yml"
parameters:
  Environment: "{environment}"
  ImageUri: "{IMAGE}{"0" * 40}"  # what runs
{more}tags:
  environment: "{environment}"
"""


class Folder:
    """A gitops/ of one service, and the program run beside it with nothing of this machine's settings."""

    def __init__(self, path, program):
        self.path, self.program = path, program
        self.write("gitops/templates/api.yml", TEMPLATE)
        self.write(FILE.format("devstg"), deployment_file("devstg"))
        self.write(FILE.format("prod"), deployment_file("prod", '  Cpu: "512"\n'))

    def write(self, name, text):
        (self.path / name).parent.mkdir(parents=True, exist_ok=True)
        (self.path / name).write_text(text)

    def environment(self, **variables):
        return {"HOME": str(self.path), "PATH": "/nowhere"} | variables

    def run(self, *arguments, **variables):
        return subprocess.run(
            [self.program, *arguments], cwd=self.path, env=self.environment(**variables), stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip

    def file(self, environment="devstg"):
        return self.path / FILE.format(environment)

    def edit(self, old, new, environment="devstg"):
        text = self.file(environment).read_text()
        assert old in text
        self.file(environment).write_text(text.replace(old, new))


@pytest.fixture
def folder(tmp_path, deploy_program):
    return Folder(tmp_path, deploy_program)


def test_version_and_help(folder):
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", folder.run("--version").stdout)
    for command in ([], ["check"], ["set-image"], ["promote"], ["diff"], ["verify"]):
        done = folder.run(*command, "--help")
        assert done.returncode == 0 and done.stderr == ""
        assert "USAGE: shrinkr-deploy" in done.stdout
        if command:
            assert "Exit codes:" in done.stdout


def test_check_lists_every_problem(folder):
    done = folder.run("check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "Deployment files in order: 2.\n", "")
    folder.edit("tags:", "Tags:")
    folder.edit("sha-" + "0" * 40, "latest", "prod")
    done = folder.run("check")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[0] == f"{FILE.format('devstg')}:5: has the key 'Tags', which must be written 'tags'"
    assert lines[1].startswith(f"{FILE.format('prod')}:4: the image has the tag 'latest'")
    assert len(lines) == 2
    assert done.stderr == "Problems: 2; deployment files: 2.\n"
    assert folder.run("check", FILE.format("devstg")).stdout.splitlines() == lines[:1]
    elsewhere = folder.run("check", "--gitops-dir", folder.path / "gitops")
    assert [line.removeprefix(f"{folder.path}/") for line in elsewhere.stdout.splitlines()] == lines


def test_set_image_changes_one_line(folder):
    before = folder.file().read_text()
    done = folder.run("set-image", "--file", FILE.format("devstg"), "--image-uri", IMAGE + "a" * 40)
    assert done.returncode == 0
    assert done.stdout == f"changed {FILE.format('devstg')}: {IMAGE}{'0' * 40} -> {IMAGE}{'a' * 40}\n"
    assert folder.file().read_text() == before.replace("0" * 40, "a" * 40)
    again = folder.run("set-image", "--file", FILE.format("devstg"), "--image-uri", IMAGE + "a" * 40)
    assert (again.returncode, again.stdout) == (0, f"unchanged {FILE.format('devstg')}: {IMAGE}{'a' * 40}\n")
    refused = folder.run("set-image", "--file", FILE.format("devstg"), "--image-uri", IMAGE[:-4] + "latest")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("shrinkr-deploy: The image has the tag 'latest'")
    assert folder.file().read_text() == before.replace("0" * 40, "a" * 40)


def test_an_image_is_promoted(folder):
    refused = folder.run("promote", "--from", "devstg", "--to", "prod", "--service", "api")
    assert refused.returncode == 1 and "names no image yet" in refused.stderr
    folder.edit("0" * 40, "b" * 40)
    assert folder.run("promote", "--from", "devstg", "--to", "prod", "--service", "api").stdout.startswith("changed ")
    assert IMAGE + "b" * 40 in folder.file("prod").read_text()
    assert folder.run("promote", "--from", "devstg", "--to", "prod", "--service", "api").stdout.startswith("unchanged ")


def test_diff_shows_what_differs(folder):
    done = folder.run("diff", "--from", "devstg", "--to", "prod", "--service", "api")
    assert done.returncode == 1
    assert done.stdout.splitlines()[0].split() == ["service", "what", "devstg", "prod"]
    assert ["api", "Cpu", "-", "512"] in [line.split() for line in done.stdout.splitlines()]
    assert "ImageUri" not in done.stdout
    folder.edit('  Cpu: "512"\n', "", "prod")
    done = folder.run("diff", "--from", "devstg", "--to", "prod", "--service", "api")
    assert (done.returncode, done.stdout) == (0, "devstg and prod differ in nothing.\n")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([["set-image"], ["promote", "--from", "devstg"], ["check", "--nonsense"], ["nonsense"]], 2),
        ([["diff", "--from", "devstg", "--to", "gone"], ["diff", "--from", "devstg", "--to", "devstg"]], 2),
        ([["check", "--gitops-dir", "gone"], ["promote", "--from", "a", "--to", "../b", "--service", "api"]], 2),
        ([["verify"], ["verify", "--environment", "gone"], ["verify", "--environment", "devstg", "--wait", "15"]], 3),
        ([["verify", "--environment", "devstg", "--expect-image", "x"], ["verify", "--nonsense"]], 3),
    ],
)
def test_what_cannot_be_asked_is_told_from_an_answer(folder, arguments, code):
    for line in arguments:
        done = folder.run(*line)
        assert (done.returncode, done.stdout) == (code, ""), line
        assert done.stderr.startswith("shrinkr-deploy: "), line


KEYS = {"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y"}


def test_verification_that_sees_nothing_cannot_tell(folder):
    assert "No AWS region is set" in folder.run("verify", "--environment", "devstg").stderr
    nowhere = KEYS | {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{free_port()}"}
    done = folder.run("verify", "--environment", "devstg", "--service", "api", "--format", "json", **nowhere)
    assert done.returncode == 3
    report = json.loads(done.stdout)
    assert (report["result"], report["exit_code"]) == ("cannot_tell", 3)
    results = {check["check"]: check["result"] for check in report["services"][0]["checks"]}
    assert results.pop("deployment_file") == "ok"
    assert len(results) == 10 and set(results.values()) == {"not_checked"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_waiting_can_be_interrupted(folder, number):
    variables = folder.environment(**KEYS, AWS_ENDPOINT_URL=f"http://127.0.0.1:{free_port()}")
    waiting = subprocess.Popen(
        [folder.program, "verify", "--environment", "devstg", "--service", "api", "--wait", "10m"],
        cwd=folder.path, env=variables, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert re.match(r"\d+s of 600s: api: cannot tell: ", waiting.stderr.readline())
    waiting.send_signal(number)
    assert waiting.wait(timeout=60) == -number
    assert waiting.stdout.read() == ""


class TestDoctor:
    ARGUMENTS = ("doctor", "--environment", "devstg", "--repository", "acme/links")

    def test_without_any_of_its_programs(self, folder):
        """It says what it can tell, and what it cannot."""
        done = folder.run(*self.ARGUMENTS)
        assert done.returncode == 1 and "there is no bootstrap/environments/devstg.tfvars" in done.stdout, done.stdout
        assert "cannot tell" in done.stdout and "acme/links" in done.stdout
        folder.write("gitops/bootstrap/environments/devstg.tfvars", TFVARS)
        done = folder.run(*self.ARGUMENTS, "--step", "1")
        assert done.returncode == 3 and re.search(r"^step 2  later .*AWS account", done.stdout, re.M), done.stdout

    def test_it_asks_the_programs_of_the_path(self, folder):
        folder.write("gitops/bootstrap/environments/devstg.tfvars", TFVARS)
        folder.write("bin/aws", "#!/bin/sh\necho 210987654321\n")
        (folder.path / "bin/aws").chmod(0o755)
        done = folder.run(*self.ARGUMENTS, PATH=f"{folder.path}/bin:/usr/bin:/bin")
        assert done.returncode == 1
        assert "the credentials are of 210987654321; the .tfvars say 123456789012" in done.stdout, done.stdout

    @pytest.mark.parametrize("more", [("--step", "0"), ("--step", "8"), ("--repository", "links"), ("--environment", "A/b")])
    def test_wrong_command_lines(self, folder, more):
        done = folder.run(*self.ARGUMENTS, *more)
        assert done.returncode == 2 and done.stderr and not done.stdout


TFVARS = """\
environment = "devstg"
account_id  = "123456789012"
region      = "eu-central-1"
branch      = "main"
source_repository = {
  owner    = "acme"
  name     = "links"
  owner_id = "11"
  id       = "22"
}
"""
