"""`compose.yaml` as a person uses it, in a project of its own."""

import os
import secrets
import shutil
import subprocess
import sysconfig
import tempfile
import uuid
from pathlib import Path

import yaml

from EndToEnd.support.client import Client
from EndToEnd.support.waiting import free_port

from .docker import docker
from .paths import REPOSITORY

FILE = REPOSITORY / "compose.yaml"


def command():
    """Docker's own `docker compose`, or its predecessor `docker-compose`; None where there is neither."""
    for candidate in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(candidate[0]) and not subprocess.run([*candidate, "version"], capture_output=True).returncode:
            return candidate
    return None


class Project:
    """What `docker compose up` starts, on a free port, with images that are there already."""

    def __init__(self):
        self.name = f"shrinkr-test-{uuid.uuid4().hex[:8]}"
        self.port = free_port()
        self.key = secrets.token_hex(32)

    def run(self, *arguments):
        environment = os.environ | {"SHRINKR_PORT": str(self.port), "SHRINKR_API_KEY": self.key}
        done = subprocess.run(
            [*command(), "--project-name", self.name, "--file", FILE, *arguments], env=environment,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr + self.log()
        return done.stdout

    def log(self):
        command_line = [*command(), "--project-name", self.name, "--file", FILE, "logs", "--no-color"]
        return subprocess.run(command_line, capture_output=True, text=True).stdout[-20_000:]

    def container(self, service):
        return self.run("ps", "--quiet", service).strip()

    def client(self):
        return Client(f"http://127.0.0.1:{self.port}", key=self.key)


def need_emulator():
    """Sees to it that the emulator's image is there: from its registry, else made of the package that tests use."""
    name = yaml.safe_load(FILE.read_text())["services"]["aws"]["image"]
    if docker("image", "inspect", name, check=False).returncode == 0:
        return
    if docker("pull", "--quiet", name, check=False, timeout=300).returncode == 0:
        return
    with tempfile.TemporaryDirectory() as folder:
        dockerfile = Path(folder) / "Dockerfile"
        dockerfile.write_text(
            "FROM debian:bookworm-slim\n"
            "RUN apt-get -qq update && apt-get -qq install -y --no-install-recommends python3\n"
            "ENV PYTHONPATH=/packages\n"
            "COPY . /packages\n"
            "RUN python3 -c 'import moto.server'\n"
        )
        packages = sysconfig.get_paths()["purelib"]
        docker("build", "--network", "host", "--file", str(dockerfile), "--tag", name, packages, timeout=500)
