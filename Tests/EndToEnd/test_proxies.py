"""Behind the proxies of PROXIES.md: the page's own examples run here."""

import configparser
import shlex
from pathlib import Path

import pytest

from support.client import CHROME, Client
from support.nginx import Nginx, examples
from support.waiting import eventually

PAGE = Path(__file__).resolve().parents[2] / ".github" / "PROXIES.md"
KEY = "a24eb80db189e3704d90437bfd4f6854b05678128382b56ec64235eb281cdb93"
HOST = "go.example.com"


@pytest.fixture(scope="module")
def upstream(shared_launch):
    return shared_launch.start(
        "shrinkr", SHRINKR_API_KEY=KEY, SHRINKR_BASE_URL=f"https://{HOST}", SHRINKR_TRUSTED_PROXIES="127.0.0.1",
        SHRINKR_FLUSH_INTERVAL="250ms",
    )  # fmt: skip


@pytest.fixture(scope="module")
def nginx(upstream, tmp_path_factory):
    [example] = examples(PAGE, "nginx")
    with Nginx(tmp_path_factory.mktemp("nginx"), example, upstream.port) as nginx:
        yield nginx


def ask(nginx, method, path, **options):
    headers = {"Host": HOST, "User-Agent": CHROME} | options.pop("headers", {})
    return Client(nginx.url, key=KEY).request(method, path, headers=headers, **options)


@pytest.mark.parametrize("length", [4_000, 8_192])
def test_long_destinations(nginx, upstream, length):
    start = "https://example.com/?q="
    url = start + "x" * (length - len(start))
    made = ask(nginx, "POST", "/api/v1/links", json={"url": url})
    assert made.status == 201, made
    code = made.json()["code"]
    followed = ask(nginx, "GET", f"/{code}")
    assert (followed.status, followed.headers["Location"]) == (302, url)
    eventually(lambda: upstream.client(KEY).clicks(code) == 1, what="the click is counted once")


def test_long_queries_are_passed_on(nginx):
    made = ask(nginx, "POST", "/api/v1/links", json={"url": "https://example.com/", "forward_query": True})
    query = "q=" + "x" * 8_000
    followed = ask(nginx, "GET", f"/{made.json()['code']}?{query}")
    assert (followed.status, followed.headers["Location"]) == (302, f"https://example.com/?{query}")


def test_short_links_have_the_public_name(nginx):
    made = ask(nginx, "POST", "/api/v1/links", json={"url": "https://example.com/"}).json()
    assert made["short_url"] == f"https://{HOST}/{made['code']}"
    assert f'url: "https://{HOST}"' in ask(nginx, "GET", "/openapi.yaml").text


def test_a_visitor_cannot_name_itself(nginx, upstream):
    """nginx removes what it does not write, so the visitor stays one, whatever it says."""
    code = ask(nginx, "POST", "/api/v1/links", json={"url": "https://example.com/"}).json()["code"]
    forged = [
        {}, {"X-Forwarded-For": "203.0.113.1"}, {"Forwarded": "for=203.0.113.2"}, {"X-Real-IP": "203.0.113.3"},
        {"X-Forwarded-For": "203.0.113.4", "Forwarded": "for=203.0.113.4"},
    ]  # fmt: skip
    for headers in forged:
        assert ask(nginx, "GET", f"/{code}", headers=headers).status == 302
    client = upstream.client(KEY)
    eventually(lambda: client.clicks(code) == len(forged), what="the clicks are counted")
    assert client.stats(code)["totals"]["visitors"] == 1


def test_nothing_without_a_key(nginx):
    assert Client(nginx.url).get("/api/v1/links", headers={"Host": HOST}).status == 401


@pytest.mark.parametrize(
    ("field", "value"),
    [("X-Forwarded-For", "{}"), ("Forwarded", "for={}"), ("Forwarded", 'For="{}:4711";proto=https'),
     ("X-Real-IP", "{}")],
)  # fmt: skip
def test_proxies_that_send_one_field(upstream, field, value):
    """Two visitors of one trusted proxy are two; where the fields contradict each other, nobody is."""
    client = upstream.client(KEY)
    code = client.create()["code"]
    for number in (1, 2, 1):
        headers = {"User-Agent": CHROME, field: value.format(f"198.51.100.{number}")}
        assert client.get(f"/{code}", headers=headers).status == 302
    eventually(lambda: client.clicks(code) == 3, what="the clicks are counted")
    assert client.stats(code)["totals"]["visitors"] == 2


def test_fields_that_contradict_each_other(upstream):
    client = upstream.client(KEY)
    code = client.create()["code"]
    for number in range(3):
        headers = {
            "User-Agent": CHROME, "X-Forwarded-For": f"203.0.113.{number}", "Forwarded": f"for=198.51.100.{number}",
        }  # fmt: skip
        assert client.get(f"/{code}", headers=headers).status == 302
    eventually(lambda: client.clicks(code) == 3, what="the clicks are counted")
    assert client.stats(code)["totals"]["visitors"] == 1


def test_the_unit_starts_the_program(launch, tmp_path):
    """Not systemd itself, but what it would start, with the folder that it would make."""
    [text] = examples(PAGE, "ini")
    unit = configparser.RawConfigParser(strict=False)
    unit.read_string(text.replace("Environment=SHRINKR_TRUSTED", "Environment2=SHRINKR_TRUSTED"))
    service = unit["Service"]
    command = shlex.split(service["ExecStart"].replace("/var/lib/shrinkr", str(tmp_path / "data")))
    assert command[0] == "/usr/local/bin/shrinkr"
    settings = dict(service[name].split("=", 1) for name in ("Environment", "Environment2"))
    server = launch.make("shrinkr", arguments=command[1:], SHRINKR_DATA_DIR=None, SHRINKR_DATABASE_URL=None,
                         SHRINKR_REPORTS_URL=None, **settings)  # fmt: skip
    made = server.run("keys", "create", "--name", "admin", "--scope", "admin", "--data-dir", str(tmp_path / "data"))
    assert made.returncode == 0, made.stderr
    server.start()
    headers = {"X-Forwarded-For": "203.0.113.9", "Host": HOST}
    assert server.client(made.stdout.strip()).get("/api/v1/links", headers=headers).status == 200
    assert int(service["TimeoutStopSec"]) > 25
