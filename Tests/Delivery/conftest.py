"""Fixtures of the delivery tests: what is under `gitops/`, read as data, and a world in which its scripts run.

SHRINKR_BIN_DIR names the folder of the programs; by default `.build/release` of this checkout.
"""

import os
from pathlib import Path

import pytest

from EndToEnd.support.program import Launcher
from support import ministack
from support.github import GitHub
from support.paths import ENVIRONMENTS, REPOSITORY, TEMPLATES
from support.registry import Registry
from support.real_tasks import Tasks
from support.rehearsal import Account
from support.team import Team
from support.world import World
from support.yaml_files import read_template

SERVICES = ["api", "worker"]

pytest_plugins = ["suite_progress"]
# All of these are about the deployment files. Where these are somewhere else, so are their checks.
collect_ignore_glob = [] if ENVIRONMENTS.is_dir() else [
    "test_bootstrap.py", "test_deployment_files.py", "test_rehearsal_*.py", "test_task_roles.py", "test_template_*.py",
    "test_verifier_role.py",
]  # fmt: skip
# The files with the longest tests, so that none of these is the last to begin.
LONGEST_FIRST = ["test_bootstrap", "test_task_roles", "test_lint", "test_scripts_plan", "test_rehearsal_faults"]


@pytest.fixture(scope="session")
def templates():
    """Every template, by name."""
    return {path.stem: read_template(path) for path in sorted(TEMPLATES.glob("*.yml"))}


@pytest.fixture(scope="session")
def infra(templates):
    return templates["infra"]


@pytest.fixture(scope="session", params=SERVICES)
def service(request):
    """The name of each service in turn."""
    return request.param


@pytest.fixture(scope="session")
def service_template(templates, service):
    return templates[service]


@pytest.fixture(scope="session")
def deploy_program():
    folder = Path(os.environ.get("SHRINKR_BIN_DIR") or REPOSITORY / ".build" / "release").resolve()
    program = folder / "shrinkr-deploy"
    if not os.access(program, os.X_OK):
        pytest.exit(f"shrinkr-deploy is not in {folder}: build first, or set SHRINKR_BIN_DIR", returncode=2)
    return program


@pytest.fixture
def github(tmp_path):
    github = GitHub(tmp_path / "remotes")
    yield github
    github.stop()


@pytest.fixture(params=["one repository", "two repositories"])
def world(request, tmp_path, github, deploy_program):
    """Sources and deployment files in one repository, and in one each, as GITOPS_REPOSITORY has it."""
    return World(tmp_path, github, Registry(tmp_path), deploy_program, separate=request.param == "two repositories")


@pytest.fixture
def one_repository(tmp_path, github, deploy_program):
    """The same for what does not depend on where the deployment files are."""
    return World(tmp_path, github, Registry(tmp_path), deploy_program)


@pytest.fixture
def team(tmp_path):
    return Team(tmp_path)


@pytest.fixture
def make_account(team, tmp_path, deploy_program):
    """Makes the account of an environment, in which there is nothing yet."""
    accounts = []

    def make(environment):
        accounts.append(Account(tmp_path, environment, team.branch(environment), deploy_program))
        return accounts[-1]

    yield make
    for account in accounts:
        account.stop()


@pytest.fixture
def devstg(make_account):
    """devstg, where everything runs as Git says."""
    account = make_account("devstg")
    account.make_shells()
    account.begin()
    return account


@pytest.fixture
def launch(tmp_path, deploy_program):
    launcher = Launcher(deploy_program.parent, tmp_path)
    yield launcher
    launcher.stop_all()


@pytest.fixture
def tasks(devstg, launch, tmp_path):
    return Tasks(devstg, launch, tmp_path)


def pytest_sessionfinish():
    ministack.stop_all()
