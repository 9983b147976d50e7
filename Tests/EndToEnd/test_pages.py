"""The pages name commands and flags that the programs have, and paths that the server answers."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from support.program import clean_environment

REPOSITORY = Path(__file__).resolve().parents[2]
PAGES = [REPOSITORY / "README.md", *sorted((REPOSITORY / ".github").glob("*.md")), REPOSITORY / "gitops" / "README.md"]
# What was there once is told of as well.
PAGES.remove(REPOSITORY / ".github" / "CHANGELOG.md")
# A program, its command, and the rest of the line.
COMMAND = re.compile(r"(?:^|[ /])(shrinkr(?:-api|-worker|-deploy)?)((?: [a-z]+(?:-[a-z]+)*(?!\S))+)(.*)")


def code(page):
    """Lines of code: blocks of commands, and what stands between backticks in prose."""
    parts = re.split(r"```(\w*)\n(.*?)```", page.read_text(), flags=re.DOTALL)
    for prose, language, block in zip(parts[::3], [*parts[1::3], ""], [*parts[2::3], ""]):
        yield from re.findall(r"`([^`]+)`", prose.replace("\n", " "))
        if language == "sh":
            yield from block.replace("\\\n", " ").splitlines()


def commands():
    found = []
    for page in PAGES:
        for line in code(page):
            match = COMMAND.search(re.sub(r"sudo -u \S+ | +#.*", "", line))
            if match:
                program, words, rest = match.groups()
                flags = re.findall(r"--[a-z-]+", rest)
                found.append(pytest.param(program, words.split(), flags, id=f"{page.name}: {line}"))
    return found


@pytest.mark.parametrize(("program", "words", "flags"), commands())
def test_a_command_of_a_page_is_there(binaries, tmp_path, program, words, flags):
    command = " ".join([program, *words])
    answer = subprocess.run(
        [binaries / program, *words, "--help"], env=clean_environment(tmp_path), capture_output=True, text=True,
        timeout=20,
    )  # fmt: skip
    # Of a word that it does not know the program gives the help of something else.
    assert f"USAGE: {command}" in re.sub(r"\s+", " ", answer.stdout), answer
    for flag in flags:
        assert re.search(rf"{flag}\b", answer.stdout), f"{command} has no {flag}"


def test_paths_of_the_pages_are_in_the_contract():
    paths = set(yaml.safe_load((REPOSITORY / "openapi.yaml").read_text())["paths"])
    named = {
        path for page in PAGES for text in code(page) for path in re.findall(r"(?:GET|POST|PATCH|DELETE) (/api\S+)", text)
    }
    assert named and named <= paths
