#!/usr/bin/env python3
"""Runs a test suite in the same way however it was started, and leaves nothing running.

usage: run-suite.py LABEL COMMAND [ARGUMENT...]

The command gets no standard input, a session of its own, signals at their defaults (a shell's background has SIGINT
ignored), umask 022, English and UTF-8, UTC, a home that can be written to, and no proxy on the way to this machine.

Whatever it starts carries a mark in its environment. What still runs some seconds after its end is named, is ended, and
fails the suite. When the suite is interrupted, or this script is killed, everything ends at once.
"""

import ctypes
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MARK = "TEST_SUITE_RUN"
# Seconds: for processes that are just ending, and for a suite that was interrupted.
GRACE, PATIENCE = 3, 10
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36


def environment(run, home):
    """The caller's environment without what changes results. `home` is used where the caller has none."""
    # Every process that compiles all its Python modules anew takes seconds to start.
    dropped = ("LANG", "LANGUAGE", "MAKEFLAGS", "MAKELEVEL", "MFLAGS", "CDPATH", "BASH_ENV", "ENV", "PYTHONPATH",
               "PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "PYTEST_ADDOPTS")  # fmt: skip
    kept = {name: value for name, value in os.environ.items() if name not in dropped and not name.startswith("LC_")}
    # Runs within runs are within each other's marks.
    kept[MARK] = f"{kept.get(MARK, '')}/{run}/"
    kept |= {"LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONUNBUFFERED": "1"}
    try:
        tempfile.TemporaryFile(dir=kept["HOME"]).close()
    except (KeyError, OSError):
        kept["HOME"] = home
    path = kept.get("PATH", "").split(os.pathsep)
    kept["PATH"] = os.pathsep.join(path + [folder for folder in ("/usr/bin", "/bin", "/usr/sbin") if folder not in path])
    for name in ("no_proxy", "NO_PROXY"):
        kept[name] = ",".join(filter(None, [kept.get(name), "127.0.0.1", "localhost", "::1"]))
    return kept


def left(run, parent=None):
    """The processes that carry the mark of this run or descend from `parent`, but for zombies: identifier and command."""
    mark, parents, found = f"/{run}/".encode(), {}, {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            state, above = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()[:2]
            parents[int(entry.name)] = int(above)
            if state == "Z":
                continue
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")[:200]
            marked = mark in (entry / "environ").read_bytes()
        except OSError:
            continue
        found[int(entry.name)] = (marked, command)

    def descends(process):
        while process := parents.get(process):
            if process == parent:
                return True
        return False

    return {
        process: command for process, (marked, command) in found.items()
        if marked or (parent and process != watcher and descends(process))
    }  # fmt: skip


def end_all(run, parent=None):
    """Ends what is left, also what that starts meanwhile."""
    for _ in range(50):
        processes = left(run, parent)
        if not processes:
            return
        for process in processes:
            try:
                os.kill(process, signal.SIGKILL)
            except OSError:
                pass
        time.sleep(0.1)


def watch(run):
    """Starts a process that ends what is left of the run once this one is gone, however it went. Returns its identifier."""
    reader, writer = os.pipe()
    process = os.fork()
    if process:
        os.close(reader)
        return process
    os.setsid()
    os.close(writer)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    os.read(reader, 1)
    end_all(run)
    os._exit(0)


def start(command, run, home):
    """Starts the command as every start should be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

    def prepare():
        os.umask(0o022)
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTERM, signal.SIGUSR1, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])

    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, env=environment(run, home), start_new_session=True, preexec_fn=prepare
    )


def main(label, command):
    print(f"==> {label}", flush=True)
    began = time.monotonic()
    run = f"{os.getpid()}-{os.urandom(6).hex()}"
    global watcher
    watcher = watch(run)
    system = ctypes.CDLL(None)
    system.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    system.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    received = []

    def interrupt(number, _):
        received.append(number)
        if suite and len(received) == 1:
            try:
                os.killpg(suite.pid, signal.SIGINT)
            except OSError:
                pass

    suite = None
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, interrupt)
    with tempfile.TemporaryDirectory(prefix="suite-home-", ignore_cleanup_errors=True) as home:
        suite = start(command, run, home)
        deadline = None
        while suite.poll() is None:
            if received:
                deadline = deadline or time.monotonic() + PATIENCE
                if time.monotonic() > deadline:
                    break
            time.sleep(0.05)
        status = suite.poll()
        if received:
            end_all(run, os.getpid())
            print(f"    interrupted after {time.monotonic() - began:.0f} s: {label}", file=sys.stderr)
            return 128 + received[0]
        deadline = time.monotonic() + GRACE
        while (processes := left(run, os.getpid())) and time.monotonic() < deadline:
            time.sleep(0.1)
        end_all(run, os.getpid())
    status = 128 - status if status < 0 else status
    if processes:
        print("    Left running, and ended now:", file=sys.stderr)
        for process, command in processes.items():
            print(f"        {process}: {command}", file=sys.stderr)
        status = status or 1
    outcome, place = (f"failed with {status}", sys.stderr) if status else ("done", sys.stdout)
    print(f"    {outcome} after {time.monotonic() - began:.0f} s: {label}", file=place, flush=True)
    return status


watcher = None
if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:]))
