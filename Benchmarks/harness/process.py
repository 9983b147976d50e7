"""What a process and its children use, as the operating system counts it."""

import re
import time
from pathlib import Path

CPUCLOCK_SCHED = 2


def family(pid):
    """The process and all its descendants."""
    found = [pid]
    for parent in found:
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            found += map(int, children.read_text().split())
    return found


def cpu_seconds(pid):
    """CPU time of all threads, ended ones too, to the nanosecond: the clock that clock_getcpuclockid(3) names."""
    return sum(time.clock_gettime(~process << 3 | CPUCLOCK_SCHED) for process in family(pid))


def threads(pid):
    return [thread for process in family(pid) for thread in Path(f"/proc/{process}/task").iterdir()]


def loop_seconds(pid):
    """CPU time of the threads that serve connections: SwiftNIO's event loops, or all threads of a process without."""
    loops = [thread for thread in threads(pid) if (thread / "comm").read_text().startswith("NIO-")] or threads(pid)
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in loops) / 1e9


def switches(pid):
    """How often threads went to sleep, and so woke up."""
    text = "".join((thread / "status").read_text() for thread in threads(pid))
    return sum(map(int, re.findall(r"^voluntary_ctxt_switches:\s+(\d+)", text, re.MULTILINE)))


def memory(pid):
    """Resident memory, and what of it is the program's own (private and written to), in MB."""
    text = "".join(Path(f"/proc/{process}/smaps_rollup").read_text() for process in family(pid))
    names = {"resident": "Rss", "own": "Private_Dirty"}
    kibibytes = {key: re.findall(rf"^{name}: +(\d+)", text, re.MULTILINE) for key, name in names.items()}
    return {key: sum(map(int, found)) * 1024 / 1e6 for key, found in kibibytes.items()}
