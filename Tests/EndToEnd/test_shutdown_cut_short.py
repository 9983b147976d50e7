"""A shutdown that cannot go its way: the queue or the database is away, a client hangs on, a second signal comes.

It ends at the deadline, or at once after a second signal, and what could not be done is done after the next start.
"""

import contextlib
import signal
import socket
import sqlite3
import threading
from collections import Counter

import pytest

from support.checks import assert_clicks, assert_drained, wait_for_clicks
from support.faults import Fault, FaultProxy
from support.load import Load
from support.services import make_services
from support.waiting import eventually

# Longer than any test waits.
NEVER = "3600s"
SIGNALS = [(signal.SIGTERM, signal.SIGTERM), (signal.SIGINT, signal.SIGINT), (signal.SIGTERM, signal.SIGINT)]


def follow(client, codes, times=1):
    for code in codes * times:
        assert client.follow(code).status == 302
    return Counter({code: times for code in codes})


def assert_says(program, reason):
    lines = program.log_lines("Shutdown cut short")
    assert len(lines) == 1 and reason in lines[0]["reason"], program.log()


def assert_leaves(program, clicks):
    """The log says how many clicks wait for the next start."""
    lines = program.log_lines("Clicks stay in the journal; the next start in this directory sends them")
    assert [line["clicks.pending"] for line in lines] == [str(clicks)], program.log()


def signal_twice(program, first, second):
    program.process.send_signal(first)
    eventually(lambda: program.log_lines("stopping"), what="the first signal is taken")
    assert program.is_running
    program.process.send_signal(second)


# The queue is away


@pytest.fixture
def network(aws):
    with FaultProxy(aws.port) as proxy:
        yield proxy


@pytest.fixture
def far_services(network, launch, aws, queue, bucket, tmp_path):
    """The two services with a network between them and AWS that can break."""
    return make_services(launch, aws, queue, bucket, tmp_path, endpoint=network.url)


@pytest.mark.parametrize("fault", ["refuses", "is silent"])
def test_the_deadline_passes_while_the_queue(network, far_services, queue, fault):
    api, worker = far_services
    api.settings["SHRINKR_SHUTDOWN_TIMEOUT"] = "2s"
    api.start()
    client = api.client()
    codes = client.create_many(50, "deadline")
    if fault == "refuses":
        network.refuse()
    else:
        network.rule = lambda exchange: Fault.silent(3600)
    expected = follow(client, codes)
    api.terminate()
    assert api.wait() == 0
    assert_says(api, "timeout")
    assert_leaves(api, len(codes))
    assert len(api.log_lines("Clicks cannot be sent")) == 1 and not api.log_lines("Works again"), api.log()

    network.rule = lambda exchange: None
    network.refuse()
    network.allow()
    api.start()
    worker.start()
    assert_clicks(client, expected)
    assert_drained(queue)


@pytest.mark.parametrize("signals", SIGNALS)
def test_a_second_signal_while_the_queue_is_away(network, far_services, queue, signals):
    api, worker = far_services
    api.settings["SHRINKR_SHUTDOWN_TIMEOUT"] = NEVER
    api.start()
    client = api.client()
    codes = client.create_many(50, "twice")
    network.refuse()
    expected = follow(client, codes)
    signal_twice(api, *signals)
    assert api.wait() == 0
    assert_says(api, f"second signal ({signals[1].name})")
    assert_leaves(api, len(codes))

    network.allow()
    api.start()
    worker.start()
    assert_clicks(client, expected)
    assert_drained(queue)


# Requests are under way


def test_a_second_signal_under_load(launch):
    """In the middle of the drain delay: what was answered is counted, and no answer breaks off."""
    server = launch.start("shrinkr", SHRINKR_DRAIN_DELAY="600s", SHRINKR_SHUTDOWN_TIMEOUT=NEVER)
    codes = server.client().create_many(20, "twice")
    load = Load(server.url, codes, total=10**9, connections=16, until_refused=True).start()
    eventually(lambda: load.done >= 1000, what="the load runs")
    server.terminate()
    eventually(lambda: server.admin.get("/readyz").status == 503, what="readiness goes")
    done = load.done
    eventually(lambda: load.done >= done + 1000, what="requests are answered during the delay")
    server.terminate()
    assert server.wait() == 0
    load.join()
    assert set(load.statuses) <= {302, 503} and not load.torn, (load.statuses, load.torn.total())
    refused = load.statuses[503]
    server.start()
    client = server.client()
    answered = load.answered.total() - refused
    wait_for_clicks(client, answered)
    eventually(lambda: server.metric("shrinkr_journal_clicks_pending") == 0, what="the journal is empty")
    counted = client.clicks()
    assert answered <= counted <= answered + load.unanswered.total()
    server.kill()  # it would wait for the drain delay
    print(f"\n{answered} redirects answered, {load.unanswered.total()} requests not, {counted} clicks counted")


def drip(connection, ended):
    """A body, byte by byte."""
    connection.sendall(
        b"POST /api/v1/links HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        b"Content-Length: 1000\r\n\r\n"
    )
    while not ended.wait(0.05):
        connection.sendall(b" ")


def half_a_header(connection, ended):
    connection.sendall(b"GET /anything HTTP/1.1\r\nHost: 127")
    while not ended.wait(0.05):
        connection.sendall(b".")


def never_read(connection, ended):
    """Requests without end for a large answer, of which nothing is ever taken."""
    while not ended.is_set():
        connection.sendall(b"GET /openapi.yaml HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")


@pytest.mark.parametrize("client", [drip, half_a_header, never_read])
@pytest.mark.parametrize("ending", ["deadline", "second signal"])
def test_a_client_that_hangs_on(launch, client, ending):
    """It holds up neither the deadline nor a second signal."""
    server = launch.start(
        "shrinkr", SHRINKR_SHUTDOWN_TIMEOUT="2s" if ending == "deadline" else NEVER, SHRINKR_HTTP_BODY_TIMEOUT=NEVER,
        SHRINKR_HTTP_IDLE_TIMEOUT=NEVER, SHRINKR_HTTP_WRITE_TIMEOUT=NEVER,
    )  # fmt: skip
    code = server.client().create()["code"]
    ended = threading.Event()

    def hang_on():
        with socket.create_connection(("127.0.0.1", server.port)) as connection, contextlib.suppress(OSError):
            client(connection, ended)

    threads = [threading.Thread(target=hang_on, daemon=True) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert server.client().follow(code).status == 302
    if ending == "deadline":
        server.terminate()
    else:
        signal_twice(server, signal.SIGTERM, signal.SIGTERM)
    code_of_exit = server.wait()
    ended.set()
    for thread in threads:
        thread.join(10)
    assert code_of_exit == 0, server.log()
    server.start()
    assert_clicks(server.client(), {code: 1})


# The database is locked


@contextlib.contextmanager
def locked(program):
    """Another process writes to the database, and does not come to an end."""
    path = program.settings["SHRINKR_DATABASE_URL"].removeprefix("sqlite:")
    connection = sqlite3.connect(path, isolation_level=None, timeout=30)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


def holding(services, clicks=40):
    """A worker that holds clicks which it cannot count, and how many each link has."""
    api, worker = services
    api.start()
    codes = api.client().create_many(20, "flush")
    worker.settings["SHRINKR_FLUSH_INTERVAL"] = "100ms"
    return codes


def wait_until_held(worker, clicks):
    eventually(
        lambda: worker.metric("shrinkr_worker_window_clicks") >= clicks, what="the worker is in the middle of a flush"
    )


def test_worker_is_stopped_in_the_middle_of_a_flush(services, queue):
    """The lock goes in time: everything is counted, and the messages deleted, before the end."""
    api, worker = services
    codes = holding(services)
    worker.start()
    with locked(worker):
        expected = follow(api.client(), codes, times=2)
        wait_until_held(worker, 2 * len(codes))
        worker.terminate()
        eventually(lambda: worker.log_lines("stopping"), what="the signal is taken")
    assert worker.wait() == 0
    assert_clicks(api.client(), expected, within=1)
    assert_drained(queue, within=1)


@pytest.mark.parametrize("ending", ["deadline", "second signal"])
def test_worker_cannot_finish_its_flush(services, queue, ending):
    """Nothing of it is counted; the messages come again, and the next worker counts them once."""
    api, worker = services
    codes = holding(services)
    worker.settings["SHRINKR_SHUTDOWN_TIMEOUT"] = "4s" if ending == "deadline" else NEVER
    worker.start()
    with locked(worker):
        expected = follow(api.client(), codes, times=2)
        wait_until_held(worker, 2 * len(codes))
        if ending == "deadline":
            worker.terminate()
        else:
            signal_twice(worker, signal.SIGTERM, signal.SIGTERM)
        # SQLite waits for the lock longer than a cancelled program may take.
        assert worker.wait() in (0, 1)
    assert "Fatal" not in worker.log()
    assert api.client().clicks() == 0
    worker.start()
    assert_clicks(api.client(), expected)
    assert_drained(queue)


@pytest.mark.parametrize("ending", ["deadline", "second signal"])
def test_all_in_one_cannot_count(launch, ending):
    """Its queue has no memory: the clicks stay in the journal, and the next start counts them."""
    server = launch.start(
        "shrinkr", SHRINKR_FLUSH_INTERVAL="100ms",
        SHRINKR_SHUTDOWN_TIMEOUT="4s" if ending == "deadline" else NEVER,
    )  # fmt: skip
    client = server.client()
    codes = client.create_many(20, "locked")
    follow(client, codes)
    assert_clicks(client, {code: 1 for code in codes})
    with locked(server):
        follow(client, codes)
        if ending == "deadline":
            server.terminate()
        else:
            signal_twice(server, signal.SIGTERM, signal.SIGTERM)
        assert server.wait() in (0, 1)
    assert "Fatal" not in server.log()
    server.start()
    assert_clicks(client, {code: 2 for code in codes})
