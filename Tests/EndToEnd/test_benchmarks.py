"""`make bench`: what it prints is whole, its books agree, and it leaves nothing behind. Timings are not judged."""

import re
import signal
import subprocess
from pathlib import Path

import pytest
from support.waiting import eventually

REPOSITORY = Path(__file__).resolve().parents[2]
BENCHMARKS = REPOSITORY / "Benchmarks"
VENV = REPOSITORY / ".build" / "bench-venv"
SERVERS = ["Shrinkr", "nginx", "FastAPI", "floor"]

pytestmark = pytest.mark.xdist_group("benchmarks")


@pytest.fixture(scope="module")
def command():
    lists = [BENCHMARKS / "requirements.txt", BENCHMARKS / "constraints.txt"]
    subprocess.run([REPOSITORY / "Tests" / "Scripts" / "make-venv.sh", VENV, *lists], check=True)
    return [VENV / "bin" / "python", BENCHMARKS / "bench.py", "--quick"]


def left_over():
    return set((REPOSITORY / ".build").glob("bench-????????"))


def run(command, *parts):
    page, before = (BENCHMARKS / "README.md").read_text(), left_over()
    done = subprocess.run([*command, *parts], capture_output=True, text=True, timeout=400)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the ledger agrees with the load client" in done.stdout
    assert left_over() == before
    # Figures of a smoke test are nobody's results.
    assert (BENCHMARKS / "README.md").read_text() == page
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in done.stdout.splitlines() if "|" in line]


def test_redirects_of_all_servers(command, binaries):
    rows = run(command, "redirect")
    assert [row[0] for row in rows if row[0] in SERVERS] == SERVERS * 2
    for row in rows:
        if row[0] in SERVERS or "÷" in row[0]:
            assert all(float(cell.replace(",", "")) > 0 for cell in row[1:]), row


def test_the_ordinary_way(command, binaries):
    rows = run(command, "creates", "statistics", "lists", "limited", "unknown", "hour")
    assert {"single, 64 clients", "100 a batch, 4 clients", "of a link, 16 clients"} <= {row[0] for row in rows}
    assert {"a text of one link", "two letters of none"} <= {row[1] for row in rows if len(row) > 1}
    assert {"1,000 links, 64 connections", "minimal headers, 64 connections", "10 of 10"} <= {row[0] for row in rows}


def test_the_worker_and_a_loop_in_python(command, binaries):
    rows = {row[0]: row[1:] for row in run(command, "worker") if "version" in row[0]}
    assert list(rows) == ["worker, version 1", "loop in Python, version 1", "worker, version 2"]
    bytes_of = {name: float(row[0].replace(",", "")) for name, row in rows.items()}
    assert bytes_of["worker, version 2"] < bytes_of["worker, version 1"] / 3


def test_an_interrupted_run_leaves_nothing(command, binaries):
    before = left_over()
    process = subprocess.Popen([*command, "hour", "--hour-seconds", "300"], stderr=subprocess.PIPE)
    load = "shrinkr-1/Shrinkr/data/journal"
    eventually(lambda: any((path / load).exists() for path in left_over() - before), within=60, what="it measures")
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130, process.stderr.read()
    assert left_over() == before


def test_what_is_not_there_is_named(command, binaries):
    done = subprocess.run([*command, "redirects"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and "there is no part redirects; there are redirect, latency" in done.stderr
    environment = {"PATH": "/nonexistent", "SHRINKR_BIN_DIR": "/nonexistent"}
    done = subprocess.run([*command, "hour"], capture_output=True, text=True, timeout=60, env=environment)
    assert done.returncode == 1 and re.search("^bench: there is no C compiler", done.stderr), done.stderr


def test_every_part_has_its_place(command):
    page = (BENCHMARKS / "README.md").read_text()
    parts = re.findall(r'^    "([a-z]+)": ', (BENCHMARKS / "parts" / "__init__.py").read_text(), re.MULTILINE)
    assert re.findall(r"^<!-- begin (.*) -->$", page, re.MULTILINE) == parts
    assert re.findall(r"^\| `([a-z]+)` ", page, re.MULTILINE) == parts
