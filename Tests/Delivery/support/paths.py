"""Where things are in this repository."""

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]
SCRIPTS = REPOSITORY / "gitops" / "scripts"
# Where the deployment files are: here, or in a checkout of the repository of their own that they were moved to.
DEPLOYMENTS = Path(os.environ.get("SHRINKR_GITOPS_CHECKOUT") or REPOSITORY).resolve()
GITOPS = DEPLOYMENTS / "gitops"
TEMPLATES = GITOPS / "templates"
ENVIRONMENTS = GITOPS / "environments"
BOOTSTRAP = GITOPS / "bootstrap"
# Of tests that are about them: that repository has checks of its own, which run these.
needs_deployments = pytest.mark.skipif(
    not ENVIRONMENTS.is_dir(), reason="gitops/ is in a repository of its own, and SHRINKR_GITOPS_CHECKOUT names no checkout"
)
