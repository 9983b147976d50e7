"""Where no link may lead: to private addresses, and back to this service, however its host is written."""

import ipaddress
import re
import socket

import pytest

from support.destination_inputs import WRITTEN, changed
from support.destinations import reason, refusals, shorten
from support.url_standard import has_lone_surrogate, parse, standard_inputs
from support.waiting import free_port

# Public base URLs, each with spellings of its host.
OWN = {
    "https://go.example": ["go.example", "GO.EXAMPLE", "go.example.", "go.example..", "g%6F.example", "go%2Eexample",
                           "ｇｏ．ｅｘａｍｐｌｅ", "go。example", "g\u00ado.exam\u200bple", "𝐠𝐨.example", "ⓖⓞ.example",
                           "go.ex%41mple%2e"],
    "https://bücher.example": ["bücher.example", "BÜCHER.example", "xn--bcher-kva.example", "XN--BCHER-KVA.example.",
                               "bu\u0308cher.example", "b%C3%BCcher.example", "ｂüｃｈｅｒ。example",
                               "xn%2d%2dbcher-kva.example"],
    "http://9.8.7.6": ["9.8.7.6", "9.8.7.6.", "9.8.1798", "9.526086", "151521030", "0x09080706", "0x9.010.0x7.6",
                       "001102003406", "９.８.７.６", "%39.8.7.6", "9。8。7。6", "[::ffff:9.8.7.6]", "[::FFFF:908:706]",
                       "[0:0:0:0:0:ffff:908:706]", "[::9.8.7.6]", "[64:ff9b::9.8.7.6]", "[2002:908:706::]", "⑨.8.7.6"],
    "https://[2606:4700::a1]": ["[2606:4700::a1]", "[2606:4700:0:0:0:0:0:A1]", "[2606:4700::0.0.0.161]",
                                "[2606:4700:0::00a1]"],
}  # fmt: skip
KEY = "fd724452ccea71ff4a14876aeaff1a098ca5996666ceab360512bd1311072231"


@pytest.fixture(scope="module")
def open_server(shared_launch):
    """A server that takes private addresses."""
    return shared_launch.start("shrinkr", SHRINKR_ALLOW_PRIVATE_DESTINATIONS="true")


def test_private_addresses(client):
    """By default an IPv4 address is refused if, and only if, it is not of the public Internet."""
    texts = [
        text for text in standard_inputs() + WRITTEN + changed(WRITTEN, 2000, seed=7)
        if not has_lone_surrogate(text) and not refusals(text) and is_ipv4(parse(text).hostname)
    ]  # fmt: skip
    for text, result in zip(texts, shorten(client, texts)):
        expected = "private_address" if is_private(parse(text).hostname) else None
        assert reason(result) == expected, (text, result)
    assert len({parse(text).hostname for text in texts}) > 20


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST.", "a.localhost", "l%6fcalhost", "ｌocalhost", "loc\u00adalhost", "localhost。",
     "printer.local", "db.internal", "nas.home.arpa", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:a00:1]",
     "[::10.0.0.1]", "[fe80::1]", "[fc00::1]", "[fdff::]", "[fec0::1]", "[ff02::1]", "[64:ff9b::192.168.0.1]",
     "[64:ff9b:1::1]", "[2002:a9fe:a9fe::]", "0x7f.1", "2130706433", "017700000001", "１２７.1", "127.0.0.1.", "0",
     "169.254.169.254", "①⑥⑨.254.43518", "[::ffff:0:127.0.0.1]", "[2001:0:4136:e378:8000:63bf:3fff:fdd2]", "[100::1]",
     "[100:0:0:1::1]", "[5f00::1]", "[2001:2::1]", "[3fff::1]", "[2001:db8::1]", "192.0.2.1", "192.88.99.1",
     "localhost.localdomain", "intranet", "router.lan", "nas.home", "wiki.corp", "a.test", "127.0.0.1.nip.io",
     "10-0-0-1.sslip.io", "lvh.me", "x.localtest.me"],
)  # fmt: skip
def test_private_hosts(client, host):
    answer = client.post("/api/v1/links", json={"url": f"http://{host}/"})
    assert reason({"status": answer.status, "problem": answer.json()}) == "private_address"


def is_ipv4(host):
    return re.fullmatch(r"\d+(\.\d+){3}", host) is not None


def is_private(host):
    address = ipaddress.ip_address(host)
    relay = address in ipaddress.ip_network("192.88.99.0/24")  # deprecated by RFC 7526
    return not address.is_global or address.is_multicast or relay


@pytest.mark.parametrize("base", OWN)
def test_nothing_leads_back(launch, base):
    """A public host is ours under both schemes and on every port, in every spelling."""
    client = launch.start("shrinkr", SHRINKR_BASE_URL=base, SHRINKR_API_KEY=KEY).client(KEY)
    texts = [
        start + host + port + end
        for host in OWN[base]
        for start in ("http://", "https://", "HTTP:\\\\", "https:", " https:///")
        for port in ("", ":80", ":443", ":0443", ":8443", ":")
        for end in ("", "/k3x9bqz", "?q#f")
    ]
    kept = [text for text, result in zip(texts, shorten(client, texts)) if reason(result) != "own_host"]
    assert not kept, f"{len(kept)} of {len(texts)}, such as {kept[:10]!a}"
    others = [text for spellings in OWN.values() if spellings is not OWN[base] for text in spellings]
    assert {reason(result) for result in shorten(client, [f"https://{host}/" for host in others])} == {None}


def test_nothing_leads_back_past_the_proxy(launch):
    """The address behind a public base URL is ours too, on the port that it listens on."""
    program = launch.start(
        "shrinkr", SHRINKR_BASE_URL="https://go.example", SHRINKR_API_KEY=KEY, SHRINKR_ALLOW_PRIVATE_DESTINATIONS="true"
    )
    urls = [f"http://{host}:{program.port}/k3x9bqz" for host in ("127.0.0.1", "localhost", "[::1]", "0x7f.1", "0")]
    assert {reason(result) for result in shorten(program.client(KEY), urls)} == {"own_host"}


def test_nothing_leads_back_to_this_machine(open_server):
    """On the port where it listens, every address of the machine itself is the server's own. The system's own reader of
    addresses tells which those are."""
    hosts = [
        "127.0.0.1", "127.1", "127.0.1", "0x7f.1", "0x7F000001", "2130706433", "017700000001", "0177.0.0.1",
        "127.0.0.1.", "127.255.255.254", "0", "0.0.0.0", "0x0", "１２７.0.0.1", "%31%32%37.1", "127。0。0。1", "①②⑦.1",
        "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::FFFF:0:0]", "[::127.0.0.1]",
        "localhost", "LocalHost.", "l%6Fcalhost", "ｌｏｃａｌｈｏｓｔ", "a.b.localhost", "loc\u00adalhost", "localhost%2e",
    ]  # fmt: skip
    here = [f"{scheme}://{host}:{port}/x" for scheme in ("http", "https") for host in hosts
            for port in (open_server.port, f"0{open_server.port}")]  # fmt: skip
    assert {reason(result) for result in shorten(open_server.client(), here)} == {"own_host"}
    elsewhere = [f"http://{host}:{free_port()}/x" for host in hosts]
    assert {reason(result) for result in shorten(open_server.client(), elsewhere)} == {None}

    texts = changed(here + elsewhere, 3000, seed=11)
    results = shorten(open_server.client(), [text for text in texts if not has_lone_surrogate(text)])
    taken = [result["link"]["url"] for result in results if result["status"] == 201]
    here = [url for url in taken if parse(url).port == str(open_server.port)]
    loops = [url for url in here if reaches_this_machine(parse(url).hostname)]
    assert not loops, loops
    assert len(taken) > 100


def reaches_this_machine(host):
    if re.fullmatch(r"(.*\.)?localhost\.*", host):
        return True
    try:
        found = socket.getaddrinfo(host.strip("[]").encode(), None, flags=socket.AI_NUMERICHOST)
    except socket.gaierror:
        return False
    addresses = [ipaddress.ip_address(entry[4][0]) for entry in found]
    addresses = [getattr(address, "ipv4_mapped", None) or address for address in addresses]
    return any(address.is_loopback or address.is_unspecified for address in addresses)


SPELLINGS = ["203.0.113.7", "203.0.28935", "0xcb007107", "0313.0.0161.7", "２０３.0.113.7", "203.0.113.7.",
             "[::ffff:203.0.113.7]", "[::cb00:7107]", "[::ffff:0:203.0.113.7]", "[64:ff9b::203.0.113.7]",
             "[64:ff9b:1::203.0.113.7]", "[2002:cb00:7107::1]", "[2001:0:cb00:7107::1]", "[2001:0:1:2:3:4:34ff:8ef8]",
             "[2606:4700::5efe:203.0.113.7]", "www.203.0.113.7.nip.io", "203-0-113-7.sslip.io"]  # fmt: skip


@pytest.mark.parametrize("entry", ["203.0.113.7", "::ffff:203.0.113.7", "[::ffff:cb00:7107]", "203.0.113.0/24", "0xCB007107"])
def test_denied_address_in_every_spelling(launch, tmp_path, entry):
    """Both the list and the URL may be written in any way."""
    file = tmp_path / "denied.txt"
    file.write_text(f"# bad\n{entry}\n")
    for allowed in ("true", "false"):
        program = launch.start("shrinkr", SHRINKR_DENIED_DOMAINS_FILE=file, SHRINKR_ALLOW_PRIVATE_DESTINATIONS=allowed)
        texts = [f"http://{host}/x" for host in SPELLINGS]
        assert {reason(result) for result in shorten(program.client(), texts)} == {"denied_domain"}
        assert reason(*shorten(program.client(), ["http://9.8.7.6/"])) is None
        program.stop()
