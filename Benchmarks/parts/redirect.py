"""Redirects as fast as one connection or many ask for them: what each costs."""

from itertools import groupby

from harness import links
from harness.report import ratio, spread, table
from harness.requests import HEADERS, follow

# Of each kind of header: connections, whether each is used once, and whether a tenth of the codes are unknown.
LOADS = {
    "1 connection": (1, False, False),
    "64 connections": (64, False, False),
    "256 connections": (256, False, False),
    "64, short": (64, True, False),
    "64, 10 % unknown": (64, False, True),
}
COLUMNS = {
    "CPU, µs": "cpu", "event loops": "loops", "until counted": "counted", "requests/s": "rate",
    "p50, µs": "p50", "p99, µs": "p99",
    "p99.9, µs": "p999", "resident, MB": "resident", "own, MB": "own",
}  # fmt: skip


def run(stage):
    rows, ratios = [], []
    profiles = [(headers, name) for headers in HEADERS for name in LOADS]
    if not stage.scale.every_profile:
        profiles = [profiles[0], profiles[-1]]
    mixed = links.with_unknown(stage.codes)
    with stage.all() as servers:
        for headers, name in profiles:
            connections, closes, has_unknown = LOADS[name]

            def measure(server):
                return stage.load(
                    server, follow(HEADERS[headers], closes), mixed if has_unknown else stage.codes,
                    expects=(302, 404) if has_unknown else (302,), connections=connections, closes=closes,
                )  # fmt: skip

            found = stage.in_turn(servers, measure)
            profile = f"{headers}, {name}"
            rows += [
                (profile, server, *(spread(result[key] for result in results) for key in COLUMNS.values()))
                for server, results in found.items()
            ]
            ratios.append((profile, *compare(found)))
    parts = [table(["CPU per redirect", *COMPARISONS], ratios)]
    for profile, group in groupby(rows, key=lambda row: row[0]):
        parts.append(table([profile, *COLUMNS], [row[1:] for row in group]))
    return "\n\n".join(parts)


COMPARISONS = [
    "Shrinkr ÷ nginx", "its event loops ÷ nginx", "until counted ÷ nginx", "FastAPI ÷ Shrinkr", "Shrinkr ÷ floor",
]  # fmt: skip


def compare(found):
    ours, nginx, fastapi, floor = (found[name] for name in ("Shrinkr", "nginx", "FastAPI", "floor"))
    parts = [[result | {"cpu": result[key]} for result in ours] for key in ("loops", "counted")]
    pairs = [(ours, nginx), *((part, nginx) for part in parts), (fastapi, ours), (ours, floor)]
    return [ratio(over, under, "cpu") for over, under in pairs]
