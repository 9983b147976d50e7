"""A load client over raw HTTP/1.1 keep-alive connections that knows exactly which requests were answered."""

import asyncio
import threading
import time
from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlsplit

from .client import CHROME

ANSWER_SECONDS = 30


@dataclass
class RawAnswer:
    status: int
    headers: dict
    body: bytes


class TornAnswer(Exception):
    """The connection ended in the middle of an answer."""


class NoAnswer(Exception):
    """The connection ended before the first byte of an answer."""


class Connection:
    """One keep-alive connection."""

    def __init__(self, url):
        parts = urlsplit(url)
        self.host, self.port = parts.hostname, parts.port
        self._reader = self._writer = None
        # Whole answers since it was opened.
        self.answers = 0

    async def open(self):
        self._reader, self._writer = await asyncio.open_connection(self.host, self.port)
        self.answers = 0

    @property
    def is_open(self):
        return self._writer is not None

    def close(self):
        if self._writer is not None:
            self._writer.transport.abort()
        self._reader = self._writer = None

    async def exchange(self, request):
        """Sends one request and reads its whole answer."""
        try:
            self._writer.write(request)
            return await asyncio.wait_for(self._read(request), ANSWER_SECONDS)
        except BaseException:
            self.close()
            raise

    async def _read(self, request):
        started = False
        try:
            first = await self._reader.readexactly(1)
            started = True
            head = first + await self._reader.readuntil(b"\r\n\r\n")
            status, headers = _parse(head)
            body = b"" if request.startswith(b"HEAD ") else await self._body(status, headers)
        except (asyncio.IncompleteReadError, OSError) as error:
            raise TornAnswer(str(error)) if started else NoAnswer(str(error)) from error
        self.answers += 1
        if headers.get("connection", "").lower() == "close":
            self.close()
        return RawAnswer(status, headers, body)

    async def _body(self, status, headers):
        if status in (204, 304):
            return b""
        if headers.get("transfer-encoding", "").lower() != "chunked":
            return await self._reader.readexactly(int(headers["content-length"]))
        parts = []
        while size := int((await self._reader.readuntil(b"\r\n")).split(b";")[0], 16):
            parts.append((await self._reader.readexactly(size + 2))[:-2])
        await self._reader.readuntil(b"\r\n")
        return b"".join(parts)


def _parse(head):
    lines = head.decode("latin-1").split("\r\n")
    headers = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        if name:
            headers[name.lower()] = value.strip()
    return int(lines[0].split(" ")[1]), headers


def request_bytes(method, path, *, agent=CHROME, headers=None, body=b""):
    """A request as it goes over the wire."""
    lines = {"Host": "127.0.0.1", "User-Agent": agent} | (headers or {})
    if body:
        lines["Content-Length"] = str(len(body))
    head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return head.encode() + b"\r\n" + body


def at_once(url, requests, *, connections):
    """Sends all requests as concurrently as `connections` open connections allow; returns the answers in order."""

    async def run():
        opened = [Connection(url) for _ in range(min(connections, len(requests)))]
        await asyncio.gather(*(connection.open() for connection in opened))
        answers = [None] * len(requests)
        # Every connection is open before the first request goes out.
        await asyncio.gather(*(_serve(c, requests, answers, i, len(opened)) for i, c in enumerate(opened)))
        for connection in opened:
            connection.close()
        return answers

    return asyncio.run(run())


async def _serve(connection, requests, answers, first, step):
    for index in range(first, len(requests), step):
        if not connection.is_open:
            await connection.open()
        answers[index] = await connection.exchange(requests[index])


class Load:
    """Follows links over and over, in a thread of its own, and keeps exact books.

    - `answered`: complete answers, per code; the ones that must be counted.
    - `unanswered`: requests whose connection ended without a byte of an answer; they may or may not be counted.
    - `cut`: those among them on connections that had brought answers and never said `Connection: close`.
    - `torn`: answers that broke off in the middle; a server that stops gracefully leaves none.
    """

    def __init__(self, url, codes, *, total, connections=16, rate=None, until_refused=False, agents=(CHROME,),
                 keep_alive=True):  # fmt: skip
        self.url = url
        self.codes = codes
        self.total = total
        self.connections = connections
        self.rate = rate
        self.until_refused = until_refused
        self.agents = agents
        self.headers = {} if keep_alive else {"Connection": "close"}
        self.answered = Counter()
        self.statuses = Counter()
        self.unanswered = Counter()
        self.cut = Counter()
        self.torn = Counter()
        self.done = 0
        self.error = None
        self._next = 0
        self._thread = threading.Thread(target=self._run, name="load", daemon=True)

    def start(self):
        self._thread.start()
        return self

    def join(self, within=300):
        self._thread.join(within)
        assert not self._thread.is_alive(), f"the load did not end within {within} s; {self.done} of {self.total} done"
        if self.error is not None:
            raise self.error
        return self

    def end(self):
        """Sends no more requests, and waits for the answers to those that were sent."""
        self.total = self._next
        return self.join()

    @property
    def is_running(self):
        return self._thread.is_alive()

    def _run(self):
        try:
            asyncio.run(self._follow_all())
        except Exception as error:  # told by join()
            self.error = error

    async def _follow_all(self):
        self._started = time.monotonic()
        await asyncio.gather(*(self._follow() for _ in range(self.connections)))

    async def _follow(self):
        connection = Connection(self.url)
        while self._next < self.total:
            index, self._next = self._next, self._next + 1
            code = self.codes[index % len(self.codes)]
            await self._pace(index)
            if not await self._connect(connection):
                return
            await self._exchange(connection, code, self.agents[index % len(self.agents)])
            self.done += 1
        connection.close()

    async def _pace(self, index):
        if self.rate is not None:
            ahead = self._started + index / self.rate - time.monotonic()
            if ahead > 0.002:
                await asyncio.sleep(ahead)

    async def _connect(self, connection):
        if connection.is_open:
            return True
        try:
            await connection.open()
        except OSError:
            if self.until_refused:
                return False
            raise
        return True

    async def _exchange(self, connection, code, agent):
        try:
            answer = await connection.exchange(request_bytes("GET", f"/{code}", agent=agent, headers=self.headers))
        except NoAnswer:
            self.unanswered[code] += 1
            if connection.answers > 0:
                self.cut[code] += 1
        except TornAnswer:
            self.torn[code] += 1
        else:
            self.statuses[answer.status] += 1
            self.answered[code] += 1
