"""What servers hold and use while nobody asks them anything."""

import time

from harness import links, process
from harness.report import number, spread, table

# Room for a million links.
CACHE = {"SHRINKR_CACHE_SIZE": "512MiB"}


def run(stage):
    rows = []

    def add(server, state):
        found = process.memory(server.pid)
        rows.append((server.name, state, number(found["resident"]), number(found["own"])))

    with stage.shrinkr() as server:
        add(server, "just started")
    for count in (stage.scale.links, stage.scale.many_links):
        codes = links.make_codes(count)
        with stage.shrinkr(codes, **CACHE) as server:
            add(server, f"{count:,} links made and followed")
            server.stop()
            server.start()
            add(server, f"started anew with {count:,} links")
            stage.warm(server, codes)
            add(server, f"{count:,} links in memory")
    with stage.all() as (_, *peers):
        for peer in peers:
            add(peer, f"{stage.scale.links:,} links" if peer.name != "floor" else "")
    return table(["", "", "resident, MB", "own, MB"], rows)


def run_idle(stage):
    def measure(server):
        seconds = stage.scale.idle_seconds / stage.scale.rounds
        cpu, switches = process.cpu_seconds(server.pid), process.switches(server.pid)
        time.sleep(seconds)
        cpu, switches = process.cpu_seconds(server.pid) - cpu, process.switches(server.pid) - switches
        return {"cpu": cpu / seconds * 100, "switches": switches / seconds}

    with stage.all() as servers:
        # What follows a load by the clock (flushing, reports) is over by then.
        time.sleep(min(10, stage.scale.idle_seconds))
        found = stage.in_turn(servers, measure)
    rows = [
        (name, spread(result["cpu"] for result in results), spread(result["switches"] for result in results))
        for name, results in found.items()
    ]
    return table(["idle", "CPU, % of a core", "wake-ups/s"], rows)
