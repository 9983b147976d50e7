"""SIGTERM under load: everything that was answered is counted, nothing breaks off, the exit code is 0."""

import signal

import pytest

from support.checks import assert_drained, wait_for_clicks
from support.load import Load
from support.waiting import eventually


def assert_all_answered_are_counted(client, load, codes):
    assert set(load.statuses) <= {302}, load.statuses
    assert not load.torn, f"{load.torn.total()} answers broke off"
    answered = load.answered.total()
    wait_for_clicks(client, answered)
    for code in codes:
        assert load.answered[code] <= client.clicks(code) <= load.answered[code] + load.unanswered[code], code


def test_api_under_load_on_keep_alive(services, queue):
    api, worker = services
    api.start()
    client = api.client()
    codes = client.create_many(20, "term")
    load = Load(api.url, codes, total=10**9, connections=32, until_refused=True).start()
    eventually(lambda: load.done >= 2000, what="the load runs")
    api.stop()  # exit code 0, in time
    load.join()

    # Only now does a worker run, and the API that comes back has nothing to do with those clicks any more.
    worker.start()
    eventually(lambda: queue.size() == 0, within=60, what="the worker has emptied the queue")
    api.start()
    assert_all_answered_are_counted(client, load, codes)
    assert_drained(queue)


def test_all_in_one_under_load(launch):
    server = launch.start("shrinkr", SHRINKR_FLUSH_INTERVAL="1s")
    client = server.client()
    codes = client.create_many(20, "term")
    load = Load(server.url, codes, total=10**9, connections=32, until_refused=True).start()
    eventually(lambda: load.done >= 2000, what="the load runs")
    server.stop()
    load.join()
    server.start()
    assert_all_answered_are_counted(client, load, codes)


@pytest.mark.parametrize("name", ["shrinkr", "shrinkr-api"])
def test_idle_connections_do_not_hold_it_up(launch, services, name):
    """Keep-alive connections without a request are closed, well before the deadline for busy ones."""
    import socket

    program = launch.start("shrinkr") if name == "shrinkr" else services[0].start()
    idle = [socket.create_connection(("127.0.0.1", program.port)) for _ in range(5)]
    program.client().get("/health")
    program.terminate()
    assert program.wait(within=10) == 0
    for connection in idle:
        connection.close()


def test_sigint_is_as_good_as_sigterm(launch):
    server = launch.start("shrinkr")
    server.process.send_signal(signal.SIGINT)
    assert server.wait() == 0


def test_worker_stops_in_time_while_it_waits_for_messages(services):
    _, worker = services
    worker.start()
    worker.terminate()
    assert worker.wait(within=15) == 0
