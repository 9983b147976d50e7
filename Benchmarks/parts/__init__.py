"""The parts of `make bench`: each is a function that measures on a stage and returns Markdown."""

from . import api, databases, latency, lists, long_run, memory, redirect, start, worker

PARTS = {
    "redirect": redirect.run,
    "latency": latency.run,
    "start": start.run,
    "memory": memory.run,
    "idle": memory.run_idle,
    "creates": api.run_creates,
    "statistics": api.run_statistics,
    "lists": lists.run,
    "limited": api.run_limited,
    "unknown": api.run_unknown,
    "worker": worker.run,
    "databases": databases.run,
    "hour": long_run.run,
}
