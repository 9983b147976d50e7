"""Latency at half load: requests come at a fixed rate, whatever the server does."""

from harness.report import number, ratio, spread, table
from harness.requests import HEADERS, follow

CONNECTIONS = 64
COLUMNS = {"p50, µs": "p50", "p99, µs": "p99", "p99.9, µs": "p999", "CPU, µs": "cpu"}


def run(stage):
    parts = []
    with stage.all() as servers:
        for headers, fields in HEADERS.items():
            request = follow(fields)
            most = {s.name: stage.load(s, request, stage.codes, connections=CONNECTIONS)["rate"] for s in servers}
            # The same rate for all, but for whom it would be more than half of what he can do.
            common = min(most["Shrinkr"], most["nginx"])
            rates = {name: min(common, rate) / 2 for name, rate in most.items()}
            found = stage.in_turn(
                servers,
                lambda s: stage.load(s, request, stage.codes, connections=CONNECTIONS, rate=rates[s.name]),
            )
            rows = [
                (name, number(rates[name]), *(spread(result[key] for result in results) for key in COLUMNS.values()))
                for name, results in found.items()
            ]
            parts.append(table([f"{headers} headers", "requests/s", *COLUMNS], rows))
            times = [ratio(found["Shrinkr"], found["nginx"], key) for key in COLUMNS.values()]
            parts.append(table(["", *COLUMNS], [("Shrinkr ÷ nginx", *times)]))
    return "\n\n".join(parts)
