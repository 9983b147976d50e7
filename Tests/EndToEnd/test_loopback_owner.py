"""Without a key, this machine's own user manages links, and nobody who comes through a proxy that hides itself."""

import json
import os
import shutil
import subprocess

import pytest

from support.client import Client, assert_problem
from support.waiting import eventually, free_port

LINKS = "/api/v1/links"
LINK = {"url": "https://example.com/"}
NOBODY = 65534


@pytest.fixture(scope="module")
def server(shared_launch):
    return shared_launch.start("shrinkr")


def curl(url, *, user=None):
    """Makes a link with curl, as another user if one is named; returns status and body."""
    command = ["curl", "-sS", "-w", "\n%{http_code}", "-d", json.dumps(LINK), "-H", "Content-Type: application/json", url]
    if user:
        command = ["setpriv", f"--reuid={user}", "--clear-groups", *command]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    body, _, status = done.stdout.rpartition("\n")
    return int(status), json.loads(body)


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user")
needs_curl = pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl")


@needs_curl
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_program_of_our_own(server, host):
    status, _ = curl(f"http://{host}:{server.port}{LINKS}")
    assert status == 201


@needs_root
@needs_curl
def test_a_program_of_another_user(server):
    status, problem = curl(f"{server.url}{LINKS}", user=NOBODY)
    assert (status, problem["type"]) == (403, "urn:shrinkr:problem:loopback-only")
    assert "another user" in problem["detail"] and "shrinkr keys create" in problem["detail"]
    # Following links is for everybody.
    assert server.client().get("/missing").status == 404


NGINX = """
user www-data;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://127.0.0.1:{upstream};
            proxy_http_version 1.1;
            {more}
        }}
    }}
}}
"""


@pytest.fixture
def nginx(server, tmp_path):
    """Starts nginx in front of the server, with workers that run as www-data and further lines of configuration."""
    executable = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if not executable or os.geteuid() != 0:
        pytest.skip("there is no nginx, or no root to start it")
    tmp_path.chmod(0o755)
    processes = []

    def start(more):
        port = free_port()
        configuration = tmp_path / "nginx.conf"
        configuration.write_text(NGINX.format(folder=tmp_path, port=port, upstream=server.port, more=more))
        process = subprocess.Popen(
            [executable, "-c", configuration, "-p", tmp_path], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        processes.append(process)
        client = Client(f"http://127.0.0.1:{port}")

        def answers():
            assert process.poll() is None, process.stderr.read()
            return client.get("/health").status == 200

        eventually(answers, what="nginx answers")
        return client

    yield start
    for process in processes:
        process.terminate()
        process.wait(timeout=20)


@pytest.mark.parametrize("more", ["", 'proxy_set_header Host $host; proxy_set_header Connection "";'])
def test_nginx_that_says_nothing_of_itself(server, nginx, more):
    client = nginx(more)
    # Without a key nothing passes, and with the proxy's own connection kept open neither does the second request.
    for _ in range(2):
        problem = assert_problem(client.post(LINKS, json=LINK), 403, "loopback-only")
        assert "came through a proxy" in problem["detail"]
    assert client.get("/missing").status == 404
    # Who talks to the server directly goes on without.
    assert server.client().post(LINKS, json=LINK).status == 201


def test_nginx_passes_on_a_name_that_is_not_ours(nginx):
    client = nginx("proxy_set_header Host $host;")
    answer = client.post(LINKS, json=LINK, headers={"Host": "go.example.com"})
    assert_problem(answer, 421, "misdirected-request")
