"""The books: what the load client saw answered is what Shrinkr says it answered, and what it has counted."""

import json

from support.waiting import eventually

SETTLE_SECONDS = 120


class Ledger:
    def __init__(self, program):
        self.program = program
        self.expected = 0

    def expect(self, redirects):
        """Waits until that many more redirects are answered and counted; more, or fewer in the end, is an error."""
        self.expected += redirects
        eventually(self._adds_up, within=SETTLE_SECONDS, every=0.2, what=f"{self.expected} redirects are counted")

    def _adds_up(self):
        done = self.program.run("ledger", "--format", "json", "--wait", "0s", timeout=60)
        # Where the database is busy with a flush for longer than the ledger waits, it says so, and can be asked again.
        assert done.stdout, done.stderr
        terms = json.loads(done.stdout)["terms"]
        counted = {name: terms[name] for name in ("answered", "counted")}
        if max(counted.values()) > self.expected:
            raise RuntimeError(f"the load client saw {self.expected} redirects, the ledger says {counted}")
        assert counted == {"answered": self.expected, "counted": self.expected} and done.returncode == 0, terms
        return True
