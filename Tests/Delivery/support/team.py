"""A team's repository, as it would have it after forking this one."""

import shutil

import yaml

from support.checkout import Checkout
from support.git_sync import LACKING, TLS_ONLY, emulated
from support.paths import GITOPS
from support.yaml_files import read_template

STACKS = ["infra", "api", "worker"]
# The branch that each environment follows.
BRANCHES = {"devstg": "main", "prod": "production"}


def deployment_file(environment, service):
    return f"gitops/environments/{environment}/{service}.deployment.yml"


def template_file(service):
    return f"gitops/templates/{service}.yml"


def revision(letter):
    """The full name of a commit that was never made."""
    return letter * 40


class Team:
    """A repository with the two branches, each checked out. Its templates are without what the emulator lacks."""

    def __init__(self, folder):
        remote = Checkout.create_bare(folder / "remote")
        main = Checkout.clone(remote.folder, folder / "main", revision="--orphan=main")
        shutil.copytree(GITOPS / "templates", main.folder / "gitops/templates")
        shutil.copytree(GITOPS / "environments", main.folder / "gitops/environments")
        templates = {template_file(name): dump(read_template(GITOPS / f"templates/{name}.yml")) for name in STACKS}
        main.commit(templates, "Begin")
        main.git("push", "--quiet", "origin", "main", "main:production")
        self.main = main
        self.production = Checkout.clone(remote.folder, folder / "production", revision="production")

    def branch(self, environment):
        return {"main": self.main, "production": self.production}[BRANCHES[environment]]


def dump(template):
    """Nothing that the emulator lacks: scaling, NAT, and policies that let TLS alone in, which it does not speak."""
    fitting = emulated(template, LACKING | TLS_ONLY)
    # Small mappings on one line, for a template has 51,200 bytes.
    return yaml.safe_dump(fitting, sort_keys=False, width=200, default_flow_style=None)
