"""Where no link may lead: to private addresses, and back to this service, however its host is written."""

import ipaddress
import re
import socket

import pytest

from support.destination_inputs import WRITTEN, changed
from support.destinations import reason, refusals, shorten
from support.url_standard import has_lone_surrogate, parse, standard_inputs
from support.waiting import free_port


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


def is_ipv4(host):
    return re.fullmatch(r"\d+(\.\d+){3}", host) is not None


def is_private(host):
    address = ipaddress.ip_address(host)
    relay = address in ipaddress.ip_network("192.88.99.0/24")  # deprecated by RFC 7526
    return not address.is_global or address.is_multicast or relay


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
