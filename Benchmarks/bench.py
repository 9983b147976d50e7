#!/usr/bin/env python3
"""Measures Shrinkr and its peers; README.md says how, and holds the last results.

usage: bench.py [--quick] [--rounds N] [--seconds S] [--links N] [--hour-seconds S] [PART...]

Each part writes its results into README.md, unless --quick makes it a smoke test whose figures mean nothing.
"""

import argparse
import os
import signal
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from harness import REPOSITORY
from harness.machine import CLIENT_CORE, CORES, description
from harness.report import write
from harness.stage import QUICK, Scale, Stage
from parts import PARTS


def main():
    arguments = read_arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    os.sched_setaffinity(0, {CLIENT_CORE})
    print(f"    {description()}")
    if len(CORES) < 2:
        print("    Server and load client share one core: latencies and rates are of both.")
    scale = QUICK if arguments.quick else Scale()
    given = {name: getattr(arguments, name) for name in ("rounds", "seconds", "links", "hour_seconds")}
    scale = replace(scale, **{name: value for name, value in given.items() if value})
    place = REPOSITORY / ".build"
    place.mkdir(exist_ok=True)
    for part in arguments.parts or PARTS:
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="bench-", dir=place) as directory:
            text = PARTS[part](Stage(Path(directory), scale))
        print(f"\n## {part} ({time.monotonic() - began:.0f} s)\n\n{text}", flush=True)
        if not arguments.quick:
            write(part, text, conditions(scale))
    print("\nEvery redirect that was answered is counted, once: the ledger agrees with the load client.")


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)} (all)")
    parser.add_argument("--quick", action="store_true", help="a smoke test of less than a minute")
    parser.add_argument("--rounds", type=int, help="how often each server is measured")
    parser.add_argument("--seconds", type=float, help="of load in each round")
    parser.add_argument("--links", type=int, help="that all servers know")
    parser.add_argument("--hour-seconds", type=float, help="of load in the part hour")
    arguments = parser.parse_args()
    if unknown := [part for part in arguments.parts if part not in PARTS]:
        parser.error(f"there is no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    return arguments


def conditions(scale):
    return f"{scale.rounds} rounds of {scale.seconds:g} s, {scale.links:,} links"


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except RuntimeError as error:
        sys.exit(f"bench: {error}")
