"""SIGTERM under load: readiness goes first, no request fails, what was answered is counted, the exit code is 0."""

import contextlib
import signal
import socket
import threading

import pytest

from support.checks import assert_clicks, assert_drained, wait_for_clicks
from support.load import Load
from support.waiting import eventually


def under_load(program, **options):
    """Links, and connections that follow them without a pause until the program listens no more."""
    codes = program.client().create_many(20, "term")
    load = Load(program.url, codes, total=10**9, connections=32, until_refused=True, **options).start()
    eventually(lambda: load.done >= 2000, what="the load runs")
    return codes, load


def assert_nothing_failed(load):
    """Every request on an open connection was answered, and the last answer on each said that it was the last.

    A connection that was new when the listener closed may be reset by the system, which had not handed it over.
    """
    assert set(load.statuses) <= {302}, load.statuses
    assert not load.torn, f"{load.torn.total()} answers broke off"
    assert not load.cut, f"{load.cut.total()} requests were left unanswered on connections that had said nothing of it"
    assert load.unanswered.total() <= load.connections
    print(f"\n{load.answered.total()} answered, {load.unanswered.total()} reset in the listener's queue")


def assert_all_answered_are_counted(client, load, codes):
    wait_for_clicks(client, load.answered.total())
    for code in codes:
        assert load.answered[code] <= client.clicks(code) <= load.answered[code] + load.unanswered[code], code


@pytest.mark.parametrize("drain_delay", ["0s", "3s"])
def test_api_under_load_on_keep_alive(services, queue, drain_delay):
    api, worker = services
    api.settings["SHRINKR_DRAIN_DELAY"] = drain_delay
    api.start()
    codes, load = under_load(api)
    api.stop()  # exit code 0, in time
    load.join()
    assert_nothing_failed(load)

    # Only now does a worker run, and the API that comes back has nothing to do with those clicks any more.
    worker.start()
    eventually(lambda: queue.size() == 0, within=60, what="the worker has emptied the queue")
    api.start()
    assert api.metric("shrinkr_clicks_published_total") == 0
    assert_all_answered_are_counted(api.client(), load, codes)
    assert_drained(queue)


@pytest.mark.parametrize("drain_delay", ["0s", "3s"])
def test_all_in_one_under_load(launch, drain_delay):
    server = launch.start("shrinkr", SHRINKR_FLUSH_INTERVAL="1s", SHRINKR_DRAIN_DELAY=drain_delay)
    codes, load = under_load(server)
    server.stop()
    load.join()
    assert_nothing_failed(load)
    server.start()
    assert server.metric("shrinkr_clicks_published_total") == 0
    assert_all_answered_are_counted(server.client(), load, codes)


@pytest.mark.parametrize("name", ["shrinkr", "shrinkr-api"])
def test_readiness_goes_first(launch, services, name):
    """While the drain delay lasts, both health checks say 503, and everything that comes is answered all the same."""
    program = launch.make("shrinkr") if name == "shrinkr" else services[0]
    program.settings["SHRINKR_DRAIN_DELAY"] = "5s"
    program.start()
    codes, load = under_load(program, rate=500)
    program.terminate()
    eventually(lambda: program.admin.get("/readyz").status == 503, every=0, what="readiness goes")
    client = program.client()
    assert client.get("/health").status == 503
    answer = client.follow(codes[0])  # over a new connection
    assert (answer.status, answer.headers["Connection"]) == (302, "close")
    assert client.post("/api/v1/links", json={"url": "https://example.com/"}).status == 201
    assert load.is_running
    assert program.wait() == 0
    load.join()
    assert_nothing_failed(load)
    program.start()
    # `shrinkr` counts as well; a worker is not part of this.
    if name == "shrinkr":
        wait_for_clicks(client, load.answered.total() + 1)
    assert program.metric("shrinkr_journal_clicks_pending") == 0


def test_pipelined_requests_are_answered_or_known_not_to_be(launch):
    """What was read is answered, and the last answer says so; what comes after it was never a click."""
    server = launch.start("shrinkr", SHRINKR_FLUSH_INTERVAL="100ms", SHRINKR_DRAIN_DELAY="1s")
    code = server.client().create()["code"]
    request = f"GET /{code} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(request)
        received = connection.recv(65_536)
        sender = threading.Thread(target=send_without_pause, args=(connection, request), daemon=True)
        sender.start()
        server.terminate()
        received += read_rest(connection)
    sender.join(30)
    assert server.wait() == 0
    answers = received.split(b"HTTP/1.1 ")[1:]
    assert all(answer.startswith(b"302 ") and answer.endswith(b"\r\n\r\n") for answer in answers)
    closing = [b"connection: close" in answer.lower() for answer in answers]
    assert closing == [False] * (len(answers) - 1) + [True]
    server.start()
    assert_clicks(server.client(), {code: len(answers)})


def send_without_pause(connection, request):
    """Until the connection is closed."""
    with contextlib.suppress(OSError):
        while True:
            connection.sendall(request)


def read_rest(connection):
    received = b""
    with contextlib.suppress(ConnectionResetError):
        while data := connection.recv(65_536):
            received += data
    return received


def test_new_connections_until_the_listener_closes(launch):
    """Each request comes over a connection of its own. Those that were not handed over end without a byte."""
    server = launch.start("shrinkr", SHRINKR_FLUSH_INTERVAL="100ms")
    codes = server.client().create_many(20, "term")
    load = Load(server.url, codes, total=10**9, connections=32, until_refused=True, keep_alive=False).start()
    eventually(lambda: load.done >= 2000, what="the load runs")
    server.stop()
    load.join()
    assert_nothing_failed(load)
    server.start()
    assert_all_answered_are_counted(server.client(), load, codes)


@pytest.mark.parametrize("name", ["shrinkr", "shrinkr-api"])
def test_idle_connections_do_not_hold_it_up(launch, services, name):
    """Keep-alive connections without a request are closed, well before the deadline for busy ones."""
    program = launch.start("shrinkr") if name == "shrinkr" else services[0].start()
    idle = [socket.create_connection(("127.0.0.1", program.port)) for _ in range(5)]
    program.client().get("/health")
    program.terminate()
    assert program.wait(within=10) == 0
    for connection in idle:
        connection.close()


def test_a_request_on_its_way_is_answered(launch):
    """It reaches an idle connection when the listener has just closed."""
    server = launch.start("shrinkr")
    code = server.client().create()["code"]
    request = f"GET /{code} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(request)
        assert connection.recv(65_536).startswith(b"HTTP/1.1 302 ")
        server.terminate()
        eventually(lambda: refused(server.port), every=0, what="the listener closes")
        connection.sendall(request)
        answer = read_rest(connection)
    assert answer.startswith(b"HTTP/1.1 302 ") and b"connection: close" in answer.lower(), answer
    assert server.wait() == 0
    server.start()
    assert_clicks(server.client(), {code: 2})


def refused(port):
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return True
    return False


def test_sigint_is_as_good_as_sigterm(launch):
    server = launch.start("shrinkr")
    server.process.send_signal(signal.SIGINT)
    assert server.wait() == 0


def test_worker_stops_in_time_while_it_waits_for_messages(services):
    _, worker = services
    worker.start()
    worker.terminate()
    assert worker.wait(within=15) == 0
