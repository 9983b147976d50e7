"""The same `shrinkr` on SQLite and on PostgreSQL, in turn: behind the cache a redirect costs the same, and creates are as
durable on both. What PostgreSQL itself uses is told apart."""

from harness import links, process
from harness.links import destination
from harness.report import ratio, spread, table
from harness.requests import BROWSER, MINIMAL, follow, post
from support.postgresql import Server

BATCH = 100
COLUMNS = {
    "CPU, µs": "cpu", "CPU of the database, µs": "database", "per second": "rate", "p50, µs": "p50", "p99, µs": "p99",
}  # fmt: skip


def run(stage):
    url = destination("@@@@@@")
    limited = links.make_codes(1_000, seed=16)
    # Name; request, codes, things done by one answer, and options of the load.
    loads = {
        "redirect, minimal, 64 connections": (follow(MINIMAL), stage.codes, 1, {}),
        "redirect, browser, 64 connections": (follow(BROWSER), stage.codes, 1, {}),
        "limited link, 64 connections": (follow(BROWSER), limited, 1, {}),
        "unknown code, 64 connections": (follow(MINIMAL), ["unknown-#"], 1, {"expects": (404,)}),
        "create, 64 clients": (post("/api/v1/links", {"url": url}), ("none",), 1, {"expects": (201,)}),
        f"create, {BATCH} a batch, 4 clients": (
            post("/api/v1/links/batch", {"links": [{"url": url}] * BATCH}), ("none",), BATCH,
            {"expects": (200,), "connections": 4},
        ),
    }  # fmt: skip
    rows, ratios = [], []
    # What a commit says is on the disk, as with SQLite.
    with Server(fsync=True) as database, stage.shrinkr(stage.codes) as sqlite:
        with stage.shrinkr(stage.codes, SHRINKR_DATABASE_URL=database.database().url) as postgresql:
            sqlite.name, postgresql.name = "SQLite", "PostgreSQL"
            for server in (sqlite, postgresql):
                links.create(server.client, limited, max_visits=1_000_000)
            for name, (request, codes, each, options) in loads.items():

                def measure(server, request=request, codes=codes, each=each, options=options):
                    before = process.cpu_seconds(database.process.pid) if server is postgresql else None
                    result = stage.load(server, request, codes, **{"connections": 64} | options)
                    after = process.cpu_seconds(database.process.pid) if server is postgresql else None
                    result["database"] = 0 if before is None else (after - before) * 1e6 / result["answers"] / each
                    result["cpu"], result["rate"] = result["cpu"] / each, result["rate"] * each
                    return result

                found = stage.in_turn([sqlite, postgresql], measure)
                for server, results in found.items():
                    rows.append((name, server, *(spread(each[key] for each in results) for key in COLUMNS.values())))
                pair = found["PostgreSQL"], found["SQLite"]
                ratios.append((name, ratio(*pair, "cpu"), ratio(*pair, "rate")))
    return "\n\n".join(
        [
            table(["PostgreSQL ÷ SQLite", "CPU of Shrinkr", "per second"], ratios),
            table(["", "database", *COLUMNS], rows),
        ]
    )
