"""From starting the process to its first healthy answer, with all links there."""

from harness.report import ratio, spread, table


def run(stage):
    def measure(server):
        server.stop()
        return {"ms": server.start() * 1_000}

    with stage.all() as servers:
        found = stage.in_turn(servers, measure)
    rows = [(name, spread(result["ms"] for result in results)) for name, results in found.items()]
    rows.append(("Shrinkr ÷ nginx", ratio(found["Shrinkr"], found["nginx"], "ms")))
    return table(["", "ms to the first answer"], rows)
