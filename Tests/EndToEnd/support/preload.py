"""Libraries that change what the system tells a program, built when a test needs one."""

import shutil
import subprocess
from pathlib import Path

import pytest


def build_preload(source, directory):
    """Compiles a C file of this folder into a library in `directory`, and returns its path."""
    compiler = shutil.which("cc") or shutil.which("clang")
    if compiler is None:
        pytest.skip("needs a C compiler to change what the system tells a program")
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    library = directory / f"{source}.so"
    options = ["-shared", "-fPIC", "-O1", "-Wall", "-Werror"]
    subprocess.run([compiler, *options, "-o", library, Path(__file__).with_name(f"{source}.c"), "-ldl"], check=True)
    return library


def wrong_clock(directory, *, minutes):
    """The settings of a program whose clock is wrong by so many minutes."""
    library = build_preload("wrong_clock", directory)
    return {"LD_PRELOAD": str(library), "WRONG_CLOCK_SECONDS": str(minutes * 60)}
