"""What must hold while a server is under attack: it serves others, and its memory stays bounded."""

import contextlib
import os
import re
import threading
from pathlib import Path

from .waiting import eventually

MIB = 1024 * 1024
# A limit, not a measure: what buffers, caches and the allocator may keep beyond what the idle process had.
MOST_MEMORY = 256 * MIB


def memory(program, figure="VmRSS"):
    """Bytes of memory that a running program has resident; with VmHWM, that it ever had."""
    status = Path(f"/proc/{program.process.pid}/status").read_text()
    return int(re.search(rf"^{figure}:\s+(\d+) kB$", status, re.MULTILINE)[1]) * 1024


def open_files(program):
    """How many files and sockets a running program has open."""
    return len(os.listdir(f"/proc/{program.process.pid}/fd"))


def open_sockets(program):
    """How many sockets a running program has open."""
    count = 0
    for file in Path(f"/proc/{program.process.pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            count += os.readlink(file).startswith("socket:")
    return count


class Bystander:
    """A client that follows a link again and again, each time on a new connection, and expects to be redirected."""

    def __init__(self, server):
        self._client = server.client()
        self._client.timeout = 120
        self._code = self._client.create()["code"]
        self._served = 0
        self._failure = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="bystander", daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()
        assert self._failure is None, f"after {self._served} redirects: {self._failure!r}"

    def _run(self):
        while not self._stop.wait(0.1):
            try:
                answer = self._client.follow(self._code)
                assert answer.status == 302, answer
                self._served += 1
            except (OSError, AssertionError) as error:
                self._failure = error
                return

    def check(self):
        """Waits for two more redirects: the second has been asked for after this call."""
        enough = self._served + 2

        def is_served():
            if self._failure:
                raise RuntimeError("the bystander was not served") from self._failure
            return self._served >= enough

        eventually(is_served, within=120, what="a client that has nothing to do with it is served")


class Siege:
    """A server under attack, with its memory at rest and a bystander."""

    def __init__(self, server):
        self.server = server
        with Bystander(server) as bystander:
            bystander.check()
        self.idle = memory(server)

    def report(self, what):
        """One line with idle and peak memory; fails where the peak is out of bounds."""
        peak = memory(self.server, "VmHWM")
        line = f"{what}: {self.server.name} had {self.idle / MIB:.0f} MiB when idle and {peak / MIB:.0f} MiB at most"
        assert peak < self.idle + MOST_MEMORY, line
        return line
