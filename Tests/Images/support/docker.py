"""Docker's command line, and containers under the restrictions of our task definitions."""

import json
import subprocess
import time
import uuid

from EndToEnd.support.client import Client
from EndToEnd.support.waiting import eventually, free_port

# As tight as on Fargate, and tighter: no /tmp that could be written to, and an end to memory and processes.
RESTRICTIONS = [
    "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--memory", "256m",
    "--pids-limit", "128",
]  # fmt: skip
# Longest that a start or a graceful stop may take.
START_SECONDS = 60
STOP_SECONDS = 40


def docker(*arguments, check=True, timeout=120):
    """Runs a command; returns what it did, or fails with what it said."""
    done = subprocess.run(
        ["docker", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout
    )
    assert not check or done.returncode == 0, f"docker {' '.join(arguments)}: {done.stderr or done.stdout}"
    return done


def inspect(name):
    return json.loads(docker("inspect", name).stdout)[0]


def title(service):
    """What an image and its program are called; the one of all in one has the project's own name."""
    return service if service == "shrinkr" else f"shrinkr-{service}"


class Container:
    """One container in the host's network, so that it reaches the emulator as its programs reach AWS."""

    def __init__(self, service, settings, *, volume=None, options=()):
        self.image = f"{title(service)}:local"
        self.program = f"/usr/local/bin/{title(service)}"
        self.name = f"shrinkr-test-{uuid.uuid4().hex[:12]}"
        self.admin_port = free_port()
        self.port = None if service == "worker" else free_port()
        self.settings = {"SHRINKR_ADMIN_PORT": str(self.admin_port)} | settings
        if self.port:
            self.settings |= {"SHRINKR_HTTP_PORT": str(self.port)}
        self.options = [*RESTRICTIONS, "--network", "host", *options]
        if volume:
            self.options += ["--volume", f"{volume}:/var/lib/shrinkr"]
        for name, value in self.settings.items():
            self.options += ["--env", f"{name}={value}"]
        self.admin = Client(f"http://127.0.0.1:{self.admin_port}")

    def client(self):
        return Client(f"http://127.0.0.1:{self.port}", key=self.settings["SHRINKR_API_KEY"])

    def start(self):
        """Starts it and waits until it is ready; returns after how many seconds that was."""
        if not docker("container", "inspect", self.name, check=False).stdout.strip("[]\n"):
            docker("create", "--name", self.name, *self.options, self.image)
        began = time.monotonic()
        docker("start", self.name)
        eventually(self.is_ready, within=START_SECONDS, every=0.01, what=f"{self.program} is ready")
        return time.monotonic() - began

    def is_ready(self):
        if not self.state["Running"]:
            raise RuntimeError(f"{self.program} ended with {self.state['ExitCode']}:\n{self.log()}")
        return self.admin.get("/readyz").status == 200

    @property
    def state(self):
        return inspect(self.name)["State"]

    @property
    def health(self):
        return self.state["Health"]["Status"]

    def wait_until(self, health):
        eventually(lambda: self.health == health, within=START_SECONDS, every=0.2, what=f"Docker says {health}")

    def ask(self, *arguments):
        """Runs our program once more in the container."""
        return docker("exec", self.name, self.program, *arguments, check=False)

    def signal(self, name):
        docker("kill", "--signal", name, self.name)

    def wait(self):
        """Waits for the end; returns the exit code."""
        return int(docker("wait", self.name, timeout=STOP_SECONDS).stdout)

    def stop(self):
        self.signal("TERM")
        return self.wait()

    def log(self):
        done = docker("logs", self.name, check=False)
        return done.stdout + done.stderr

    def remove(self):
        docker("rm", "--force", "--volumes", self.name, check=False)


class Volume:
    """A named volume that does not exist yet: the first container that mounts it fills it from its image."""

    def __init__(self):
        self.name = f"shrinkr-test-{uuid.uuid4().hex[:12]}"

    def __str__(self):
        return self.name

    def remove(self):
        docker("volume", "rm", "--force", self.name, check=False)
