"""More connections than the server may have, or the system has files for: idle ones do not shut real clients out."""

import contextlib
import json
import re
import resource
import socket
import time
from pathlib import Path

import pytest

from support.hostility import Bystander, Siege, open_files
from support.raw import get
from support.waiting import eventually


def silent_connections(server, count):
    """So many connections that say nothing, whether the server takes them or not."""
    connections = []
    for number in range(count):
        connection = socket.socket()
        connection.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            connection.connect(("127.0.0.1", server.port))
        connections.append(connection)
        if number % 250 == 249:
            # The queue of connections that are not taken yet is shorter than this.
            time.sleep(0.1)
    return connections


@contextlib.contextmanager
def many_open_files(needed):
    """Lets this process have so many files open, or skips the test."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < needed:
        pytest.skip(f"this test needs {needed} open files and may have {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, needed), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def start_with_open_files(launch, limit, **settings):
    """A server whose connections may be idle for ever, and that may have so many files open (soft:hard)."""
    server = launch.make("shrinkr", SHRINKR_HTTP_IDLE_TIMEOUT="1h", **settings)
    server.wrap = ["prlimit", f"--nofile={limit}"]
    return server.start()


def answered(connection):
    """Whether a connection that was silent until now gets an answer; the server may have closed it."""
    with contextlib.suppress(OSError):
        connection.setblocking(True)
        connection.settimeout(60)
        connection.sendall(get("/health", "Connection: close"))
        return connection.recv(100).startswith(b"HTTP/1.1 200")
    return False


def test_5000_idle_connections(launch, capsys):
    """More than there may be (4,096): idle ones have to go, and a real client is served long before they time out."""
    with many_open_files(6_000):
        siege = Siege(start_with_open_files(launch, "1024:"))
        connections = silent_connections(siege.server, 5_000)
        with Bystander(siege.server) as bystander:
            bystander.check()
            # The default limit, what one turn of the listener may take beyond it, and the server's own files.
            assert open_files(siege.server) < 4_096 + 256 + 128
        alive = [connection for connection in connections if answered(connection)]
        assert len(alive) > 2_000, "most of them were left alone"
        for connection in connections:
            connection.close()
    with capsys.disabled():
        print(f"\n{siege.report('5,000 idle connections')}")


def test_fewer_open_files_than_connections(launch):
    """Where the system allows few files, the server takes fewer connections rather than to run out of files."""
    with many_open_files(2_000):
        server = start_with_open_files(launch, "300:300")
        connections = silent_connections(server, 1_000)
        with Bystander(server) as bystander:
            bystander.check()
        assert open_files(server) < 300
        link = server.client().create()
        assert server.client().follow(link["code"]).status == 302
        eventually(lambda: server.client().clicks(link["code"]) == 1, within=60, what="its click is counted")
        for connection in connections:
            connection.close()
    warnings = [line["msg"] for line in map(json.loads, server.log().splitlines()) if line["level"] == "warning"]
    assert len([warning for warning in warnings if "ulimit" in warning]) == 1, warnings
    assert len([warning for warning in warnings if "idle ones are closed" in warning]) == 1, warnings


def test_a_low_soft_limit_of_open_files_is_raised(launch):
    server = start_with_open_files(launch, "256:8192")
    limits = Path(f"/proc/{server.process.pid}/limits").read_text()
    assert int(re.search(r"^Max open files\s+(\d+)", limits, re.MULTILINE)[1]) >= 4_096
    assert "ulimit" not in server.log()
