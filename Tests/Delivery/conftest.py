"""Fixtures of the delivery tests: what is under `gitops/`, read as data."""

import pytest

from support.paths import TEMPLATES
from support.yaml_files import read_template

SERVICES = ["api", "worker"]


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
