"""The files of a click journal, read from outside: where its records lie (Sources/ClickJournal/Format)."""

import json
import shutil
import struct
from dataclasses import dataclass

HEADER_BYTES = 64
RECORD_HEADER = struct.Struct("<4sIQI")
MAGIC = b"\xffCJ\xfe"


@dataclass(frozen=True)
class Record:
    start: int
    end: int
    is_seal: bool
    frame: int
    payload: bytes

    @property
    def code(self):
        """The link that was followed; None for a seal."""
        return None if self.is_seal else json.loads(self.payload)["code"]


def handed_out(data_directory):
    """The highest frame of the newest journal that may have been handed out, as its acknowledgement file's newer slot says."""
    data = (segments(data_directory)[-1].parent / "acknowledged").read_bytes()
    return max(struct.unpack_from("<Q40xQ", slot, 8) for slot in (data[:64], data[64:]) if len(slot) == 64)[1]


def segments(data_directory):
    """The segment files of all journals in a data directory, each journal's in order, the newest journal last."""
    folder = data_directory / "journal"
    found = [*folder.glob("*.clicks"), *folder.glob("*-*-*-*-*/*.clicks")]
    oldest = {path.parent: min(other.stat().st_mtime_ns for other in path.parent.glob("*.clicks")) for path in found}
    return sorted(found, key=lambda path: (oldest[path.parent], path.name))


def copy(source, target):
    """Copies the journal of a data directory that may be in use, as `cp -r` does: what vanishes meanwhile is left out."""
    for path in sorted((source / "journal").rglob("*")):
        place = target / path.relative_to(source)
        if path.is_dir():
            place.mkdir(parents=True, exist_ok=True)
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copy2(path, place)
        except FileNotFoundError:
            place.unlink(missing_ok=True)


def records(path):
    """All records of an intact segment."""
    data = path.read_bytes()
    assert data.startswith(b"SHRKCLIK"), data[:8]
    found, offset = [], HEADER_BYTES
    while offset < len(data):
        magic, word, frame, _ = RECORD_HEADER.unpack_from(data, offset)
        assert magic == MAGIC, (path, offset)
        start = offset + RECORD_HEADER.size
        offset = start + (word >> 8)
        found.append(Record(start - RECORD_HEADER.size, offset, word & 0xFF != 1, frame, data[start:offset]))
    return found
