"""What goes Shrinkr's ordinary way: creates, statistics, limited links, unknown codes."""

from harness import links
from harness.links import destination
from harness.report import spread, table
from harness.requests import BROWSER, MINIMAL, follow, post, statistics

BATCH = 100
COLUMNS = {"CPU, µs": "cpu", "per second": "rate", "p50, µs": "p50", "p99, µs": "p99"}


def _rounds(stage, request, codes=("none",), *, each=1, **options):
    """A row of a table; each answer stands for `each` things that were done."""
    with stage.shrinkr(codes if codes != ("none",) else ()) as server:
        return _measure(stage, server, request, codes, each=each, **options)


def _measure(stage, server, request, codes, *, each=1, **options):
    stage.load(server, request, codes, **options)
    found = [stage.load(server, request, codes, **options) for _ in range(stage.scale.rounds)]
    for result in found:
        result["cpu"], result["rate"] = result["cpu"] / each, result["rate"] * each
    return [spread(result[key] for result in found) for key in COLUMNS.values()]


def run_creates(stage):
    url = destination("@@@@@@")
    single = post("/api/v1/links", {"url": url})
    batch = post("/api/v1/links/batch", {"links": [{"url": url}] * BATCH})
    rows = [
        (f"single, {clients} clients", *_rounds(stage, single, expects=(201,), connections=clients))
        for clients in (1, 16, 64)
    ]
    # Few batches run at a time, so more clients would only wait.
    rows.append((f"{BATCH} a batch, 4 clients", *_rounds(stage, batch, each=BATCH, expects=(200,), connections=4)))
    return table(["links made", *COLUMNS], rows)


def run_statistics(stage):
    row = _rounds(stage, statistics(), stage.codes[:1_000], expects=(200,), connections=16)
    return table(["statistics", *COLUMNS], [("of a link, 16 clients", *row)])


def run_limited(stage):
    codes = links.make_codes(1_000)
    with stage.shrinkr() as server:
        links.create(server.client, codes, max_visits=1_000_000)
        row = _measure(stage, server, follow(BROWSER), codes, connections=64)
    return table(["limited links", *COLUMNS], [("1,000 links, 64 connections", *row)])


def run_unknown(stage):
    rows = [
        (f"{name} headers, 64 connections", *_rounds_unknown(stage, fields))
        for name, fields in (("minimal", MINIMAL), ("browser", BROWSER))
    ]
    return table(["unknown codes", *COLUMNS], rows)


def _rounds_unknown(stage, fields):
    with stage.shrinkr() as server:
        return _measure(stage, server, follow(fields), ["unknown-#"], expects=(404,), connections=64)
