#!/usr/bin/env python3
"""Runs `swift test` and tells what a person wants to know: a count now and then, failures in full, the slowest tests.

usage: swift-test.py LOG COMMAND [ARGUMENT...]

Everything that the command says goes to the file LOG, which is named when something went wrong. The exit code is the
command's own.
"""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

EVERY = float(os.environ.get("PROGRESS_SECONDS", 15))
SLOWEST = 10
# Lines of the log that are shown if the run did not come to its end: from where it crashed, else the last.
SHOWN_LINES = 150
# Swift Testing begins each message with a symbol; what begins otherwise belongs to the message before, or to a program.
SYMBOLS = tuple("◇✔✘━➜⚠")
ENDED = re.compile(r"\S+ Test (?!case |run )(?P<name>.+?)(?: with (?P<cases>\d+) test cases?)? (?P<how>passed|failed) "
                   r"after (?P<seconds>[\d.]+) seconds")  # fmt: skip
STARTED = re.compile(r"\S+ Test (?!case |run )(?P<name>.+) started\.$")
RUN = re.compile(r"\S+ Test run with .* after [\d.]+ seconds")
SKIPPED = re.compile(r"\S+ Test (?!case |run ).+ skipped")
ISSUE = re.compile(r"\S+ Test .* recorded an issue|\S+ (Test|Suite) .* failed after")
PROGRAM_ERROR = re.compile(r"(.*: )?(error|Fatal error|fatal): ")
CRASH = re.compile(r".*Fatal error: |\*\*\* |💣|WARNING: ThreadSanitizer")


class Summary:
    """Reads the log line by line and tells what matters."""

    def __init__(self):
        self.passed = self.skipped = 0
        self.failed, self.ends, self.running, self.runs = [], [], {}, []
        self.told_ends = -1
        self.in_issue = False
        self.began = time.monotonic()
        self.lock = threading.Lock()

    def read(self, line):
        with self.lock:
            self._read(line)

    def _read(self, line):
        if line.startswith(SYMBOLS):
            self.in_issue = bool(ISSUE.match(line))
            if match := STARTED.match(line):
                self.running[match["name"]] = time.monotonic()
            elif match := ENDED.match(line):
                self.running.pop(match["name"], None)
                self.ends.append((float(match["seconds"]), match["name"]))
                if match["how"] == "passed":
                    self.passed += 1
                else:
                    self.failed.append(match["name"])
            elif RUN.match(line):
                self.runs.append(line[2:])
            elif SKIPPED.match(line):
                self.skipped += 1
        elif CRASH.match(line) or PROGRAM_ERROR.match(line):
            self.in_issue = False
            say(line)
        if self.in_issue:
            say(line)

    def tell(self):
        """How far it is, and what it waits for if no test has ended for a while."""
        with self.lock:
            counted = f"{self.passed} passed" + (f", {len(self.failed)} failed" if self.failed else "")
            # Tests wait for each other, so only what nobody has overtaken is worth a name.
            waits = f"; waiting for {', '.join(list(self.running)[:3])}" if len(self.ends) == self.told_ends else ""
            self.told_ends = len(self.ends)
            say(f"    ... {counted} ({time.monotonic() - self.began:.0f} s){waits}")

    def tell_end(self, status, log):
        if self.ends:
            say(f"    The {min(SLOWEST, len(self.ends))} slowest tests, with what they waited for others:")
            for seconds, name in sorted(self.ends, reverse=True)[:SLOWEST]:
                say(f"        {seconds:7.2f} s  {name}")
        for line in self.runs:
            say(f"    {line}")
        counted = f"{self.passed} passed, {len(self.failed)} failed" + (f", {self.skipped} skipped" * bool(self.skipped))
        say(f"    {counted}")
        if not status:
            return
        for name in self.failed:
            say(f"        failed: {name}")
        if not self.runs:
            for name in list(self.running)[:20]:
                say(f"        did not end: {name}")
            lines = log.read_text(errors="replace").splitlines()
            crashes = [number for number, line in enumerate(lines) if CRASH.match(line)]
            first = crashes[0] if crashes else max(0, len(lines) - SHOWN_LINES)
            say(f"    From {log}, line {first + 1}:")
            for line in lines[first : first + SHOWN_LINES]:
                say(line)
        say(f"    All that was said is in {log}")


def say(line):
    print(line, flush=True)


def main(log, command):
    log.parent.mkdir(parents=True, exist_ok=True)
    summary, ended = Summary(), threading.Event()

    def tell_now_and_then():
        while not ended.wait(EVERY):
            summary.tell()

    # The command gets an interrupt as well, and its end is waited for.
    signal.signal(signal.SIGINT, lambda *_: None)
    threading.Thread(target=tell_now_and_then, daemon=True).start()
    with log.open("wb") as kept:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for line in process.stdout:
            kept.write(line)
            kept.flush()
            summary.read(line.decode(errors="replace").rstrip("\n"))
        status = process.wait()
    ended.set()
    status = 128 - status if status < 0 else status
    summary.tell_end(status, log)
    return status


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
