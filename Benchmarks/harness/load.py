"""The load client of client.c, built and run."""

import json
import shutil
import subprocess
from pathlib import Path

from .machine import CLIENT_CORE, pinned


def build(source, directory):
    """Compiles a C program, and returns its path."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise RuntimeError("there is no C compiler: `make bench` installs gcc")
    program = Path(directory) / source.stem
    subprocess.run([compiler, "-O2", "-Wall", "-Wextra", "-Werror", "-o", program, source], check=True)
    return program


class LoadClient:
    def __init__(self, directory):
        self.directory = Path(directory)
        self.program = build(Path(__file__).with_name("client.c"), directory)

    def run(self, port, request, codes, *, seconds, connections=64, rate=0, requests=0, closes=False):
        """Sends requests until the time is up or so many are sent, and returns what client.c prints of them."""
        template, list_of_codes = self.directory / "request", self.directory / "codes"
        template.write_text(request)
        list_of_codes.write_text("\n".join(codes))
        numbers = [port, connections, seconds, rate, requests, int(closes)]
        done = subprocess.run(
            [*pinned(CLIENT_CORE), self.program, *map(str, numbers), template, list_of_codes],
            capture_output=True, text=True, timeout=seconds + 60,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"the load client ended with {done.returncode}: {done.stderr}")
        result = json.loads(done.stdout)
        result["statuses"] = {int(status): count for status, count in result["statuses"].items()}
        result["answers"] = sum(result["statuses"].values())
        if result["failed"] or not result["answers"]:
            raise RuntimeError(f"requests on port {port} were not answered: {result}")
        return result
