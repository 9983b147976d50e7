"""Disks that go wrong: a small one that fills up, and system calls that fail."""

import errno
import os
import subprocess
from pathlib import Path

import pytest

from .preload import build_preload
from .waiting import eventually

_FILLER = "filler"


class SmallDisk:
    """A file system of its own in memory, small enough to be filled.

    As root it is simply mounted. Else it exists in a namespace of its own, which `place` starts a program in;
    `outside` is where this process sees what a program sees under `path`.
    """

    def __init__(self, path, size):
        self.path = Path(path)
        self.path.mkdir(parents=True)
        self.outside = self.path
        self.size = size
        self._holder = None

    def __enter__(self):
        mount = ["mount", "-t", "tmpfs", "-o", f"size={self.size},mode=700", "tmpfs", str(self.path)]
        if os.geteuid() == 0 and subprocess.run(mount, capture_output=True).returncode == 0:
            return self
        self._mount_in_namespace(mount)
        return self

    def __exit__(self, *_):
        if self._holder is None:
            # A program that was just killed may still hold it for a moment.
            eventually(lambda: subprocess.run(["umount", self.path]).returncode == 0, what="the disk is unmounted")
        else:
            self._holder.kill()
            self._holder.wait()

    def _mount_in_namespace(self, mount):
        script = f'{" ".join(mount)} && echo mounted && exec sleep infinity'
        self._holder = subprocess.Popen(
            ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        answer = self._holder.stdout.readline().strip()
        if answer != "mounted":
            self._holder.kill()
            self._holder.wait()
            pytest.skip(f"needs root, or user namespaces, to mount a small disk: {answer}")
        self.outside = Path(f"/proc/{self._holder.pid}/root{self.path}")

    def place(self, program):
        """Makes `program` see the disk."""
        if self._holder is not None:
            program.wrap = ["nsenter", f"--target={self._holder.pid}", "--user", "--mount", "--preserve-credentials"]

    def fill(self):
        """Takes all the room that is left."""
        with (self.outside / _FILLER).open("ab", buffering=0) as file:
            for size in (65_536, 4_096, 1):
                try:
                    while True:
                        file.write(bytes(size))
                except OSError as error:
                    assert error.errno == errno.ENOSPC, error

    def free(self):
        """Gives the room back."""
        (self.outside / _FILLER).unlink()


class FailingCalls:
    """Makes system calls of a program fail or wait as the test chooses (`failing_calls.c`, preloaded)."""

    def __init__(self, directory):
        self.library = build_preload("failing_calls", directory)
        self._rules = Path(directory) / "failing_calls.rules"
        self.clear()

    @property
    def settings(self):
        """What a program is started with."""
        return {"LD_PRELOAD": str(self.library), "FAILING_CALLS_RULES": str(self._rules)}

    def fail(self, calls, code, path):
        """From now on each of `calls` (`read`, `write`, `sync`, `truncate`, `create`, `delete`, `rename`) fails with
        the errno `code` on files whose path contains `path`."""
        self._replace("".join(f"{call} {code} {path}\n" for call in calls))

    def hold(self, calls, path):
        """From now on each of `calls` waits until that is over."""
        self.fail(calls, -1, path)

    def clear(self):
        """From now on everything works."""
        self._replace("")

    def _replace(self, text):
        draft = self._rules.with_suffix(".new")
        draft.write_text(text)
        draft.rename(self._rules)
