"""Where things are in this repository."""

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
GITOPS = REPOSITORY / "gitops"
TEMPLATES = GITOPS / "templates"
ENVIRONMENTS = GITOPS / "environments"
BOOTSTRAP = GITOPS / "bootstrap"
