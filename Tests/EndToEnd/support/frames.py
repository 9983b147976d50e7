"""Click frames of wire format v1, made by hand: for clicks at any time and from anywhere."""

import json
import uuid
from dataclasses import dataclass, field

from .client import CHROME


@dataclass
class Journal:
    """A journal of its own, as an API process would have; its frames are numbered from 1."""

    identity: str = field(default_factory=lambda: str(uuid.uuid4()))
    number: int = 0

    def frame(self, clicks, *, version=1):
        """The next frame as a message body."""
        self.number += 1
        return json.dumps({"v": version, "journal": self.identity, "frame": self.number, "clicks": clicks})


def click(code, time, *, agent=CHROME, **members):
    """One click at an aware datetime. `members` are those of the wire format."""
    return {"t": int(time.timestamp() * 1000), "code": code, "method": "GET", "ua": agent} | members


def visitor(number):
    return f"{number:016x}"
