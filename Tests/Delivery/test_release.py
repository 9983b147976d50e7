"""Releases: a tag is what the programs and the changelog say; images and programs of one build, tagged last."""

import re
import subprocess

import pytest

from support.paths import REPOSITORY, SCRIPTS
from support.workflows import WORKFLOWS, read_workflow

RELEASE = read_workflow(WORKFLOWS / "release.yml")


@pytest.fixture
def folder(tmp_path):
    version = tmp_path / "Sources/ShrinkrProcess/Version.swift"
    version.parent.mkdir(parents=True)
    text = (REPOSITORY / "Sources/ShrinkrProcess/Version.swift").read_text()
    version.write_text(re.sub(r'current = ".*"', 'current = "1.2.3"', text))
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github/CHANGELOG.md").write_text(
        "# Changelog\n\n## [Unreleased]\n\n- later\n\n## [1.2.3] - 2026-12-01\n\n### Added\n\n- this\n\n"
        "## [1.2.2] - 2026-11-01\n\n- before\n"
    )
    return tmp_path


def notes(folder, tag):
    return subprocess.run([SCRIPTS / "release-notes.sh", "--tag", tag], cwd=folder, capture_output=True, text=True)


def test_notes_are_the_changelog_s(folder):
    done = notes(folder, "v1.2.3")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "### Added\n\n- this"


@pytest.mark.parametrize(
    ("tag", "code", "words"),
    [("1.2.3", 2, "v<major>"), ("v1.2", 2, "v<major>"), ("v1.2.4", 1, "would say that they are 1.2.3")],
)
def test_another_tag_is_refused(folder, tag, code, words):
    done = notes(folder, tag)
    assert done.returncode == code and words in done.stderr and not done.stdout


def test_a_release_without_notes_is_refused(folder):
    changelog = folder / ".github/CHANGELOG.md"
    changelog.write_text(changelog.read_text().replace("### Added\n\n- this\n", ""))
    assert "has nothing of 1.2.3" in notes(folder, "v1.2.3").stderr


def test_this_version_s_notes_are_there():
    version = re.search(r'current = "(.*)"', (REPOSITORY / "Sources/ShrinkrProcess/Version.swift").read_text())[1]
    assert notes(REPOSITORY, f"v{version}").returncode == 0


def test_the_commit_is_put_into_what_says_it():
    """The builder changes the one line that is there."""
    text = (REPOSITORY / "Sources/ShrinkrProcess/Version.swift").read_text()
    for path in (REPOSITORY / "Dockerfiles").glob("*.Dockerfile"):
        command = re.search(r'sed -i "(s/.*/)" Sources/ShrinkrProcess/Version.swift', path.read_text())[1]
        script = command.replace('\\"', '"').replace("${COMMIT}", "abc")
        done = subprocess.run(["sed", script], input=text, capture_output=True, text=True, check=True)
        changed = [line for line in done.stdout.splitlines() if line not in text.splitlines()]
        assert changed == ['    static let commit = "abc"'], path.name


def test_both_processors_are_built_natively_before_anything_is_tagged():
    image, publish = RELEASE["jobs"]["image"], RELEASE["jobs"]["publish"]
    services = {path.name.removesuffix(".Dockerfile") for path in (REPOSITORY / "Dockerfiles").glob("*.Dockerfile")}
    assert set(image["strategy"]["matrix"]["service"]) == services
    assert image["strategy"]["matrix"]["architecture"] == ["amd64", "arm64"]
    assert set(publish["needs"]) == {"notes", "image"}
    assert "contents" not in image["permissions"] or image["permissions"]["contents"] == "read"
