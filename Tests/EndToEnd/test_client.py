"""The command line as a client of a running server: as a person uses it, and as a program does."""

import json
import os
import pty
import re
import select
import subprocess
import time

import pytest

from support.client import CHROME, GOOGLEBOT
from support.program import clean_environment
from support.waiting import eventually, free_port

ADMIN = "6a5f68e331e3309039862a9fdd26040d4fd0bbe7a475a55b2ef33024d794ca42"


@pytest.fixture
def shrinkr(binaries, tmp_path):
    """Runs the program as a user of the machine that has no settings but those that are given."""

    def run(*arguments, stdin=None, **variables):
        environment = clean_environment(tmp_path) | {"LANG": "C.UTF-8"} | variables
        return subprocess.run(
            [binaries / "shrinkr", *arguments], env=environment, cwd=tmp_path, input=stdin, capture_output=True,
            text=True, timeout=60, **({} if stdin is not None else {"stdin": subprocess.DEVNULL}),
        )  # fmt: skip

    return run


def ok(done):
    assert done.returncode == 0, done
    return done.stdout


def assert_failed(done, code, *words):
    assert done.returncode == code, done
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert lines[0].startswith("shrinkr: ") and all(word in lines[0] for word in words), done.stderr
    assert not done.stdout, done


@pytest.fixture
def local(server, shrinkr):
    """The client beside the server, with the server's own settings, as in one terminal after the other."""
    return lambda *arguments, **options: shrinkr(
        *arguments, SHRINKR_HTTP_PORT=str(server.port), **options
    )


def test_a_link_from_its_making_to_its_end(local, server, client):
    short = ok(local("create", "https://example.com/client", "--code", "cli-1", "--title", "Für alle", "--tag", "b",
                     "--tag", "a", "--redirect-status", "307", "--max-visits", "5", "--expires-in", "30d"))  # fmt: skip
    assert short == f"{server.url}/cli-1\n"
    link = client.get("/api/v1/links/cli-1").json()
    assert (link["title"], link["tags"], link["redirect_status"], link["max_visits"]) == ("Für alle", ["a", "b"], 307, 5)
    assert link["expires_at"] and not link["forward_query"]

    shown = ok(local("show", short.strip()))
    assert "https://example.com/client" in shown and "Für alle" in shown and "5 of 5 left" in shown
    assert json.loads(ok(local("show", "cli-1", "--format", "json"))) == client.get("/api/v1/links/cli-1").json()

    ok(local("edit", "cli-1", "--title", "Neu", "--clear", "expires-at", "--add-tag", "c", "--remove-tag", "a"))
    link = client.get("/api/v1/links/cli-1").json()
    assert (link["title"], link["tags"], link["expires_at"]) == ("Neu", ["b", "c"], None)
    assert "off" in ok(local("edit", "cli-1", "--disable"))
    assert client.follow("cli-1", agent=CHROME).status == 410
    ok(local("edit", "cli-1", "--enable"))

    assert "cli-1" in local("delete", "cli-1").stderr
    assert_failed(local("show", "cli-1"), 4)
    assert "cli-1" in ok(local("list", "--deleted"))
    ok(local("restore", "cli-1"))
    assert_failed(local("restore", "cli-1"), 5, "not deleted")
    assert_failed(local("delete", "cli-1", "--purge"), 2, "--yes")
    ok(local("delete", "cli-1", "--purge", "--yes"))
    assert_failed(local("restore", "cli-1"), 4)


def test_what_the_server_refuses(local):
    ok(local("create", "https://example.com/", "--code", "taken-1"))
    assert_failed(local("create", "https://example.com/", "--code", "taken-1"), 5)
    assert_failed(local("create", "ftp://example.com/"), 5)
    assert_failed(local("create", "https://example.com/", "--expires-at", "tomorrow"), 5, "expires_at")
    assert_failed(local("show", "never-1"), 4)
    assert_failed(local("stats", "never-1"), 4)
    assert_failed(local("edit", "never-1", "--title", "x"), 4)
    assert_failed(local("show", "no/code"), 2)
    assert_failed(local("creat"), 2, "did you mean", "create")


def test_many_links_from_standard_input(local, client):
    urls = [f"https://example.com/many/{number}" for number in range(250)]
    lines = urls[:120] + ["", "ftp://example.com/"] + urls[120:]
    done = local("create", "--tag", "many", stdin="\n".join(lines) + "\n")
    assert done.returncode == 5 and re.match("line 122: .*http", done.stderr), done.stderr
    short = done.stdout.split()
    assert len(short) == 250
    listed = json.loads(ok(local("list", "--tag", "many", "--all", "--order", "oldest", "--format", "json")))["data"]
    assert [link["url"] for link in listed] == urls
    assert [link["short_url"] for link in listed] == short
    assert len(ok(local("list", "--tag", "many", "--limit", "120")).splitlines()) == 121
    results = json.loads(local("create", "https://example.com/x", "nothing", "--format", "json").stdout)["results"]
    assert [result["status"] for result in results] == [201, 422]


def test_tags(local, client):
    ok(local("create", "https://example.com/", "--code", "tagged-1", "--tag", "a/b ü", "--tag", "kept"))
    ok(local("create", "https://example.com/", "--code", "tagged-2", "--tag", "a/b ü", "--disabled"))
    assert re.search(r"a/b ü +2", ok(local("tags")))
    both = json.loads(ok(local("list", "--tag", "kept", "--tag", "a/b ü", "--format", "json")))["data"]
    assert [link["code"] for link in both] == ["tagged-1"]
    assert "tagged-2" not in ok(local("list", "--tag", "a/b ü", "--enabled"))
    assert "tagged-2" in ok(local("list", "--tag", "a/b ü", "--disabled"))
    made = client.get("/api/v1/links/tagged-2").json()["created_at"]
    assert "tagged-1" not in ok(local("list", "--tag", "a/b ü", "--created-from", made))
    assert "tagged-2" not in ok(local("list", "--tag", "a/b ü", "--created-before", made))
    assert "2 links changed" in local("tags", "rename", "a/b ü", "new name").stderr
    assert client.get("/api/v1/links/tagged-1").json()["tags"] == ["kept", "new name"]
    names = [tag["name"] for tag in json.loads(ok(local("tags", "list", "--format", "json")))["data"]]
    assert "new name" in names and "a/b ü" not in names
    assert "1 link changed" in local("tags", "delete", "kept").stderr
    assert_failed(local("tags", "delete", "kept"), 4)
    assert_failed(local("tags", "rename", "new name", ""), 5, "name")


def test_statistics_as_a_chart(local, client):
    ok(local("create", "https://example.com/", "--code", "seen-1"))
    assert "No clicks" in ok(local("stats", "seen-1"))
    for agent in [CHROME, CHROME, GOOGLEBOT]:
        assert client.follow("seen-1", agent=agent).status == 302
    eventually(lambda: client.clicks("seen-1") == 3, what="the clicks are counted")
    text = ok(local("stats", "seen-1", "--by", "browser", "--by", "referrer"))
    assert "2 people, 1 bots" in text and "█" in text and "░" in text
    assert "BROWSER" in text and "Chrome" in text and "(direct)" in text and "\x1b" not in text
    everything = ok(local("stats", "--from", "-1d", "--interval", "hour"))
    assert "All links" in everything and "seen-1" in everything
    document = json.loads(ok(local("stats", "seen-1", "--by", "os", "--format", "json")))
    assert document["totals"]["clicks"] == 3 and document["groups"]
    assert_failed(local("stats", "seen-1", "--from", "yesterday"), 5, "from")


def test_no_server(shrinkr):
    port = free_port()
    assert_failed(shrinkr("list", SHRINKR_HTTP_PORT=str(port)), 1, f"http://127.0.0.1:{port}", "shrinkr")
    assert_failed(shrinkr("list", "--server", "sho.rt"), 2, "--server")


def test_keys_are_stored_for_their_server(launch, shrinkr, tmp_path):
    server = launch.start("shrinkr", SHRINKR_API_KEY=ADMIN)
    writer = server.client(key=ADMIN).post("/api/v1/keys", json={"name": "w", "scopes": ["links:write"]}).json()["key"]
    profile = tmp_path / ".config/shrinkr/client.json"
    at = ("--server", server.url)
    assert_failed(shrinkr("list", *at), 3, "needs a key", "login")
    assert_failed(shrinkr("login", *at, stdin="wrong\n"), 3, "does not know the key")
    assert_failed(shrinkr("login", *at, stdin="\n"), 2)
    assert not profile.exists()

    done = shrinkr("login", *at, stdin=ADMIN + "\n")
    assert done.returncode == 0 and ADMIN not in done.stdout + done.stderr
    assert profile.stat().st_mode & 0o777 == 0o600
    ok(shrinkr("create", "https://example.com/", "--code", "stored-1"))
    assert "stored-1" in ok(shrinkr("list"))
    # A key of the environment comes first; this one learns no more than where its links are.
    assert_failed(shrinkr("list", SHRINKR_CLIENT_KEY=writer), 3, "links:read")
    assert json.loads(ok(shrinkr("create", "https://example.com/", "--format", "json", SHRINKR_CLIENT_KEY=writer))).keys() == {
        "code", "short_url"
    }  # fmt: skip
    assert shrinkr("login", *at, stdin=writer, XDG_CONFIG_HOME=str(tmp_path / "other")).returncode == 0

    profile.chmod(0o644)
    assert_failed(shrinkr("list"), 2, "chmod 600")
    profile.chmod(0o600)
    assert shrinkr("logout").returncode == 0
    assert_failed(shrinkr("logout"), 4)
    assert_failed(shrinkr("list", *at), 3)


def test_a_key_does_not_go_unencrypted_to_another_machine(shrinkr):
    assert_failed(shrinkr("list", "--server", "http://sho.rt", SHRINKR_CLIENT_KEY="k"), 2, "unencrypted", "--allow-http")
    assert_failed(shrinkr("login", "--server", "http://sho.rt", stdin="k\n"), 2, "unencrypted")


def test_a_limit_is_waited_for_once(launch, shrinkr):
    """The second request for links finds the limit used up, unless the machine stood still for seconds before it."""
    server = launch.start("shrinkr", SHRINKR_LIMIT_CREATES="100/60s")
    urls = "\n".join(f"https://example.com/{number}" for number in range(105))
    made = ok(shrinkr("create", "--server", server.url, stdin=urls)).splitlines()
    assert len(made) == 105


def in_terminal(binaries, tmp_path, *arguments, typed="", **variables):
    """What a person sees, and the exit code."""
    process, terminal = pty.fork()
    if process == 0:
        environment = clean_environment(tmp_path) | {"LANG": "C.UTF-8", "TERM": "xterm"} | variables
        os.execve(binaries / "shrinkr", ["shrinkr", *arguments], environment)
    seen = b""
    deadline = time.monotonic() + 60
    waits_for_prompt = bool(typed)
    while time.monotonic() < deadline:
        if not select.select([terminal], [], [], 1)[0]:
            continue
        try:
            part = os.read(terminal, 65536)
        except OSError:
            break
        if not part:
            break
        seen += part
        if waits_for_prompt and b": " in seen:
            os.write(terminal, typed.encode())
            waits_for_prompt = False
    os.close(terminal)
    return seen.decode(), os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def test_a_terminal_gets_colours_that_are_ours_and_nothing_of_the_server(server, client, binaries, tmp_path):
    # The API takes no control characters; this one turns the direction of what follows.
    client.create("https://example.com/" + "a" * 300, code="evil-1", title="evil\u202egpj")
    at = {"SHRINKR_HTTP_PORT": str(server.port)}
    for arguments in (["list"], ["show", "evil-1"], ["show", "evil-1", "--format", "json"]):
        seen, code = in_terminal(binaries, tmp_path, *arguments, **at)
        assert code == 0, seen
        assert "\u202e" not in seen and r"evil\u202egpj" in seen
        own = re.sub("\x1b\\[[0-9]+m", "", seen)
        assert "\x1b" not in own
        if arguments == ["list"]:
            assert own != seen, "titles are bold"
            assert all(len(line) <= 80 for line in own.splitlines()), own
    plain, _ = in_terminal(binaries, tmp_path, "list", NO_COLOR="1", **at)
    assert "\x1b" not in plain


def test_a_key_that_is_typed_is_not_shown(launch, binaries, tmp_path):
    server = launch.start("shrinkr", SHRINKR_API_KEY=ADMIN)
    seen, code = in_terminal(binaries, tmp_path, "login", "--server", server.url, typed=ADMIN + "\n")
    assert code == 0 and ADMIN not in seen and "Key for" in seen and "is stored" in seen


def test_open(local, tmp_path):
    ok(local("create", "https://example.com/?a=b&c=d", "--code", "open-1"))
    browser = tmp_path / "browser"
    browser.write_text('#!/bin/sh\nprintf "%s\\n" "$#" "$@" > "$HOME/opened"\n')
    browser.chmod(0o700)
    short = ok(local("open", "open-1", BROWSER=str(browser)))
    assert (tmp_path / "opened").read_text() == f"1\n{short}"
    ok(local("open", "open-1", "--destination", BROWSER=str(browser)))
    assert (tmp_path / "opened").read_text() == "1\nhttps://example.com/?a=b&c=d\n"
    assert local("open", "open-1", BROWSER=str(tmp_path / "none")).returncode == 1


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completions(shrinkr, tmp_path, shell):
    script = ok(shrinkr("--generate-completion-script", shell))
    assert "restore" in script and "expires-in" in script
    if shell == "bash":
        (tmp_path / "completion").write_text(script)
        subprocess.run(["bash", "-n", tmp_path / "completion"], check=True, timeout=60)
