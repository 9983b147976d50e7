"""Waiting for something to become true, with a deadline: nothing here sleeps and hopes."""

import itertools
import os
import random
import socket
import time

# Linux gives clients 32768 and above (net.ipv4.ip_local_port_range).
FIRST_PORT, LAST_PORT = 12_000, 32_000
PORT_RANGES = 8


def eventually(check, *, within=30.0, every=0.05, what):
    """Calls `check` until it returns something truthy, and returns that. Fails after `within` seconds.

    An AssertionError or OSError from `check` means "not yet"; the last one is told on failure.
    """
    deadline = time.monotonic() + within
    while True:
        try:
            last = check()
            if last:
                return last
        except (AssertionError, OSError) as error:
            last = error
        if time.monotonic() >= deadline:
            raise AssertionError(f"after {within:.0f} s still not: {what}; last seen: {last!r}")
        time.sleep(every)


def free_port():
    """A loopback port that nobody listens on, and that was not given out before.

    Test processes that run side by side draw from ranges of their own, below the ports that the system gives to
    clients: so nobody takes the port of a program that is being started again.
    """
    while True:
        port = next(_ports)
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


def _own_range():
    """Ports of this test process alone, beginning anywhere, so that two runs at once seldom meet."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % PORT_RANGES
    size = (LAST_PORT - FIRST_PORT) // PORT_RANGES
    first = FIRST_PORT + worker * size
    start = random.randrange(size)
    return itertools.cycle(first + (start + offset) % size for offset in range(size))


_ports = _own_range()
