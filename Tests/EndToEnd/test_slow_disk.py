"""A disk whose writes take seconds: whoever follows a link waits for his click to be written, and nobody else does."""

import select

import pytest

from support.checks import assert_clicks
from support.disk import FailingCalls
from support.raw import HOST, RawConnection

# How long each write to the journal takes meanwhile.
STALL_MILLISECONDS = 5_000


def get(path):
    return f"GET {path} HTTP/1.1\r\n{HOST}\r\n\r\n".encode()


@pytest.mark.parametrize("lane", ["on", "off"])
def test_a_stalled_write_holds_up_redirects_alone(launch, tmp_path, lane):
    calls = FailingCalls(tmp_path / "calls")
    server = launch.start("shrinkr", SHRINKR_REDIRECT_LANE=lane, **calls.settings)
    client = server.client()
    (code,) = client.create_many(1, "slow")
    assert client.get(f"/{code}").status == 302
    calls.delay(["write"], STALL_MILLISECONDS, "/journal/")
    # By the first one it is known that the disk stalls: an event loop has waited for it, and does so no more.
    with RawConnection(server) as first:
        first.send(get(f"/{code}"))
        assert first.answer().status == 302
    waiting = [RawConnection(server) for _ in range(2)]
    for connection in waiting:
        connection.send(get(f"/{code}"))
    # As many others as there are event loops, and more.
    for number in range(8):
        with RawConnection(server) as other:
            other.send(get("/health") + get(f"/unknown{number}"))
            assert [other.answer().status, other.answer().status] == [200, 404]
    answered = select.select([connection.socket for connection in waiting], [], [], 0)[0]
    assert not answered, "the redirects did not wait, so this says nothing of who waits for them"
    calls.clear()
    for connection in waiting:
        assert connection.answer().status == 302
        connection.close()
    assert_clicks(client, {code: 4})
