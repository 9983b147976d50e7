"""What `shrinkr-deploy verify` answers."""

import json


class Verdict:
    """An answer of the verifier."""

    def __init__(self, code, report):
        self.code, self.report = code, report
        assert code == report["exit_code"]
        self.checks = {s["service"]: {c["check"]: c for c in s["checks"]} for s in report["services"]}

    def result(self, service, check):
        return self.checks[service][check]["result"]

    def detail(self, service, check):
        return self.checks[service][check]["detail"]

    def of(self, service, result):
        """The checks of a service with this result."""
        return {name for name, check in self.checks[service].items() if check["result"] == result}

    def __repr__(self):
        return json.dumps(self.report, indent=1)
