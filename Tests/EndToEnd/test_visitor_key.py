"""Whose clicks they were: nobody can find that out from what is on disk once the day is over."""

import hashlib
import hmac
import json
import shutil

from support import journal
from support.client import CHROME
from support.database import opened
from support.preload import wrong_clock

ADDRESS = bytes([127, 0, 0, 1])
DAY_KEY_BYTES = 32


def everything_in(folder):
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def attack(visitor, disk):
    """Tries every piece of the disk as the key, with the address and user agent that the attacker suspects."""
    message = bytes([len(ADDRESS)]) + ADDRESS + CHROME.encode()
    wanted = bytes.fromhex(visitor)
    for start in range(len(disk) - DAY_KEY_BYTES + 1):
        if hmac.digest(disk[start : start + DAY_KEY_BYTES], message, hashlib.sha256)[:8] == wanted:
            return True
    return False


def visitors(data_directory):
    found = [record for path in journal.segments(data_directory) for record in journal.records(path)]
    return {json.loads(record.payload)["visitor"] for record in found if not record.is_seal}


def test_an_address_cannot_be_found_once_the_day_is_over(launch, tmp_path):
    """The attacker has the journal, the database with its log, and whatever else is on disk the day after."""
    # A record stays in the journal until the queue has it.
    server = launch.start("shrinkr", SHRINKR_SEAL_INTERVAL="10m")
    client = server.client()
    code = client.create()["code"]
    assert [client.follow(code).status for _ in range(3)] == [302] * 3
    [visitor] = visitors(server.data_directory)
    stolen = tmp_path / "stolen"
    shutil.copytree(server.data_directory / "journal", stolen)
    assert attack(visitor, everything_in(server.data_directory)), "on its day the key is there, else this proves nothing"

    server.stop()
    assert attack(visitor, everything_in(server.data_directory))
    with opened(server.data_directory / "shrinkr.db") as database:
        database.execute("PRAGMA secure_delete = ON")
        database.execute("UPDATE visitor_keys SET day = day - 2")
    assert attack(visitor, everything_in(server.data_directory)), "the key is that of the day before yesterday now"

    server.start()
    assert client.follow(code).status == 302
    assert not attack(visitor, everything_in(server.data_directory) + everything_in(stolen))
    # Another day, another hash; and a kill leaves nothing of the old key behind either.
    server.kill()
    assert not attack(visitor, everything_in(server.data_directory) + everything_in(stolen))


def test_visitors_are_one_across_restarts(launch):
    server = launch.start("shrinkr", SHRINKR_SEAL_INTERVAL="10m")
    code = server.client().create()["code"]
    server.client().follow(code)
    before = visitors(server.data_directory)
    server.kill()
    server.start()
    server.client().follow(code)
    assert len(visitors(server.data_directory) | before) == 1


def day_keys(server):
    with opened(server.data_directory / "shrinkr.db") as database:
        return dict(database.execute("SELECT day, key FROM visitor_keys"))


def test_a_task_with_a_clock_that_is_ahead_destroys_no_key_of_the_others(launch, tmp_path):
    """Several processes on one database; those whose clocks are a day or more ahead come between the others."""
    server = launch.start("shrinkr")
    before = day_keys(server)
    assert before
    database = f"sqlite:{server.data_directory}/shrinkr.db"
    for days in (1, 2, 30):
        clock = wrong_clock(tmp_path / f"clock-{days}", minutes=days * 24 * 60)
        launch.start("shrinkr", place=tmp_path / f"ahead-{days}", SHRINKR_DATABASE_URL=database, **clock).stop()
        after = day_keys(server)
        assert {day: after.get(day) for day in before} == before
        assert max(after) >= min(before) + days, "the clock is ahead, else this proves nothing"


def test_what_an_older_version_left_is_destroyed(launch):
    """Its secret opened every hash of the past. The variable is told, and no error."""
    server = launch.make("shrinkr", SHRINKR_VISITOR_SECRET="0123456789abcdef0123456789abcdef")
    server.data_directory.mkdir(parents=True)
    elsewhere = server.directory / "elsewhere"
    elsewhere.write_bytes(b"not ours")
    for name in ("visitor.secret", "visitor.secret.4711"):
        (server.data_directory / name).write_bytes(bytes(range(32)))
    (server.data_directory / "visitor.secret.4712").symlink_to(elsewhere)
    # A second name of the same file shows what is left of its bytes.
    (server.directory / "second-name").hardlink_to(server.data_directory / "visitor.secret")
    server.start()
    assert not list(server.data_directory.glob("visitor.secret*"))
    assert (server.directory / "second-name").read_bytes() == bytes(32)
    assert elsewhere.read_bytes() == b"not ours"
    assert "SHRINKR_VISITOR_SECRET" in server.log() and "no longer used" in server.log()
    server.stop()
