"""What an image consists of, read from its layers."""

import gzip
import io
import json
import re
import subprocess
import tarfile
from functools import cached_property

from .docker import docker, inspect, title


class Image:
    """An image of ours, as `Dockerfiles/build.sh` made it."""

    def __init__(self, service):
        self.service = service
        self.title = title(service)
        self.name = f"{self.title}:local"
        self.program_path = f"usr/local/bin/{self.title}"

    @cached_property
    def config(self):
        return inspect(self.name)["Config"]

    @cached_property
    def history(self):
        return docker("history", "--no-trunc", "--format", "{{.CreatedBy}}", self.name).stdout

    @cached_property
    def layers(self):
        """Each layer, not compressed."""
        saved = subprocess.run(["docker", "save", self.name], capture_output=True, check=True).stdout
        with tarfile.open(fileobj=io.BytesIO(saved)) as archive:
            (manifest,) = json.load(archive.extractfile("manifest.json"))
            layers = [archive.extractfile(name).read() for name in manifest["Layers"]]
        return [gzip.decompress(layer) if layer[:2] == b"\x1f\x8b" else layer for layer in layers]

    @cached_property
    def compressed_size(self):
        """Bytes that a registry stores: every layer in gzip. Its base is `scratch`, so these are all."""
        return sum(len(gzip.compress(layer, compresslevel=6)) for layer in self.layers)

    @cached_property
    def files(self):
        """Every file and folder by path; of several layers the last one counts."""
        return {member.name.strip("./"): member for layer in self.layers for member in _members(layer)}

    def read(self, path):
        for layer in reversed(self.layers):
            with tarfile.open(fileobj=io.BytesIO(layer)) as archive:
                for member in archive:
                    if member.isfile() and member.name.strip("./") == path:
                        return archive.extractfile(member).read()
        raise FileNotFoundError(path)

    @cached_property
    def program(self):
        return self.read(self.program_path)

    @cached_property
    def libraries(self):
        """The shared libraries that the program is linked with, as the image's own loader finds them; nothing else."""
        loader = re.search(rb"/lib(?:64)?/ld-linux[-\w]*\.so\.\d+", self.program)[0].decode()
        listed = docker("run", "--rm", "--entrypoint", loader, self.name, "--list", f"/{self.program_path}", check=False)
        assert listed.returncode == 0, listed.stdout + listed.stderr
        return {line.split()[0].rpartition("/")[2] for line in listed.stdout.splitlines()}


def _members(layer):
    with tarfile.open(fileobj=io.BytesIO(layer)) as archive:
        return archive.getmembers()
