"""A load without end: whether rate, cost and memory stay as they are."""

from harness.report import number, table
from harness.requests import BROWSER, follow

SLICES = 10
COLUMNS = {
    "requests/s": "rate", "CPU, µs": "cpu", "until counted": "counted", "p99, µs": "p99", "resident, MB": "resident",
    "own, MB": "own",
}  # fmt: skip


def run(stage):
    seconds = stage.scale.hour_seconds / SLICES
    with stage.shrinkr(stage.codes) as server:
        found = [stage.load(server, follow(BROWSER), stage.codes, seconds=seconds) for _ in range(SLICES)]
    rows = [
        (f"{index + 1} of {SLICES}", *(number(result[key]) for key in COLUMNS.values()))
        for index, result in enumerate(found)
    ]
    rows.append(("last ÷ second", *(number(found[-1][key] / found[1][key]) for key in COLUMNS.values())))
    return table(["", *COLUMNS], rows)
