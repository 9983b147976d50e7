"""What a request costs the server depends on its size, and hardly on its bytes: for every route, field, parameter and
member that the contract names, and the fields that servers read besides, the worst text costs a few times what letters
cost, in CPU time of the server.

Text that is compared as Unicode asks for costs time with the square of its length: one request of 16 KiB was seconds.
"""

import contextlib
import json
import socket
from pathlib import Path

import pytest
import yaml

from support.client import CHROME
from support.raw import HOST

DOCUMENT = yaml.safe_load((Path(__file__).resolve().parents[2] / "openapi.yaml").read_text())
KEY = "221c4e003f9931ee3af27f802dc5fd3d9974d75b333824fe61790134676b1b69"
METHODS = ("get", "head", "post", "put", "patch", "delete")

# How many times what letters cost a text may cost, and what a measurement may be wrong by, in seconds.
RATIO, NOISE = 5, 0.004
ATTEMPTS = 4

# The header has at most 16 KiB, a body 64 KiB, that of a batch 1 MiB.
FIELD, BODY, BATCH = 15_000, 60_000, 1_000_000

FIELDS = [
    "Accept", "Accept-Encoding", "Accept-Language", "Authorization", "CF-IPCountry", "Connection", "Content-Encoding",
    "Content-Length", "Content-Type", "Cookie", "Expect", "Forwarded", "Host", "Idempotency-Key", "If-Match",
    "If-None-Match", "Origin", "Purpose", "Referer", "Sec-Fetch-Dest", "Sec-Purpose", "TE", "Trailer",
    "Transfer-Encoding", "Upgrade", "User-Agent", "Via", "X-Api-Key", "X-Forwarded-For", "X-Forwarded-Host",
    "X-Forwarded-Proto", "X-Moz", "X-Purpose", "X-Real-IP", "X-Request-Id",
]  # fmt: skip


def marks(size):
    """Combining marks in the worst order for whoever sorts them."""
    return ("\u0301" * (size // 4) + "\u0316" * (size // 4)).encode()


def repeated(text):
    return lambda size: text.encode() * (size // len(text.encode()))


TEXTS = {
    "marks": lambda size: b"p" + marks(size - 1),
    "look-alikes": repeated("ｂｏｔK\u212be\u0301\u0323"),
    "digits": repeated("9"),
} | {f"separator {separator!r}": repeated(separator) for separator in (",", "a,", "a=b;", '"1", ', "/")}


@pytest.fixture(scope="module")
def server(shared_launch):
    settings = {"SHRINKR_TRUSTED_PROXIES": "127.0.0.0/8", "SHRINKR_COUNTRY_HEADER": "CF-IPCountry"}
    # Whoever is refused early costs little: here everything is to cost what it can.
    limits = {f"SHRINKR_LIMIT_{name}": "off" for name in ("WRONG_KEYS", "UNKNOWN_CODES", "CREATES")}
    server = shared_launch.start("shrinkr", SHRINKR_API_KEY=KEY, **settings, **limits)
    server.client(KEY).create(code="plain")
    server.client(KEY).create(code="limited", max_visits=1_000_000)
    return server


def cpu(server):
    """CPU time of all threads so far, in seconds; the scheduler counts it in nanoseconds."""
    total = 0
    for task in Path(f"/proc/{server.process.pid}/task").iterdir():
        try:
            total += int((task / "schedstat").read_text().split()[0])
        except OSError:
            continue
    return total / 1e9


def cost(server, request):
    """What a request costs until the server has answered and closed."""
    before = cpu(server)
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection, contextlib.suppress(OSError):
        connection.sendall(request)
        # Where the text stands in place of `Connection: close`, this says that nothing follows.
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65_536):
            pass
    return cpu(server) - before


def request(method, target, fields=(), body=b""):
    own = {name.lower() for name, _ in fields}
    lines = [(b"%s %s HTTP/1.1" % (method.encode(), target))]
    defaults = [("Host", HOST.removeprefix("Host: ")), ("Connection", "close"), ("User-Agent", CHROME)]
    if "authorization" not in own:
        defaults.append(("X-Api-Key", KEY))
    if body:
        defaults += [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    for name, value in [*fields, *((name, value) for name, value in defaults if name.lower() not in own)]:
        lines.append(name.encode() + b": " + (value if isinstance(value, bytes) else value.encode()))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def assert_cheap(server, make, size, texts=TEXTS):
    """Compares what texts cost with what as many letters cost, in the same place of the same request. What seems too
    dear is measured again: other work of the server's may have come between."""
    letters = make(b"a" * size)
    cost(server, letters)
    reference = min(cost(server, letters) for _ in range(2))
    found = {}
    for name, text in texts.items():
        dangerous = make(text(size))
        for _ in range(ATTEMPTS):
            found[name] = cost(server, dangerous)
            if found[name] <= RATIO * reference + NOISE:
                break
            reference = max(reference, min(cost(server, letters) for _ in range(2)))
    worst = {name: round(seconds * 1_000, 1) for name, seconds in found.items() if seconds > RATIO * reference + NOISE}
    assert not worst, f"{worst} ms, where letters take {reference * 1_000:.1f} ms"


def resolved(node):
    while "$ref" in node:
        place = DOCUMENT
        for part in node["$ref"].removeprefix("#/").split("/"):
            place = place[part]
        node = place
    return node


OPERATIONS = [
    (method, path, operation)
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
    if method in METHODS
]
NAMES = [f"{method} {path}" for method, path, _ in OPERATIONS]
# Where most of them are read: a redirect with all its rules, a page for an error, and the API.
READ = [("get", "/limited"), ("get", "/nothing"), ("get", "/api/v1/links/plain")]


def target(path):
    return path.replace("{code}", "plain").replace("{id}", "nothing").replace("{tag}", "nothing").encode()


@pytest.mark.parametrize("field", FIELDS)
def test_fields(server, field):
    for method, path in READ:
        assert_cheap(server, lambda text: request(method.upper(), path.encode(), [(field, text)]), FIELD)


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=NAMES)
def test_routes(server, method, path, operation):
    """The path, the query as a whole, each parameter that the contract names, and a name of the client's own."""
    verb, place = method.upper(), target(path)
    body = b"{}" if "requestBody" in operation else b""
    escaped = {name: escape(text) for name, text in TEXTS.items()}
    size = FIELD - len(path)
    parameters = [*DOCUMENT["paths"][path].get("parameters", []), *operation.get("parameters", [])]
    for parameter in map(resolved, parameters):
        name = parameter["name"].encode()
        match parameter["in"]:
            case "query":
                assert_cheap(server, lambda text: request(verb, place + b"?" + name + b"=" + text, (), body), size, escaped)
            case "header":
                fields = lambda text: [(parameter["name"], text)]  # noqa: E731
                assert_cheap(server, lambda text: request(verb, place, fields(text), body), FIELD)
            case "path":
                filled = lambda text: path.encode().replace(b"{%s}" % name, text)  # noqa: E731
                assert_cheap(server, lambda text: request(verb, target(filled(text).decode()), (), body), size, escaped)
    more = escaped | {f"many {text!r}": repeated(text) for text in ("&", "a&", "=", "a=b&", "+", "%", "%zz")}
    assert_cheap(server, lambda text: request(verb, place + b"?" + text, (), body), size, more)
    assert_cheap(server, lambda text: request(verb, place + b"/" + text, (), body), size, escaped)


def escape(text):
    """Makes what a text makes, with everything that a target may not hold percent-encoded."""

    def make(size):
        raw = text(size // 3)
        return b"".join(bytes([c]) if 0x21 <= c < 0x7F and c not in b'"#<>?' else b"%%%02X" % c for c in raw)[:size]

    return make


def bodies(schema):
    """Bodies for a schema, each with a text in one place: as a name, as each member's value, and within an array."""
    members = resolved(schema).get("properties", {})
    yield "a name", lambda text: {text: 1}
    for name, member in members.items():
        yield name, lambda text, name=name: {"url": "https://example.com/", name: text}
        items = resolved(member).get("items")
        if items is None:
            continue
        yield f"{name}[]", lambda text, name=name: {"url": "https://example.com/", name: [text] * 3}
        for place, make in bodies(items) if "properties" in resolved(items) else ():
            yield f"{name}[].{place}", lambda text, name=name, make=make: {name: [make(text)]}


WRITING = [
    (method, path, place, make, BATCH if path.endswith("/batch") else BODY)
    for method, path, operation in OPERATIONS
    if "requestBody" in operation
    for content in [resolved(operation["requestBody"])["content"]]
    if "application/json" in content
    for place, make in bodies(content["application/json"]["schema"])
]


@pytest.mark.parametrize(
    ("method", "path", "place", "make", "size"), WRITING, ids=[f"{m} {p} {place}" for m, p, place, _, _ in WRITING]
)
def test_bodies(server, method, path, place, make, size):
    copies = place.count("[]") * 2 + 1
    texts = {"marks": marks, "look-alikes": TEXTS["look-alikes"], "digits": TEXTS["digits"], "separators": repeated(",/")}

    def filled(text):
        body = json.dumps(make(text.decode()), ensure_ascii=False).encode()
        return request(method.upper(), target(path), (), body)

    assert_cheap(server, filled, size // copies - 200, texts)


@pytest.mark.parametrize(("path", "size"), [("/api/v1/links", BODY), ("/api/v1/links/batch", BATCH)])
def test_numbers(server, path, size):
    """A number as long as the body, in each notation, costs what a text of that length costs."""

    def filled(text):
        return request("POST", path.encode(), (), b'{"max_visits":' + text + b"}")

    numbers = {"digits": repeated("9"), "fraction": lambda n: b"0." + b"3" * (n - 2), "zeros": lambda n: b"0." + b"0" * (n - 2),
               "exponent": lambda n: b"1e" + b"9" * (n - 2), "small": lambda n: b"1e-" + b"9" * (n - 3),
               "arrays": repeated("["), "objects": repeated('{"a":')}  # fmt: skip
    assert_cheap(server, lambda text: filled(b'"' + text + b'"' if text[:1] == b"a" else text), size, numbers)
