"""Shrinkr and its peers, each on one core and with the same links."""

import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from support.client import Client
from support.program import Program, clean_environment
from support.waiting import free_port

from . import REPOSITORY, links
from .ledger import Ledger
from .load import build
from .machine import SERVER_CORE, pinned
from .requests import KEY

PEERS = Path(__file__).resolve().parents[1] / "peers"
START_SECONDS = 60


class Server:
    """What all of them have: a port, a process with children, and an end."""

    name = ""
    # What says that it is up.
    first_path = "/health"

    def __init__(self, directory):
        self.directory = Path(directory) / self.name
        self.directory.mkdir()
        self.port = free_port()
        self.process = None

    @property
    def pid(self):
        return self.process.pid

    def start(self):
        """Starts it; returns the seconds until its first answer."""
        began = time.monotonic()
        self.launch()
        client = Client(f"http://127.0.0.1:{self.port}", timeout=5)
        while True:
            try:
                if client.get(self.first_path).status in (200, 302):
                    return time.monotonic() - began
            except OSError:
                pass
            if self.process.poll() is not None or time.monotonic() > began + START_SECONDS:
                raise RuntimeError(f"{self.name} does not answer:\n{(self.directory / 'log').read_text()[-2000:]}")
            time.sleep(0.001)

    def run(self, *command, **environment):
        with (self.directory / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*pinned(SERVER_CORE), *map(str, command)], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                cwd=self.directory, env=clean_environment(self.directory) | environment,
            )  # fmt: skip

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def settle(self, result):
        """Waits until nothing is left to do of what was answered, and checks that all was done."""


class Shrinkr(Server):
    """`shrinkr`: API and worker in one process, so all that a click costs, its counting too, is in its CPU time."""

    name = "Shrinkr"

    def __init__(self, directory, **settings):
        super().__init__(directory)
        folder = Path(os.environ.get("SHRINKR_BIN_DIR") or REPOSITORY / ".build" / "release")
        executable = folder.resolve() / "shrinkr"
        if not os.access(executable, os.X_OK):
            raise RuntimeError("there is no shrinkr to measure: run `make release`, or set SHRINKR_BIN_DIR")
        # Whoever sends all the load is one client: he is not held back.
        off = {f"SHRINKR_LIMIT_{limit}": "off" for limit in ("CREATES", "UNKNOWN_CODES")}
        own = {
            "SHRINKR_API_KEY": KEY, "SHRINKR_API_HOSTS": "sho.rt", "SHRINKR_TRUSTED_PROXIES": "127.0.0.0/8",
            "SHRINKR_HTTP_PORT": str(self.port),
        }  # fmt: skip
        self.program = Program(executable, self.directory, own | off | settings)
        self.client = Client(self.program.url, key=KEY, timeout=60)
        self.ledger = Ledger(self.program)

    def launch(self):
        self.run(self.program.executable, **self.program.settings)

    def settle(self, result):
        self.ledger.expect(result["statuses"].get(302, 0))




class Nginx(Server):
    """Debian's nginx with a `map` of the codes, one worker, no access log."""

    name = "nginx"

    def __init__(self, directory, codes):
        super().__init__(directory)
        self.first_path = f"/{codes[0]}"
        self.program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
        if self.program is None:
            raise RuntimeError("there is no nginx to compare with: `make bench` installs it (Debian: nginx-light)")
        entries = "".join(f"/{code} {links.destination(code)};\n" for code in codes)
        (self.directory / "codes.map").write_text(entries)
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temporary = "".join(f"{kind}_temp_path {self.directory}/{kind};\n" for kind in kinds)
        (self.directory / "nginx.conf").write_text(f"""\
            daemon off; worker_processes 1; pid {self.directory}/pid; error_log stderr;
            events {{ worker_connections 4096; }}
            http {{
                {temporary} access_log off; keepalive_requests 1000000000; default_type text/plain;
                map_hash_max_size 1048576; map_hash_bucket_size 256;
                map $uri $destination {{ include {self.directory}/codes.map; }}
                server {{
                    listen 127.0.0.1:{self.port} backlog=1024;
                    if ($destination) {{ return 302 $destination; }}
                    return 404;
                }}
            }}""")

    def launch(self):
        self.run(self.program, "-p", self.directory, "-c", self.directory / "nginx.conf", "-e", "stderr")


class FastAPI(Server):
    """The service of the original design: uvicorn with uvloop and httptools, one worker, a dictionary, no clicks."""

    name = "FastAPI"

    def __init__(self, directory, codes):
        super().__init__(directory)
        if importlib.util.find_spec("uvicorn") is None:
            raise RuntimeError("there is no FastAPI to compare with: `make bench` installs it into .build/bench-venv")
        self.first_path = f"/{codes[0]}"
        self.links = self.directory / "links"
        self.links.write_text("".join(f"{code} {links.destination(code)}\n" for code in codes))

    def launch(self):
        options = ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--port", self.port]
        self.run(sys.executable, "-m", "uvicorn", "fastapi_app:app", "--app-dir", PEERS, *options, LINKS=str(self.links))


class Floor(Server):
    """The least that a recorded redirect can cost; see floor.c."""

    name = "floor"

    def __init__(self, directory):
        super().__init__(directory)
        self.program = build(PEERS / "floor.c", self.directory)

    def launch(self):
        self.run(self.program, self.port, self.directory / "clicks")
