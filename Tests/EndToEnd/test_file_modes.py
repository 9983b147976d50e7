"""Whatever is made on the disk is for the server's own user alone, whatever the umask of who started it."""

import os
import stat

from support.waiting import eventually

KEY = "7b0c5de2f94a4f6f8a1190c3e4d27795b86a01fc3de25148"


def modes(folder):
    paths = [folder, *folder.rglob("*")]
    return {path: stat.S_IMODE(path.lstat().st_mode) for path in paths if not path.is_symlink()}


def test_nothing_is_for_others(launch, tmp_path):
    """Reports go to a folder that was there before, and the database behind a link that leads to no file yet."""
    place = tmp_path / "place"
    (place / "reports").mkdir(parents=True, mode=0o755)
    (place / "elsewhere").mkdir(mode=0o755)
    (place / "linked.db").symlink_to(place / "elsewhere" / "real.db")
    server = launch.make(
        "shrinkr",
        SHRINKR_API_KEY=KEY,
        SHRINKR_DATABASE_URL=f"sqlite:{place}/linked.db",
        SHRINKR_REPORTS_URL=f"file:{place}/reports",
        SHRINKR_FLUSH_INTERVAL="100ms",
        SHRINKR_REPORT_INTERVAL="1s",
        SHRINKR_SEAL_INTERVAL="100ms",
    )
    before = os.umask(0)
    try:
        server.start()
        made = server.run("keys", "create", "--name", "x", "--scope", "admin")
    finally:
        os.umask(before)
    assert made.returncode == 0, made.stderr
    client = server.client(KEY)
    code = client.create()["code"]
    assert client.follow(code).status == 302
    eventually(lambda: list((place / "reports").rglob("*.gz")), what="a report is written")
    found = modes(server.data_directory) | modes(place / "elsewhere") | modes(place / "reports")
    names = {path.name for path in found}
    assert {"real.db", "real.db-wal", "real.db-shm", "journal"} <= names, names
    own = {place / "elsewhere", place / "reports"}
    open_to_others = {str(path): oct(mode) for path, mode in found.items() if mode & 0o077 and path not in own}
    assert not open_to_others
    server.stop()
    assert not [path for path, mode in modes(server.data_directory).items() if mode & 0o077]
