"""What people look at: lists, searches and single links, beside few links and beside many."""

from harness import links
from harness.report import spread, table
from harness.requests import read

COLUMNS = {"CPU, µs": "cpu", "p50, µs": "p50", "p99, µs": "p99"}
FEW = 10_000


def run(stage):
    rows = []
    for count in (min(FEW, stage.scale.many_links // 2), stage.scale.many_links):
        codes = links.make_codes(count)
        with stage.shrinkr(codes) as server:
            rows += [(f"{count:,}", name, *_measure(stage, server, *asked)) for name, *asked in _requests(codes)]
    return table(["links", "one client asks for", *COLUMNS], rows)


def _requests(codes):
    place = "/api/v1/links"
    return [
        ("a single link", f"{place}/{{code}}", codes[:1_000]),
        ("the newest 20", place, ["none"]),
        ("the 20 with most clicks", f"{place}?order=clicks", ["none"]),
        ("the 20 clicked last", f"{place}?order=last_click", ["none"]),
        ("a text of one link", f"{place}?q=of/{{code}}", codes[:1_000]),
        ("a text of all links", f"{place}?q=destination", ["none"]),
        ("a text of none", f"{place}?q=vestibule", ["none"]),
        ("a text of none, made of parts of all", f"{place}?q=example.com/tion/of", ["none"]),
        ("two letters of none", f"{place}?q=qq", ["none"]),
    ]


def _measure(stage, server, target, codes):
    options = {"expects": (200,), "connections": 1}
    stage.load(server, read(target), codes, **options)
    found = [stage.load(server, read(target), codes, **options) for _ in range(stage.scale.rounds)]
    return [spread(result[key] for result in found) for key in COLUMNS.values()]
