"""A pytest plugin of every suite: which tests may run side by side, and a log that a person can read.

Tests are handed out one by one (`--dist loadgroup`), but for those that share something of their file, such as a server:
they stay together. A suite's conftest.py may name files in LONGEST_FIRST, which begin before all others, and in DIVIDED,
into how many parts a file is divided although its tests share something.

Passes are told as a count every now and then, and a failure as soon as it is there; pytest itself tells it in full, and
the slowest tests, at the end.
"""

import os
import signal
import threading
import time

import pytest

EVERY = float(os.environ.get("PROGRESS_SECONDS", 15))


def pytest_configure(config):
    # A shell's background has it ignored, and so would what the tests start.
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        config.pluginmanager.register(Progress(config), "suite-progress-lines")


def _shares(item):
    """Whether the test shares something with others of its file."""
    definitions = item._fixtureinfo.name2fixturedefs
    return any(found[-1].scope in ("module", "class") for found in definitions.values())


def _setting(config, name, default):
    return next((getattr(p, name) for p in config.pluginmanager.get_plugins() if hasattr(p, name)), default)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    order = {name: number for number, name in enumerate(_setting(config, "LONGEST_FIRST", ()))}
    divided = _setting(config, "DIVIDED", {})
    items.sort(key=lambda item: order.get(item.path.stem, len(order)))
    for number, item in enumerate(items):
        if _shares(item):
            name = item.path.stem
            part = f"-{number % divided[name]}" if name in divided else ""
            item.add_marker(pytest.mark.xdist_group(name + part))


class Progress:
    """Counts reports, in the process that the terminal belongs to."""

    def __init__(self, config):
        self.began = time.monotonic()
        self.counts = {"passed": 0, "failed": 0, "skipped": 0}
        self.total = 0
        self.config = config
        self.ended = threading.Event()

    def pytest_sessionstart(self):
        threading.Thread(target=self._tell_now_and_then, daemon=True).start()

    def pytest_sessionfinish(self):
        self.ended.set()

    def pytest_collection_finish(self, session):
        self.total = max(self.total, len(session.items))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids):
        self.total = max(self.total, len(ids))

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report):
        """No letter for a test; what it counts as is pytest's own."""
        if hasattr(report, "wasxfail"):
            return None
        if hasattr(report, "context"):
            return None if report.failed else (f"subtests {report.outcome}", "", "")
        if report.when == "call" or report.skipped:
            return report.outcome, "", report.outcome.upper()
        return ("error", "", "ERROR") if report.failed else ("", "", "")

    def pytest_runtest_logreport(self, report):
        if report.failed:
            self.counts["failed"] += 1
            self._tell(f"{report.nodeid} failed" + ("" if report.when == "call" else f" in {report.when}"))
        elif (report.skipped or report.when == "call") and not hasattr(report, "context"):  # that is a subtest's
            self.counts[report.outcome] += 1

    def _tell_now_and_then(self):
        while not self.ended.wait(EVERY):
            if not self.total:
                self._tell(f"... collecting ({time.monotonic() - self.began:.0f} s)")
                continue
            counted = ", ".join(f"{count} {name}" for name, count in self.counts.items() if count or name == "passed")
            self._tell(f"... {counted} of {self.total} ({time.monotonic() - self.began:.0f} s)")

    def _tell(self, line):
        self.config.pluginmanager.getplugin("terminalreporter").write_line(f"    {line}", flush=True)
