"""The test commands themselves: they give the same result however they are started, tell what matters, leave nothing."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import time
import uuid
from pathlib import Path

import pytest

from EndToEnd.support.waiting import eventually
from support.paths import REPOSITORY

SCRIPTS = REPOSITORY / "Tests" / "Scripts"
RUN_SUITE = [sys.executable, SCRIPTS / "run-suite.py", "A suite"]
PROBE = """
import json, os, signal, sys, tempfile
mask = os.umask(0)
print(json.dumps({
    "umask": mask, "input": sys.stdin.read(), "session": os.getsid(0) == os.getpid(),
    "home": bool(tempfile.TemporaryFile(dir=os.environ["HOME"])),
    "signals": [signal.getsignal(n) in (signal.SIG_DFL, signal.default_int_handler) for n in (1, 2, 3, 15)],
    "environment": {k: os.environ.get(k) for k in ("LANG", "LC_ALL", "LC_CTYPE", "LANGUAGE", "TZ", "PYTHONDONTWRITEBYTECODE")},
    "encoding": sys.stdout.encoding, "path": all(p in os.environ["PATH"].split(":") for p in ("/usr/bin", "/usr/sbin")),
}, sort_keys=True))
"""  # fmt: skip


def shell(script, command, *, cwd=REPOSITORY, environment=None):
    """Runs a command from a shell that prepares what it is started with."""
    words = " ".join(f"'{word}'" for word in command)
    return subprocess.run(
        ["/bin/bash", "-c", script.replace("COMMAND", words)], cwd=cwd, env=environment, capture_output=True, text=True,
        timeout=120,
    )  # fmt: skip


STARTS = {
    "as here": "COMMAND",
    "in the background": "COMMAND & wait $!",
    "by nohup": "nohup COMMAND & wait $!",
    "without an input": "COMMAND <&-",
    "with nothing in the environment": "env -i PATH=/usr/bin:/bin COMMAND",
    "as cron does": "cd / && env -i HOME=/root PATH=/usr/bin:/bin SHELL=/bin/sh LOGNAME=root COMMAND",
    "in C": "LANG=C LC_ALL=POSIX COMMAND",
    "in Turkish": "LANG=tr_TR.UTF-8 LC_ALL=tr_TR.UTF-8 LANGUAGE=tr TZ=Pacific/Apia COMMAND",
    "for nobody else": "umask 077 && COMMAND",
    "for everybody": "umask 000 && COMMAND",
    "without a home": "unset HOME && COMMAND",
    "with a home that is none": "HOME=/proc COMMAND",
    "from a session of Python's": "PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=/nowhere COMMAND",
}


@pytest.fixture(scope="module")
def usual():
    return probe("as here")


def probe(start):
    done = shell(STARTS[start], [*RUN_SUITE, sys.executable, "-c", PROBE.replace("'", '"')])
    assert done.returncode == 0, done.stderr
    [line] = [line for line in done.stdout.splitlines() if line.startswith("{")]
    return json.loads(line)


@pytest.mark.parametrize("start", STARTS)
def test_a_suite_finds_the_same_however_it_is_started(usual, start):
    found = probe(start)
    assert found == usual
    assert found["umask"] == 0o022 and found["input"] == "" and found["session"] and found["home"] and found["path"]
    assert found["signals"] == [True] * 4


def test_tests_pass_from_a_bare_background(deploy_program, tmp_path):
    """Everything unusual at once: ignored interrupts, no input, no environment, no home, another folder and locale."""
    tests = [f"{REPOSITORY}/Tests/Delivery/test_deploy_program.py", "-k", "interrupted"]
    options = ["-c", f"{REPOSITORY}/Tests/Delivery/pytest.ini", "-o", f"cache_dir={tmp_path}", "-q", "--numprocesses", "0"]
    settings = ["PATH=/usr/bin:/bin", f"SHRINKR_BIN_DIR={deploy_program.parent}", "LC_ALL=tr_TR.UTF-8",
                f"PYTHONPYCACHEPREFIX={os.environ.get('PYTHONPYCACHEPREFIX', tmp_path)}"]  # fmt: skip
    command = ["env", "-i", *settings, *RUN_SUITE, sys.executable, "-m", "pytest", *options, *tests]
    done = shell("umask 077; nohup COMMAND <&- & wait $!", command, cwd="/")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout


@pytest.mark.parametrize(("script", "code"), [("true", 0), ("exit 3", 3), ("kill -9 $$", 137)])
def test_the_exit_code_is_the_suites(script, code):
    done = shell("COMMAND", [*RUN_SUITE, "bash", "-c", script])
    assert done.returncode == code
    assert done.stdout.startswith("==> A suite\n") and "after 0 s: A suite" in done.stdout + done.stderr


# A duration that no other process sleeps for, to find the sleeper by.
@pytest.fixture
def sleeper():
    return f"sleep 600.{uuid.uuid4().int % 10**12:012}"


def sleeps(sleeper):
    command = sleeper.replace(" ", "\0").encode() + b"\0"
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if path.read_bytes() == command:
                return True
    return False


@pytest.mark.parametrize("how", ["SLEEPER & :", "setsid SLEEPER & :", "env -i setsid SLEEPER </dev/null >/dev/null 2>&1 & :"])
def test_what_is_left_running_is_named_and_ended(sleeper, how):
    done = shell("COMMAND", [*RUN_SUITE, "bash", "-c", how.replace("SLEEPER", sleeper)])
    assert done.returncode == 1
    assert "Left running, and ended now:" in done.stderr and sleeper in done.stderr
    assert not sleeps(sleeper)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
def test_nothing_is_left_after_an_interrupt(sleeper, number):
    suite = subprocess.Popen(
        [*RUN_SUITE, "bash", "-c", f"setsid {sleeper} & {sleeper}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    eventually(lambda: sleeps(sleeper), what="the suite runs")
    suite.send_signal(number)
    assert suite.wait(timeout=30) == (-number if number == signal.SIGKILL else 128 + number)
    eventually(lambda: not sleeps(sleeper), what="everything has ended")


def test_every_suite_is_run_so():
    """Whatever `make` runs tests with."""
    for target in ("unit-test", "end-to-end-test", "delivery-test", "run-image-tests", "torture", "damage",
                   "openapi-test", "fuzz-test", "tsan"):  # fmt: skip
        done = shell("unset MAKEFLAGS MAKELEVEL; make --dry-run TARGET".replace("TARGET", target), [])
        assert done.returncode == 0 and "Tests/Scripts/run-suite.py" in done.stdout, target


def test_ci_leaves_out_what_its_time_does_not_allow(tmp_path):
    for name, script in (("make", 'echo "make $*"'), ("docker", "exit 0")):
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "TF_PLUGIN_MIRROR": str(tmp_path), "CI_MINUTES": "15"}
    done = shell("COMMAND", [".ci/run"], environment=environment)
    assert done.returncode == 0, done.stderr
    *ran, left_out = done.stdout.splitlines()
    assert ran == ["make lint", "make test", "make torture KILLS=30", "make image-test"]
    assert left_out.startswith("==> Left out after 0 minutes: make fuzz-test.")


# Swift's tests

OUTPUT = """\
Building for debugging...
◇ Test run started.
↳ Testing Library Version: 1
◇ Suite Numbers started.
◇ Test adds() started.
◇ Test "takes away" started.
◇ Test case passing 1 argument number → 1 (Int) to many(number:) started.
✔ Test case passing 1 argument number → 1 (Int) to many(number:) passed after 0.001 seconds.
✔ Test adds() passed after 0.012 seconds.
said by a program
✘ Test "takes away" recorded an issue at NumberTests.swift:7:5: Expectation failed: (a → 1) == (b → 2)
↳ why it should be
    and more of it
✘ Test "takes away" failed after 0.5 seconds with 1 issue.
━ Test known() recorded a known issue at NumberTests.swift:9:5: Expectation failed: 1 == 2
━ Test known() passed after 0.001 seconds with 1 known issue.
✔ Test many(number:) with 2 test cases passed after 0.25 seconds.
✘ Suite Numbers failed after 0.6 seconds with 1 issue.
✘ Test run with 3 tests in 1 suite failed after 0.7 seconds with 1 issue.
"""


def swift_test(tmp_path, text, code, *, seconds="15", pause=0):
    (tmp_path / "output").write_text(text)
    program = f"cat {tmp_path}/output; sleep {pause}; exit {code}"
    return subprocess.run(
        [sys.executable, SCRIPTS / "swift-test.py", tmp_path / "log", "bash", "-c", program], capture_output=True,
        text=True, env=os.environ | {"PROGRESS_SECONDS": seconds}, timeout=60,
    )  # fmt: skip


def test_failures_of_swift_tests_are_told_in_full_and_passes_counted(tmp_path):
    done = swift_test(tmp_path, OUTPUT, 1)
    assert done.returncode == 1
    assert (tmp_path / "log").read_text() == OUTPUT
    for told in ("NumberTests.swift:7:5", "↳ why it should be", "    and more of it", "3 passed, 1 failed",
                 'failed: "takes away"', f"All that was said is in {tmp_path}/log", "Test run with 3 tests"):  # fmt: skip
        assert told in done.stdout, told
    for left_out in ("adds() passed", "said by a program", "started."):
        assert left_out not in done.stdout
    assert re.findall(r"(\d\.\d+) s  (.*)", done.stdout) == [
        ("0.50", '"takes away"'), ("0.25", "many(number:)"), ("0.01", "adds()"), ("0.00", "known()"),
    ]  # fmt: skip


def test_a_crash_of_swift_tests_is_told(tmp_path):
    text = OUTPUT.partition("✘")[0] + "ClickJournal/Segment.swift:10: Fatal error: Index out of range\n*** Crashed ***\n"
    done = swift_test(tmp_path, text, 133)
    assert done.returncode == 133
    assert 'did not end: "takes away"' in done.stdout and "Fatal error: Index out of range" in done.stdout
    assert "*** Crashed ***" in done.stdout and "said by a program" not in done.stdout


def test_a_build_of_swift_tests_that_fails_is_told(tmp_path):
    done = swift_test(tmp_path, "Building\nNumbers.swift:3:5: error: cannot find 'x' in scope\nnote: this\n", 1)
    assert done.returncode == 1
    assert "cannot find 'x' in scope" in done.stdout and "note: this" in done.stdout


def test_swift_tests_tell_how_far_they_are(tmp_path):
    done = swift_test(tmp_path, OUTPUT.partition("✘")[0], 0, seconds="0.2", pause=1)
    assert done.returncode == 0
    assert "... 1 passed (" in done.stdout and "All that was said" not in done.stdout


# Python's tests

SUITE = """
    import os, time
    import pytest

    @pytest.fixture(scope="module")
    def shared(tmp_path_factory):
        return os.getpid()

    @pytest.fixture(scope="session")
    def seen():
        return []

    @pytest.mark.parametrize("number", range(4))
    def test_together(shared, seen, number):
        seen.append(number)
        assert seen == list(range(number + 1))

    @pytest.mark.parametrize("number", range(20))
    def test_passes(number):
        time.sleep(0.05)

    def test_fails():
        assert "this" == "that"

    def test_is_left_out():
        pytest.skip("no reason")
"""


def test_python_tests_tell_failures_in_full_and_count_the_rest(tmp_path):
    (tmp_path / "test_it.py").write_text(textwrap.dedent(SUITE))
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["suite_progress"]\n')
    ini = (REPOSITORY / "Tests" / "EndToEnd" / "pytest.ini").read_text().replace("../Scripts", str(SCRIPTS))
    (tmp_path / "pytest.ini").write_text(ini)
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--numprocesses", "2", "--dist", "loadgroup", "--no-loadscope-reorder"],
        cwd=tmp_path, env=os.environ | {"PROGRESS_SECONDS": "0.3"}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
    assert "test_fails failed" in done.stdout and "assert 'this' == 'that'" in done.stdout
    assert "1 failed, 24 passed, 1 skipped" in done.stdout and "no reason" in done.stdout
    assert re.search(r"\.\.\. \d+ passed.* of 26 \(\d+ s\)", done.stdout), time.monotonic() - began
    assert "slowest 10 durations" in done.stdout
    assert not re.search(r"^[.sF]+( |$)", done.stdout, re.MULTILINE), "no dot for a test"
