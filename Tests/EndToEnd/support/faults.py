"""The network and the service between Shrinkr and AWS, going wrong on purpose: an HTTP proxy with faults."""

import asyncio
import contextlib
import json
import threading
from collections import Counter
from dataclasses import dataclass, field

from .waiting import free_port


@dataclass
class Exchange:
    """One request as the proxy got it. `operation` is `SendMessageBatch` and the like for SQS, `PUT` and so on for S3."""

    method: str
    target: str
    headers: dict
    head: bytes
    body: bytes

    @property
    def operation(self):
        return self.headers.get("x-amz-target", "").rpartition(".")[2] or self.method

    def json(self):
        return json.loads(self.body)

    def with_json(self, value):
        """The same request with another body. Nobody here checks its signature."""
        body = json.dumps(value).encode()
        lines = self.head.decode("latin-1").split("\r\n")
        kept = [line for line in lines if not line.lower().startswith("content-length:")]
        head = "\r\n".join([kept[0], f"Content-Length: {len(body)}", *kept[1:]]).encode("latin-1")
        return Exchange(self.method, self.target, self.headers | {"content-length": str(len(body))}, head, body)


@dataclass
class Reply:
    """An answer, from the real service or made up."""

    status: int
    body: bytes = b""
    headers: dict = field(default_factory=dict)

    def encode(self):
        lines = {"Content-Length": str(len(self.body))} | self.headers
        head = f"HTTP/1.1 {self.status} Fault\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        return head.encode() + b"\r\n" + self.body

    def json(self):
        return json.loads(self.body)

    def with_json(self, value):
        return Reply(self.status, json.dumps(value).encode(), self.headers)


def sqs_error(code, status=400, message="a fault"):
    """An error as SQS says it in AWS JSON 1.0, the query-compatible code included."""
    kind = "Sender" if status < 500 else "Receiver"
    return Reply(
        status, f'{{"__type":"com.amazonaws.sqs#{code}","message":"{message}"}}'.encode(),
        {"Content-Type": "application/x-amz-json-1.0", "x-amzn-query-error": f"{code};{kind}"},
    )  # fmt: skip


def s3_error(code, status):
    """An error as S3 says it."""
    body = f'<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>a fault</Message></Error>'
    return Reply(status, body.encode(), {"Content-Type": "application/xml"})


class Fault:
    """What may happen to an exchange. A fault is a coroutine function: it gets the exchange, `forward` (a coroutine
    function that sends an exchange to the real service and returns its Reply) and the client's writer. It returns the
    Reply for the client, or None where the client is to see a connection that breaks."""

    @staticmethod
    def reply(reply):
        """Answered without asking the service."""

        async def fault(exchange, forward, writer):
            return reply

        return fault

    @staticmethod
    async def reset(exchange, forward, writer):
        """The connection breaks before the service hears anything."""
        return None

    @staticmethod
    async def deaf(exchange, forward, writer):
        """The service does what it is asked, the answer is lost."""
        await forward(exchange)
        return None

    @staticmethod
    async def torn(exchange, forward, writer):
        """The service does what it is asked, the answer breaks off in the middle."""
        answer = (await forward(exchange)).encode()
        writer.write(answer[: len(answer) - max(1, len(answer) // 3)])
        await writer.drain()
        return None

    @staticmethod
    def repeated(times):
        """The service gets the request several times; the client sees the last answer."""

        async def fault(exchange, forward, writer):
            for _ in range(times):
                answer = await forward(exchange)
            return answer

        return fault

    @staticmethod
    def silent(seconds):
        """Nothing is answered for that long, then the connection breaks; the service hears nothing."""

        async def fault(exchange, forward, writer):
            await asyncio.sleep(seconds)

        return fault

    @staticmethod
    async def cut(exchange, forward, writer):
        """The service gets half the body, then the connection breaks on both sides."""
        half = Exchange(exchange.method, exchange.target, exchange.headers, exchange.head,
                        exchange.body[: len(exchange.body) // 2])  # fmt: skip
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(forward(half), 0.2)

    @staticmethod
    def partly(code, message="a fault", *, sender_fault=False, fails=lambda number, entry: number % 2 == 0):
        """Some entries of a batch fail; the service gets the others. `fails` is asked with each one's place and entry."""

        async def fault(exchange, forward, writer):
            request = exchange.json()
            entries = list(enumerate(request["Entries"]))
            failed = [entry for number, entry in entries if fails(number, entry)]
            others = [entry for entry in request["Entries"] if entry not in failed]
            reply = Reply(200, b"{}", {"Content-Type": "application/x-amz-json-1.0"})
            if others:
                reply = await forward(exchange.with_json(request | {"Entries": others}))
            faults = [{"Id": e["Id"], "SenderFault": sender_fault, "Code": code, "Message": message} for e in failed]
            answer = reply.json()
            return reply.with_json(answer | {"Failed": answer.get("Failed", []) + faults})

        return fault

    @staticmethod
    def late(seconds):
        """Everything works, slowly."""

        async def fault(exchange, forward, writer):
            await asyncio.sleep(seconds)
            return await forward(exchange)

        return fault


class FaultProxy:
    """Forwards HTTP/1.1 requests one by one; `rule` may give each a fault. Runs in a thread of its own.

    `rule`: called with each Exchange; returns a fault, or None to let it through. May be replaced at any time.
    `watch`: called with each Exchange that reached the service, and its Reply.
    `seen` and `hurt` count requests and faults per operation.
    """

    def __init__(self, target_port, rule=lambda exchange: None):
        self.target_port = target_port
        self.rule = rule
        self.watch = lambda exchange, reply: None
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.seen = Counter()
        self.hurt = Counter()
        self._server = None
        self._writers = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="faults", daemon=True)

    def __enter__(self):
        self._thread.start()
        self.allow()
        return self

    def __exit__(self, *_):
        self.refuse()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def allow(self):
        """Listens."""
        self._call(self._listen())

    def refuse(self):
        """Stops listening and cuts every connection: new ones are refused by the system."""
        self._call(self._close())

    def _call(self, work):
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)

    async def _listen(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=1 << 20)

    async def _close(self):
        if self._server is None:
            return
        self._server.close()
        self._server = None
        for writer in list(self._writers):
            writer.transport.abort()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader, writer):
        self._writers.add(writer)
        # The client may go away, or the proxy be told to refuse, at any moment.
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while (exchange := await _read_request(reader)) is not None:
                answer = await self._answer(exchange, writer)
                if answer is None:
                    break
                writer.write(answer.encode())
                await writer.drain()
        self._writers.discard(writer)
        writer.transport.abort()

    async def _answer(self, exchange, writer):
        self.seen[exchange.operation] += 1
        fault = self.rule(exchange)
        if fault is None:
            return await self._forward(exchange)
        self.hurt[exchange.operation] += 1
        return await fault(exchange, self._forward, writer)

    async def _forward(self, exchange):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.target_port, limit=1 << 20)
        try:
            writer.write(exchange.head + exchange.body)
            await writer.drain()
            reply = await _read_reply(reader, exchange.method)
            self.watch(exchange, reply)
            return reply
        finally:
            writer.transport.abort()


async def _read_head(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines) if name}
    return head, first, headers


async def _read_body(reader, headers):
    if headers.get("transfer-encoding", "").lower() == "chunked":
        parts = []
        while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
            parts.append((await reader.readexactly(size + 2))[:-2])
        await reader.readuntil(b"\r\n")
        return b"".join(parts)
    return await reader.readexactly(int(headers.get("content-length", 0)))


async def _read_request(reader):
    try:
        head, first, headers = await _read_head(reader)
    except asyncio.IncompleteReadError:
        return None
    method, target, _ = first.split(" ")
    chunked = "transfer-encoding" in headers
    body = await _read_body(reader, headers)
    if chunked:
        raise OSError("a chunked request cannot be passed on as it came")
    return Exchange(method, target, headers, head, body)


async def _read_reply(reader, method):
    _, first, headers = await _read_head(reader)
    body = b"" if method == "HEAD" else await _read_body(reader, headers)
    kept = {name: value for name, value in headers.items() if name not in ("connection", "content-length", "transfer-encoding")}
    return Reply(int(first.split(" ")[1]), body, kept)
