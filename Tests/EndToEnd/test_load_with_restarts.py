"""Every answered redirect is counted once, though the worker is stopped and killed in the middle.

SHRINKR_LOAD_REDIRECTS sets the number of redirects (20,000), SHRINKR_LOAD_RATE how many a second (2,000).
"""

import os

from support.checks import assert_clicks, assert_drained
from support.client import BOTS, BROWSERS
from support.load import Load
from support.waiting import eventually

REDIRECTS = int(os.environ.get("SHRINKR_LOAD_REDIRECTS", "20000"))
RATE = int(os.environ.get("SHRINKR_LOAD_RATE", "2000"))
LINKS = 500


def test_worker_is_stopped_and_killed_under_load(services, queue):
    api, worker = services
    api.start()
    worker.start()
    client = api.client()
    codes = client.create_many(LINKS, "load")

    load = Load(api.url, codes, total=REDIRECTS, rate=RATE, agents=BROWSERS + BOTS).start()
    counted_at = _done(load, 0.25)
    worker.stop()
    _done(load, 0.4)
    worker.start()
    _done(load, 0.6)
    # Killed while it has work: it had counted something, and the load goes on.
    eventually(lambda: client.clicks() > 0, what="the worker counts")
    worker.kill()
    _done(load, 0.75)
    worker.start()
    load.join()

    assert counted_at > 0
    assert load.statuses == {302: REDIRECTS}
    assert not load.torn and not load.unanswered
    assert_clicks(client, load.answered, within=120)
    assert_drained(queue)
    # Nothing trickles in afterwards: what is in the queue twice is counted once.
    assert_clicks(client, load.answered)


def _done(load, share):
    """Waits until this share of the load is done; returns how much is."""
    target = int(load.total * share)
    eventually(lambda: load.done >= target or not load.is_running, within=120, what=f"{share:.0%} of the load is done")
    return load.done
