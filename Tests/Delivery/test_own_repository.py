"""gitops/ in a repository of its own: what goes there, with its own checks, and tests that follow it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from support.paths import DEPLOYMENTS, GITOPS, REPOSITORY, SCRIPTS, needs_deployments
from support.workflows import WORKFLOWS, read_workflow

TOOLS = Path(sys.executable).parent
WORKFLOW = REPOSITORY / "gitops" / "own-repository" / "deployments.yml"
MOVED = ["environments", "templates", "bootstrap"]
pytestmark = needs_deployments


@pytest.fixture(scope="module")
def moved(tmp_path_factory):
    """The new repository, and the sources without what is there."""
    folder = tmp_path_factory.mktemp("moved")
    sources, deployments = folder / "sources", folder / "deployments"
    left_out = shutil.ignore_patterns(".build*", ".git", ".terraform", "Sources", "Fuzz", "Benchmarks", "?*Tests")
    shutil.copytree(REPOSITORY, sources, symlinks=True, ignore=left_out)
    (sources / "Sources").symlink_to(REPOSITORY / "Sources")
    if DEPLOYMENTS != REPOSITORY:
        shutil.copytree(GITOPS, sources / "gitops", dirs_exist_ok=True)
    run(sources / "gitops/scripts/move-gitops.sh", "--to", deployments)
    for name in MOVED:
        shutil.rmtree(sources / "gitops" / name)
    return sources, deployments


def run(*command, check=True, **variables):
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | variables, timeout=300)
    assert done.returncode == 0 or not check, done.stdout + done.stderr
    return done


def pytest_of(sources, *arguments, **variables):
    return run(
        sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c", sources / "Tests/Delivery/pytest.ini", "-q",
        *arguments, check=False, PYTHONDONTWRITEBYTECODE="1", **variables,
    )  # fmt: skip


def test_everything_goes_along(moved):
    _, deployments = moved
    for name in MOVED:
        there = {p.relative_to(GITOPS) for p in (GITOPS / name).rglob("*") if p.is_file() and ".terraform" not in p.parts}
        assert there and all((deployments / "gitops" / path).is_file() for path in there)
    assert (deployments / ".github/workflows/deployments.yml").read_text() == WORKFLOW.read_text()
    owned = (deployments / ".github/CODEOWNERS").read_text()
    assert "/gitops/environments/prod/" in owned and "/gitops/scripts/" not in owned
    done = run(SCRIPTS / "move-gitops.sh", "--to", deployments, check=False)
    assert done.returncode == 1 and "not empty" in done.stderr


def test_the_sources_alone_are_in_order(moved):
    """What is about the deployment files is left out, and said to be; the rest is found as before."""
    sources, _ = moved
    done = pytest_of(sources, sources / "Tests/Delivery", "--collect-only", SHRINKR_GITOPS_CHECKOUT="")
    assert done.returncode == 0, done.stdout
    assert "test_scripts_propose.py" in done.stdout and "test_template_contract.py" not in done.stdout
    lint = pytest_of(sources, sources / "Tests/Delivery/test_lint.py", "-k", "fit or deployment", SHRINKR_GITOPS_CHECKOUT="")
    assert lint.returncode == 0 and "skipped" in lint.stdout and "repository of its own" in lint.stdout, lint.stdout


def test_the_new_repository_has_its_own_tests(moved):
    """They are the sources' own, on the other checkout, and do see its faults."""
    sources, deployments = moved
    tests = [sources / "Tests/Delivery" / f"test_{name}.py" for name in ("deployment_files", "template_contract")]
    done = pytest_of(sources, *tests, SHRINKR_GITOPS_CHECKOUT=str(deployments))
    assert done.returncode == 0 and " passed" in done.stdout, done.stdout
    file = deployments / "gitops/environments/devstg/api.deployment.yml"
    text = file.read_text()
    file.write_text(text.replace("ImageUri", "ImageUrl"))
    assert pytest_of(sources, *tests, SHRINKR_GITOPS_CHECKOUT=str(deployments)).returncode == 1
    file.write_text(text)


class TestWorkflow:
    workflow = read_workflow(WORKFLOW)

    def test_linters(self):
        for command in (
            ["zizmor", "--offline", "--no-config", "--strict-collection", WORKFLOW],
            ["check-jsonschema", "--builtin-schema", "vendor.github-workflows", WORKFLOW],
        ):
            run(TOOLS / command[0], *command[1:])

    def test_actions_are_those_of_our_workflows(self):
        own = "".join(path.read_text() for path in [*WORKFLOWS.glob("*.yml"), *WORKFLOWS.parent.glob("actions/*/*.yml")])
        pins = re.findall(r"uses: (\S+ # \S+)", WORKFLOW.read_text())
        assert pins and all(pin in own for pin in pins)

    def test_a_check_to_require(self):
        """Of the same name as in the sources; without one, auto-merge would merge at once."""
        assert self.workflow["jobs"]["check"]["name"] == "CI" == read_workflow(WORKFLOWS / "ci.yml")["jobs"]["done"]["name"]
        assert {"pull_request", "merge_group"} <= set(self.workflow["on"])
        assert self.workflow["permissions"] == {}

    def test_make_knows_what_it_runs(self):
        targets = re.findall(r"make -C sources ([\w-]+)", WORKFLOW.read_text())
        assert targets and all(re.search(rf"^{t}:", (REPOSITORY / "Makefile").read_text(), re.MULTILINE) for t in targets)

    def test_verify_takes_what_it_is_started_with(self):
        start = next(s for s in self.workflow["jobs"]["verify"]["steps"] if s.get("name") == "Start")
        inputs = read_workflow(WORKFLOWS / "verify.yml")["on"]["workflow_dispatch"]["inputs"]
        assert set(re.findall(r"-f \"?(\w+)=", start["run"])) <= set(inputs)
        assert yaml.safe_load(WORKFLOW.read_text())["jobs"]["verify"]["if"].startswith("github.event_name == 'push'")
