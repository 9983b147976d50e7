"""The machine: which cores whom belong to, and what it is."""

import os
import platform
import re
import time
from pathlib import Path

CORES = sorted(os.sched_getaffinity(0))
# The server has one core for itself, the load client and this program have another.
SERVER_CORE, CLIENT_CORE = CORES[0], CORES[-1]


def pinned(core):
    """The beginning of a command that runs on one core."""
    return ["taskset", "--cpu-list", str(core)]


def description():
    """Cores, model, memory and kernel, and the day; nothing that names this machine."""
    model = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    memory = int(re.search(r"MemTotal: +(\d+)", Path("/proc/meminfo").read_text())[1]) / 1024**2
    busy = os.getloadavg()[0]
    return (
        f"{time.strftime('%Y-%m-%d')}, {len(CORES)} cores, {model[1] if model else platform.machine()}, "
        f"{memory:.0f} GiB, Linux {platform.release().split('-')[0]}, load average {busy:.1f}"
    )
