"""A disk that stalls: whoever follows a link waits for his click to be written, and nobody else does."""

import select
import time

import pytest

from support.checks import assert_clicks
from support.disk import FailingCalls
from support.raw import HOST, RawConnection

# Longer than a write may take before the disk counts as stalled (100 ms).
SLOW_SECONDS = 0.5


def get(path):
    return f"GET {path} HTTP/1.1\r\n{HOST}\r\n\r\n".encode()


@pytest.mark.parametrize("lane", ["on", "off"])
def test_a_stalled_write_holds_up_redirects_alone(launch, tmp_path, lane):
    calls = FailingCalls(tmp_path / "calls")
    server = launch.start("shrinkr", SHRINKR_REDIRECT_LANE=lane, **calls.settings)
    client = server.client()
    (code,) = client.create_many(1, "slow")
    assert client.get(f"/{code}").status == 302
    # By the first one it is known that the disk stalls: an event loop has waited for it, and does so no more.
    with RawConnection(server) as first:
        calls.hold(["write"], "/journal/")
        first.send(get(f"/{code}"))
        time.sleep(SLOW_SECONDS)
        calls.clear()
        assert first.answer().status == 302
    calls.hold(["write"], "/journal/")
    waiting = [RawConnection(server) for _ in range(2)]
    for connection in waiting:
        connection.send(get(f"/{code}"))
    # As many others as there are event loops, and more.
    for number in range(8):
        with RawConnection(server) as other:
            other.send(get("/health") + get(f"/unknown{number}"))
            assert [other.answer().status, other.answer().status] == [200, 404]
    assert not select.select([connection.socket for connection in waiting], [], [], 0)[0], "no redirect waits"
    calls.clear()
    for connection in waiting:
        assert connection.answer().status == 302
        connection.close()
    assert_clicks(client, {code: 4})
