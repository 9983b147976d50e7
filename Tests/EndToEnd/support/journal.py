"""The files of a click journal, read from outside: where its records lie (Sources/ClickJournal/Format)."""

import json
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
    """The highest frame that may have been handed out, as the acknowledgement file's newer slot says."""
    data = (data_directory / "journal" / "acknowledged").read_bytes()
    return max(struct.unpack_from("<Q40xQ", slot, 8) for slot in (data[:64], data[64:]) if len(slot) == 64)[1]


def segments(data_directory):
    """The segment files of the journal in a data directory, in order."""
    return sorted((data_directory / "journal").glob("*.clicks"))


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
        found.append(Record(start - RECORD_HEADER.size, offset, word & 0xFF == 2, frame, data[start:offset]))
    return found
