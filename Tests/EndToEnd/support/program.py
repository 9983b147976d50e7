"""A Shrinkr executable as a separate process, as an operator would run it."""

import json
import os
import signal
import subprocess
from pathlib import Path

from .client import Client
from .waiting import eventually, free_port

# Patience with a start on a busy machine; and longest that a graceful stop may take, for which ECS allows 30 s by default.
START_SECONDS = 120
STOP_SECONDS = 30
# How programs are started of which a test does not say it: `off` for what the ordinary way does with every request.
LANE = os.environ.get("SHRINKR_TEST_REDIRECT_LANE")


def clean_environment(home):
    """This process's environment without anything that would configure Shrinkr, an AWS client or libpq."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SHRINKR_", "AWS_", "PG"))}
    return kept | {"HOME": str(home), "AWS_EC2_METADATA_DISABLED": "true"}


class Program:
    """One executable with its settings. It can be started, stopped and started again with the same ports."""

    def __init__(self, executable, directory, settings, arguments=()):
        self.name = executable.name
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.log_path = self.directory / f"{self.name}.log"
        self.port = int(settings.get("SHRINKR_HTTP_PORT") or free_port())
        self.admin_port = int(settings.get("SHRINKR_ADMIN_PORT") or free_port())
        self.url = f"http://127.0.0.1:{self.port}"
        self.admin = Client(f"http://127.0.0.1:{self.admin_port}")
        # What starts the executable, where it is not started just so.
        self.wrap = []
        self.executable = str(executable)
        self.arguments = arguments
        self.settings = {
            "SHRINKR_HTTP_PORT": str(self.port),
            "SHRINKR_ADMIN_PORT": str(self.admin_port),
            "SHRINKR_BASE_URL": self.url,
            "SHRINKR_DATA_DIR": str(self.directory / "data"),
            "SHRINKR_DATABASE_URL": f"sqlite:{self.directory}/data/shrinkr.db",
            "SHRINKR_REPORTS_URL": f"file:{self.directory}/data/reports",
        } | settings
        if self.name == "shrinkr-worker":
            # It has no public port, and a variable it does not know would be reported.
            self.settings.pop("SHRINKR_HTTP_PORT")
            self.settings.pop("SHRINKR_BASE_URL")
        elif LANE:
            self.settings.setdefault("SHRINKR_REDIRECT_LANE", LANE)
        self.process = None

    @property
    def data_directory(self):
        return Path(self.settings["SHRINKR_DATA_DIR"])

    @property
    def environment(self):
        settings = {name: value for name, value in self.settings.items() if value is not None}
        return clean_environment(self.directory) | settings

    def client(self, key=None):
        return Client(self.url, key=key)

    def start(self, wait=True):
        assert not self.is_running, f"{self.name} is running already"
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.wrap, self.executable, *self.arguments], env=self.environment, cwd=self.directory,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        if wait:
            self.wait_until_ready()
        return self

    def run(self, *arguments, timeout=30, **settings):
        """Runs the executable with other arguments under the same settings, to its end."""
        environment = {k: v for k, v in (self.environment | settings).items() if v is not None}
        return subprocess.run(
            [*self.wrap, self.executable, *arguments], env=environment, cwd=self.directory, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=timeout,
        )  # fmt: skip

    def wait_until_ready(self):
        def is_ready():
            if not self.is_running:
                raise RuntimeError(
                    f"{self.name} ended with {self.process.returncode} instead of starting:\n{self.log()}"
                )
            return self.admin.get("/readyz").status == 200

        eventually(is_ready, within=START_SECONDS, what=f"{self.name} answers /readyz with 200")

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def terminate(self):
        """Asks for a graceful stop and does not wait."""
        self.process.send_signal(signal.SIGTERM)

    def wait(self, within=STOP_SECONDS):
        """Waits for the end; returns the exit code."""
        return self.process.wait(timeout=within)

    def stop(self):
        """Stops gracefully; fails unless the process ends in time with exit code 0."""
        self.terminate()
        code = self.wait()
        assert code == 0, f"{self.name} ended with {code} after SIGTERM:\n{self.log()}"

    def kill(self):
        """`kill -9`."""
        self.process.kill()
        self.process.wait()

    def log(self, last=20_000):
        return self.log_path.read_text(errors="replace")[-last:] if self.log_path.exists() else ""

    def log_lines(self, message):
        """What the log says under this message, as objects, oldest first."""
        lines = [line for line in self.log_path.read_text().splitlines() if line.startswith("{")]
        return [line for line in map(json.loads, lines) if line["msg"] == message]

    def metric(self, name):
        """The present value of a metric, summed over its labels."""
        samples = [line.split(" ") for line in self.admin.get("/metrics").text.splitlines() if not line.startswith("#")]
        values = [float(value) for key, value in samples if key.partition("{")[0] == name]
        assert values, f"{self.name} has no metric {name}"
        return sum(values)


class Launcher:
    """Makes programs in one directory, and stops what is left of them."""

    def __init__(self, binaries, directory):
        self.binaries = binaries
        self.directory = Path(directory)
        self.programs = []

    def make(self, name, *, place=None, arguments=(), **settings):
        """A program that is not started yet. `place` is its own directory, by default one per program."""
        executable = self.binaries / name
        place = place or f"{name}-{len(self.programs)}"
        program = Program(executable, self.directory / place, settings, arguments)
        self.programs.append(program)
        return program

    def start(self, name, **options):
        return self.make(name, **options).start()

    def another(self, program, **settings):
        """One more process of the same kind and settings, with ports and a data directory of its own.

        `settings`: those in which it differs.
        """
        place = f"{program.name}-{len(self.programs)}"
        own = {"SHRINKR_ADMIN_PORT": str(free_port()), "SHRINKR_DATA_DIR": str(self.directory / place / "data")}
        if "SHRINKR_HTTP_PORT" in program.settings:
            own["SHRINKR_HTTP_PORT"] = str(free_port())
        return self.make(program.name, place=place, **program.settings | own | settings)

    def logs(self):
        return [(program.log_path.relative_to(self.directory), program.log()) for program in self.programs]

    def stop_all(self):
        """Stops what still runs, each gracefully; then fails if one could not."""
        failures = []
        for program in reversed(self.programs):
            if not program.is_running:
                continue
            try:
                program.stop()
            except (AssertionError, subprocess.TimeoutExpired) as error:
                failures.append(str(error))
                if program.is_running:
                    program.kill()
        assert not failures, "\n".join(failures)
