"""Links in and out: exports of other shorteners, exports of ours, and a web server that redirects alone."""

import csv
import io
import json

import pytest

from support.client import Client
from support.nginx import Nginx


def ok(done):
    assert done.returncode == 0, done
    return done.stdout


@pytest.fixture
def transfer():
    """Runs the client beside a server, with its settings."""
    return lambda *arguments, on, **options: on.run(*arguments, timeout=120, **options)


YOURLS = '"keyword","url","title","timestamp","ip","clicks"\n' + "".join(
    f'"y-{i}","https://example.com/yourls/{i}","Title ""{i}""","2021-02-03 04:05:{i % 60:02}","127.0.0.1","{i}"\n'
    for i in range(2_500)
)


def test_an_export_is_taken_over_and_can_be_taken_over_again(launch, transfer, tmp_path):
    server = launch.start("shrinkr")
    client = server.client()
    client.create("https://example.com/mine", code="y-7")
    client.create("https://example.com/yourls/8", code="y-8", title="Another title")
    source = tmp_path / "yourls.csv"
    source.write_text(YOURLS + '"y-x","ftp://example.com/","","","",""\n"nö","https://example.com/","","","",""\n')
    dry = transfer("import", "--from", "yourls", source, "--dry-run", on=server)
    assert "2502 links could be read, 0 skipped" in dry.stderr and dry.returncode == 0, dry
    assert client.get("/api/v1/links/y-1").status == 404

    done = transfer("import", "--from", "yourls", source, on=server)
    assert done.returncode == 5 and "2498 links made, 1 there already, 3 skipped" in done.stderr, done.stderr[-2000:]
    told = {line.partition(":")[0]: line for line in done.stderr.splitlines()}
    assert "taken by a link to https://example.com/mine" in told["line 9"]
    assert "line 2502" in told and "line 2503" in told
    link = client.get("/api/v1/links/y-61").json()
    assert (link["url"], link["title"], link["created_at"]) == (
        "https://example.com/yourls/61", 'Title "61"', "2021-02-03T04:05:01Z",
    )  # fmt: skip

    again = transfer("import", "--from", "yourls", source, on=server)
    assert "0 links made, 2499 there already, 3 skipped" in again.stderr, again.stderr[-2000:]


def test_what_is_exported_can_be_imported(launch, transfer, tmp_path):
    first = launch.start("shrinkr")
    client = first.client()
    links = [
        {"url": f"https://example.com/{i}?a=\"b\"", "code": f"e-{i}", "title": 'Say "a, b"; c',
         "tags": ["a,b", "c"] if i else ["x"], "redirect_status": 307, "forward_query": True, "max_visits": 9}
        for i in range(130)
    ]  # fmt: skip
    results = client.post("/api/v1/links/batch", json={"links": links}).json()["results"]
    made = [result["link"] for result in results]
    assert client.delete("/api/v1/links/e-3").status == 204
    lines = [json.loads(line) for line in ok(transfer("export", on=first)).splitlines()]
    assert [line["code"] for line in lines] == [link["code"] for link in made if link["code"] != "e-3"]
    table = ok(transfer("export", "--format", "csv", on=first))
    rows = list(csv.DictReader(io.StringIO(table)))
    assert rows[0]["tags"] == "x" and json.loads(rows[1]["tags"]) == ["a,b", "c"] and rows[1]["title"] == 'Say "a, b"; c'
    assert "e-3" in ok(transfer("export", "--deleted", on=first))

    (tmp_path / "links.csv").write_text(table.replace("\ne-", "\nf-"))
    assert "129 links made" in transfer("import", "--from", "csv", tmp_path / "links.csv", on=first).stderr
    for before in lines:
        after = client.get("/api/v1/links/f" + before["code"][1:]).json()
        kept = before.keys() - {"code", "short_url", "updated_at"}
        assert {name: after[name] for name in kept} == {name: before[name] for name in kept}


def test_only_an_admin_says_when_a_link_was_made(launch, transfer, tmp_path):
    key = "4b37370c22008908d6d62791cff2a413861816db815dd48c8d3ba8acd1043c60"
    server = launch.start("shrinkr", SHRINKR_API_KEY=key)
    scopes = ["links:read", "links:write"]
    writer = server.client(key).post("/api/v1/keys", json={"name": "w", "scopes": scopes}).json()["key"]
    source = tmp_path / "links.csv"
    source.write_text("code,url,created_at\na,https://example.com/,2021-01-01T00:00:00Z\n")
    refused = transfer("import", "--from", "csv", source, on=server, SHRINKR_CLIENT_KEY=writer)
    assert refused.returncode == 5 and "created_at" in refused.stderr and "admin" in refused.stderr
    ok(transfer("import", "--from", "csv", source, "--without-created-at", on=server, SHRINKR_CLIENT_KEY=writer))
    future = {"url": "https://example.com/", "created_at": "2999-01-01T00:00:00Z"}
    assert server.client(key).post("/api/v1/links", json=future).status == 422


def test_nginx_goes_on_alone(launch, transfer, tmp_path):
    server = launch.start("shrinkr")
    client = server.client()
    destinations = {
        "plain": "https://example.com/", "dollar": "https://example.com/$uri/${host}?a=$1",
        "slash": "https://example.com/?a=\\b;c#{d}'e", "MiXed": "https://example.com/%22quoted%22?%24",
        "long": "https://example.com/" + "a" * 3_900,
    }  # fmt: skip
    for code, url in destinations.items():
        client.create(url, code=code)
    stored = {code: client.get(f"/api/v1/links/{code}").json()["url"] for code in destinations}
    client.create("https://example.com/", code="off", enabled=False)
    client.create("https://example.com/" + "a" * 8_000, code="longer")
    client.create("https://example.com/", code="limited", max_visits=3)
    client.create("https://example.com/", code="later", starts_at="2999-01-01T00:00:00Z")
    done = transfer("export", "--format", "nginx-map", on=server)
    assert "5 links written, 4 left out" in done.stderr, done
    server.stop()

    (tmp_path / "shrinkr.map").write_text(ok(done))
    # What the file itself says of its use.
    usage = [line[4:] for line in done.stdout.splitlines() if line.startswith("#   ")]
    example = "# 127.0.0.1:8000\n" + "\n".join(usage)
    for old, new in (
        ("/etc/nginx/shrinkr.map", str(tmp_path / "shrinkr.map")), ("server {", "server {\nlisten 80;"),
        ("return 404;", "location = /health { return 200; }\nlocation / { return 404; }"),
    ):  # fmt: skip
        assert example.count(old) == 1, old
        example = example.replace(old, new)
    with Nginx(tmp_path, example, 1) as nginx:
        alone = Client(nginx.url)
        for code, url in stored.items():
            answer = alone.get(f"/{code}?utm=1")
            assert (answer.status, answer.headers["Location"]) == (302, url), code
        for code in ("off", "longer", "limited", "later", "none"):
            assert alone.get(f"/{code}").status == 404, code
