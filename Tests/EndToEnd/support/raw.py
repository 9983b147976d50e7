"""HTTP as bytes on a socket: what no HTTP library would send, and all that comes back."""

import contextlib
import json
import socket
import threading
from dataclasses import dataclass

from .client import PROBLEM

SECONDS = 60
HOST = "Host: 127.0.0.1"


class Ended(Exception):
    """The server has closed the connection, or reset it, before the answer was complete."""


@dataclass
class RawAnswer:
    status: int
    fields: list
    body: bytes

    def field(self, name):
        """The value of a field that may be there once; None where it is not."""
        values = [value for own, value in self.fields if own.lower() == name.lower()]
        assert len(values) <= 1, f"{name} comes {len(values)} times"
        return values[0] if values else None

    @property
    def problem(self):
        """The last part of a problem document's type; None where the body is no such document."""
        if self.field("Content-Type") != "application/problem+json" or not self.body:
            return None
        return json.loads(self.body)["type"].removeprefix(PROBLEM)


class RawConnection:
    """One connection to a server. What the server cannot take any more, because it has closed, is not sent."""

    def __init__(self, server, *, receive_buffer=None):
        self.socket = socket.socket()
        self.socket.settimeout(SECONDS)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.connect(("127.0.0.1", server.port))
        self._buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def reset(self):
        """Closes with RST instead of FIN."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.socket.close()

    def send(self, data):
        """Sends; returns whether the server took all of it."""
        try:
            self.socket.sendall(data)
            return True
        except OSError:
            return False

    def send_beside(self, pieces):
        """Sends in a thread of its own, piece by piece, until the server takes no more."""
        thread = threading.Thread(target=lambda: all(self.send(piece) for piece in pieces), daemon=True)
        thread.start()
        return thread

    def finish_sending(self):
        self.socket.shutdown(socket.SHUT_WR)

    def answer(self, *, to_head=False):
        """The next answer, `100 Continue` included."""
        while b"\r\n\r\n" not in self._buffer:
            self._receive()
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        line, *lines = head.decode("latin-1").split("\r\n")
        version, status, *_ = line.split(" ")
        assert version == "HTTP/1.1", line
        fields = [tuple(part.strip() for part in text.split(":", 1)) for text in lines]
        answer = RawAnswer(int(status), fields, b"")
        length = 0 if to_head or status in ("100", "204", "304") else int(answer.field("Content-Length"))
        while len(self._buffer) < length:
            self._receive()
        answer.body, self._buffer = self._buffer[:length], self._buffer[length:]
        return answer

    def answers(self):
        """All further answers until the server closes; there must be nothing else."""
        answers = []
        while True:
            try:
                answers.append(self.answer())
            except Ended:
                assert not self._buffer, self._buffer[:1000]
                return answers

    def rest(self):
        """All further bytes until the server closes."""
        with contextlib.suppress(Ended):
            while True:
                self._receive()
        rest, self._buffer = self._buffer, b""
        return rest

    def _receive(self):
        try:
            data = self.socket.recv(65_536)
        except ConnectionError as error:
            raise Ended from error
        if not data:
            raise Ended
        self._buffer += data


def exchange(server, data):
    """Sends on a new connection, and returns every answer until the server closes."""
    with RawConnection(server) as connection:
        connection.send_beside([data])
        return connection.answers()


def request(line, *fields, body=b""):
    """A request with `Host` from text; what is no ASCII is sent as Latin-1, so that every byte can be written."""
    text = "\r\n".join([line, HOST, *fields, "", ""])
    return text.encode("latin-1") + body


def get(path, *fields):
    return request(f"GET {path} HTTP/1.1", *fields)


def post_link(*fields, body=b""):
    """A request to make a link: with `body` and `fields` as they are."""
    return request("POST /api/v1/links HTTP/1.1", "Content-Type: application/json", *fields, body=body)


# Ends a connection; its answer shows that the server has read everything before it as the test means it.
LAST = get("/robots.txt", "Connection: close")
