"""A destination is what the WHATWG URL standard makes of it, to the byte, or is refused for a reason we can tell."""

import socket
import subprocess
import sys
from collections import Counter

import pytest

from conftest import REPOSITORY
from support.client import assert_problem
from support.destination_inputs import WRITTEN, changed
from support.destinations import reason, refusals, shorten
from support.url_standard import has_lone_surrogate, newer_than_data, parse, standard_cases, standard_inputs

# What the standard takes and we refuse; what else there is must be as the standard has it.
OWN_RULES = (set(), {"control_character"}, {"user_info_not_allowed"}, {"port_invalid"})


@pytest.fixture(scope="module")
def server(shared_launch):
    """A server for which only the form of a destination counts."""
    return shared_launch.start("shrinkr", SHRINKR_ALLOW_PRIVATE_DESTINATIONS="true")


def locations(program, codes):
    """The bytes of each link's `Location`, read from a socket as they are."""
    found = []
    with socket.create_connection(("127.0.0.1", program.port), timeout=30) as connection:
        reader = connection.makefile("rb")
        for code in codes:
            connection.sendall(f"GET /{code} HTTP/1.1\r\nHost: 127.0.0.1:{program.port}\r\n\r\n".encode())
            assert reader.readline() == b"HTTP/1.1 302 Found\r\n"
            fields = list(iter(reader.readline, b"\r\n"))
            assert b"content-length: 0\r\n" in [field.lower() for field in fields], fields
            [location] = [field for field in fields if field.lower().startswith(b"location: ")]
            found.append(location[len(b"location: ") : -len(b"\r\n")])
    return found


def check(program, texts, expectations):
    """Sends all; `expectations` are the serialisation and the reasons to refuse, one of them, for each text."""
    results = shorten(program.client(), texts)
    assert len(results) == len(texts)
    accepted = [(result["link"], href) for result, (href, _) in zip(results, expectations) if result["status"] == 201]
    wrong = [
        (text, result.get("link", {}).get("url"), reason(result), expected)
        for text, result, expected in zip(texts, results, expectations)
        if (reason(result) not in expected[1] if expected[1] else reason(result) is not None)
    ]
    assert not wrong, f"{len(wrong)} of {len(texts)}, such as {wrong[:10]!a}"
    followed = locations(program, [link["code"] for link, _ in accepted])
    different = [
        (link["url"], location, href)
        for (link, href), location in zip(accepted, followed)
        if not link["url"].encode() == location == href.encode()
    ]
    assert not different, f"{len(different)} of {len(accepted)}, such as {different[:10]!a}"
    reasons = Counter(map(reason, results))
    print(f"\n{len(texts)} destinations: {reasons.pop(None)} followed to the byte, refused: {dict(reasons)}")


def check_with_witness(program, texts):
    texts = [text for text in texts if not has_lone_surrogate(text)]
    check(program, texts, [(url.href if (url := parse(text)) else None, refusals(text)) for text in texts])


def test_standard_data(server):
    """The standard's data decide by themselves, save where the standard has changed since."""
    cases = [case for case in standard_cases() if not has_lone_surrogate(case.input)]
    changes = Counter()
    expectations = []
    for case in cases:
        href, reasons = case.expected, refusals(case.input)
        if href is None and not reasons:
            change = newer_than_data(case)
            assert change, f"{case} should be refused"
            changes[change] += 1
            href = parse(case.input).href
        assert href is None or reasons in OWN_RULES, case
        expectations.append((href, reasons))
    check(server, [case.input for case in cases], expectations)
    print(*(f"{count} taken that the data refuse: {change}" for change, count in changes.items()), sep="\n")
    assert len(cases) > 2400


def test_all_inputs_of_the_standard(server):
    """Also those that the data resolve against a base URL, here alone."""
    check_with_witness(server, standard_inputs())


def test_written_inputs(server):
    check_with_witness(server, WRITTEN)


@pytest.mark.parametrize("seed", range(3))
def test_changed_inputs(server, seed):
    usual = [text for text in WRITTEN + standard_inputs() if len(text) < 500]
    check_with_witness(server, changed(usual, 2000, seed))


def test_no_lone_surrogates(server):
    """JSON can write them, but they are no text that a URL could hold."""
    texts = ["https://example.com/\ud800", "https://example.com/?\udfff", "https://\ud83d.example", "\udc00https://a.b"]
    texts += [text for text in standard_inputs() if has_lone_surrogate(text)]
    for text in texts:
        answer = server.client().post("/api/v1/links", json={"url": text})
        assert_problem(answer, 400, "malformed-request")


@pytest.mark.parametrize(
    ("script", "table"),
    [
        ("make-idna-table.py", "IDNATable+Data.swift"),
        ("make-normalisation-table.py", "NormalisationTable+Data.swift"),
    ],
)
def test_table_is_made_from_unicode(script, table):
    """The tables of domain names and of normalisation are what their scripts make of Unicode's data."""
    made = subprocess.run(
        [sys.executable, REPOSITORY / "Tests/Scripts" / script, "-"], check=True, capture_output=True
    ).stdout
    [path] = (REPOSITORY / "Sources").rglob(table)
    assert made == path.read_bytes()
