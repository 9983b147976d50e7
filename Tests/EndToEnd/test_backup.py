"""The backup of OPERATIONS.md: the page's own lines run under load, and what they made is put in place."""

import shutil
import sqlite3
import subprocess
import threading
from pathlib import Path

from support.checks import assert_clicks
from support.nginx import examples
from support.program import clean_environment

from test_ledger import terms_when

PAGE = Path(__file__).resolve().parents[2] / ".github" / "OPERATIONS.md"


def back_up(program, folder):
    """Runs the page's lines, but for the database's, which a machine without `sqlite3` could not."""
    [lines] = [block.strip().splitlines() for block in examples(PAGE, "sh") if "backup" in block]
    assert [line.split()[0] for line in lines] == ["umask", "mkdir", "cp", "sqlite3"]
    assert lines[-1] == """sqlite3 /var/lib/shrinkr/shrinkr.db ".backup 'backup/shrinkr.db'\""""
    script = "\n".join(lines[:-1]).replace("/var/lib/shrinkr", str(program.data_directory))
    # `cp` fails where a segment has vanished, which the page says is harmless.
    subprocess.run(["bash", "-c", script], cwd=folder, env=clean_environment(folder), timeout=20)
    assert (folder / "backup" / "journal" / "lock").exists()
    with (
        sqlite3.connect(f"file:{program.data_directory}/shrinkr.db?mode=ro", uri=True) as database,
        sqlite3.connect(folder / "backup" / "shrinkr.db") as copy,
    ):
        database.backup(copy)
    return folder / "backup"


def test_a_backup_under_load_holds_all_that_was_answered_before(launch, tmp_path):
    program = launch.start("shrinkr")
    client = program.client()
    code = client.create()["code"]
    answered, stop = [], threading.Event()

    def follow():
        visitor = program.client()
        while not stop.is_set():
            assert visitor.follow(code).status == 302
            answered.append(None)

    load = threading.Thread(target=follow)
    load.start()
    try:
        while len(answered) < 300:
            stop.wait(0.05)
        before = len(answered)
        backup = back_up(program, tmp_path)
        after = len(answered)
        while len(answered) < after + 100:
            stop.wait(0.05)
    finally:
        stop.set()
        load.join()
    assert_clicks(client, {code: len(answered)})
    program.stop()
    shutil.rmtree(program.data_directory)
    shutil.move(backup, program.data_directory)
    program.start()
    terms_when(program, in_flight=0)
    # One more may have been answered without being counted here yet.
    assert before <= program.client().stats(code)["totals"]["people"] <= after + 1
