"""Waiting for something to become true, with a deadline: nothing here sleeps and hopes."""

import socket
import time

_given = set()


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
    """A loopback port that nobody listens on, and that was not given out before."""
    while True:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = listener.getsockname()[1]
        if port not in _given:
            _given.add(port)
            return port
