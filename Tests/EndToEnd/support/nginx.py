"""nginx with the configuration of a page of ours, on a port of its own."""

import re
import subprocess

from .client import Client
from .program import clean_environment
from .waiting import eventually, free_port


def examples(page, language):
    """The code blocks of a Markdown page in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)


class Nginx:
    """Serves as the example says; only the ports and the folders of this machine's nginx are others."""

    def __init__(self, directory, example, upstream_port):
        self.directory = directory
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        # Each replacement has to fit once, else the page and this test have grown apart.
        for old, new in (
            ("listen 80;", f"listen 127.0.0.1:{self.port};"), ("127.0.0.1:8000", f"127.0.0.1:{upstream_port}"),
        ):  # fmt: skip
            assert example.count(old) == 1, old
            example = example.replace(old, new)
        temporary = "".join(
            f"{kind}_temp_path {directory}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (directory / "nginx.conf").write_text(
            f"pid {directory}/pid;\nerror_log stderr;\ndaemon off;\nmaster_process off;\n"
            f"events {{}}\nhttp {{\naccess_log off;\n{temporary}{example}}}\n"
        )
        self.process = None

    def __enter__(self):
        with (self.directory / "nginx.log").open("wb") as log:
            self.process = subprocess.Popen(
                ["nginx", "-p", self.directory, "-c", self.directory / "nginx.conf", "-e", "stderr"], stdout=log,
                stderr=log, env=clean_environment(self.directory) | {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
            )  # fmt: skip
        eventually(self._listens, within=10, what="nginx listens")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=10)

    def log(self):
        return (self.directory / "nginx.log").read_text()

    def _listens(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"nginx ended with {self.process.returncode}:\n{self.log()}")
        try:
            return Client(self.url).get("/health").status == 200
        except OSError:
            return False
