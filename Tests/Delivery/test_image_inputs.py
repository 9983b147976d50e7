"""What an image is made of: the lists from which CI tells whether a commit needs a new one, held against the package."""

import json
import os
import subprocess

import pytest

from support.paths import REPOSITORY

PROGRAMS = {"api": "shrinkr-api", "worker": "shrinkr-worker"}
COMMON = {
    ".dockerignore", "Dockerfiles/rds-authorities.pem", "Dockerfiles/rebuilt", "Package.swift", "Package.resolved",
}  # fmt: skip


@pytest.fixture(scope="module")
def targets(tmp_path_factory):
    """The package's own targets by name. Evaluates the manifest only, so no build is in the way."""
    scratch = tmp_path_factory.mktemp("scratch")
    command = [os.environ.get("SWIFT", "swift"), "package", "--scratch-path", scratch, "dump-package"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    return {target["name"]: target for target in json.loads(done.stdout)["targets"]}


def folder_of(target):
    folder = target.get("path") or f"Sources/{target['name']}"
    assert (REPOSITORY / folder).is_dir(), folder
    return folder


def closure(targets, name, found=None):
    """A target and all of this package that it is built of, whatever the traits and the platform."""
    found = set() if found is None else found
    if name in targets and name not in found:
        found.add(name)
        for dependency in targets[name]["dependencies"]:
            inner = (dependency.get("byName") or dependency.get("target") or [None])[0]
            closure(targets, inner, found)
    return found


def links_out_of(folders):
    """Files elsewhere that links in the folders lead to: a change there changes what is built."""
    for folder in folders:
        for path in (REPOSITORY / folder).rglob("*"):
            if path.is_symlink():
                yield str(path.resolve().relative_to(REPOSITORY))


@pytest.mark.parametrize("service", PROGRAMS)
def test_the_list_is_what_the_program_is_built_of(service, targets):
    text = (REPOSITORY / "Dockerfiles" / f"{service}.inputs").read_text()
    listed = [line for line in text.splitlines() if line and not line.startswith("#")]
    folders = {folder_of(targets[name]) for name in closure(targets, PROGRAMS[service])}
    expected = COMMON | {f"Dockerfiles/{service}.Dockerfile"} | folders | set(links_out_of(folders))
    assert sorted(listed) == sorted(expected), f"Dockerfiles/{service}.inputs should list:\n" + "\n".join(
        sorted(expected)
    )


def test_each_service_has_code_of_its_own(targets):
    """A change in one alone asks for no image of the other."""
    api, worker = (closure(targets, program) for program in PROGRAMS.values())
    assert "ShrinkrAPI" in api - worker and "ShrinkrWorker" in worker - api and "ShrinkrCore" in api & worker
