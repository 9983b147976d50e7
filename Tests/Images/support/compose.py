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
        self.password = secrets.token_hex(32)

    def run(self, *arguments):
        done = subprocess.run(
            [*command(), "--project-name", self.name, "--file", FILE, *arguments], env=self.environment,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr + self.log()
        return done.stdout

    def log(self):
        command_line = [*command(), "--project-name", self.name, "--file", FILE, "logs", "--no-color"]
        return subprocess.run(command_line, env=self.environment, capture_output=True, text=True).stdout[-20_000:]

    @property
    def environment(self):
        return os.environ | {
            "SHRINKR_PORT": str(self.port), "SHRINKR_API_KEY": self.key, "SHRINKR_DATABASE_PASSWORD": self.password,
        }  # fmt: skip

    def container(self, service):
        """The id of its container, also where that has ended."""
        return self.run("ps", "--all", "--quiet", service).strip()

    def query(self, statement):
        """What the database answers, as text."""
        psql = ("psql", "--username=shrinkr", "--no-align", "--tuples-only", f"--command={statement}")
        return self.run("exec", "-T", "postgresql", *psql).strip()

    def client(self):
        return Client(f"http://127.0.0.1:{self.port}", key=self.key)


def need_images():
    """Sees to it that the images of others are there: from their registry, else made of packages that tests use."""
    services = yaml.safe_load(FILE.read_text())["services"]
    for service, make in (("aws", make_emulator), ("postgresql", make_database)):
        name = services[service]["image"]
        if docker("image", "inspect", name, check=False).returncode == 0:
            continue
        if docker("pull", "--quiet", name, check=False, timeout=300).returncode != 0:
            make(name)


def make_emulator(name):
    packages = sysconfig.get_paths()["purelib"]
    build(
        name, packages,
        "FROM debian:bookworm-slim\n"
        "RUN apt-get -qq update && apt-get -qq install -y --no-install-recommends python3\n"
        "ENV PYTHONPATH=/packages\n"
        "COPY . /packages\n"
        "RUN python3 -c 'import moto.server'\n",
    )  # fmt: skip


def make_database(name):
    """Takes the variables and the volume of PostgreSQL's official image, as far as compose.yaml uses them."""
    build(
        name, REPOSITORY / "Tests/Images/support/postgresql",
        "FROM debian:bookworm-slim\n"
        "RUN apt-get -qq update && apt-get -qq install -y --no-install-recommends postgresql\n"
        "RUN ln -s /usr/lib/postgresql/*/bin/* /usr/local/bin/ && mkdir -p /var/lib/postgresql/18"
        " && chown -R postgres /var/lib/postgresql\n"
        "COPY start.sh /\n"
        "USER postgres\n"
        "VOLUME /var/lib/postgresql\n"
        'ENTRYPOINT ["/start.sh"]\n',
    )  # fmt: skip


def build(name, context, text):
    with tempfile.TemporaryDirectory() as folder:
        dockerfile = Path(folder) / "Dockerfile"
        dockerfile.write_text(text)
        docker(
            "build", "--network", "host", "--file", str(dockerfile), "--tag", name, str(context), timeout=500
        )  # fmt: skip
