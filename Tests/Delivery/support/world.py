"""A small copy of this project as teams have it: sources and deployment files on a server, runs of CI, and people."""

import itertools
import json
import os
import shutil
import subprocess
import textwrap

from .checkout import GIT_ENVIRONMENT, Checkout, clean_environment
from .paths import REPOSITORY
from .workflows import run_step, step_named

REGISTRY = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shrinkr"
SERVICES = ["api", "worker"]
ZEROS = "0" * 40


def deployment_text(service, environment, revision=ZEROS, tasks="1"):
    return textwrap.dedent(f"""\
        template-file-path: "gitops/templates/{service}.yml"
        parameters:
          Environment: "{environment}"  # a word of explanation
          ImageUri: "{REGISTRY}/{service}:sha-{revision}"
          MinTasks: "{tasks}"
        tags:
          environment: "{environment}"
        """)


def deployment_path(service, environment="devstg"):
    return f"gitops/environments/{environment}/{service}.deployment.yml"


# As `make lock` leaves a Dockerfile.
LOCKED = f"FROM swift:6@sha256:{'5' * 64} AS builder\nFROM scratch\n"
SOURCES = {
    "README.md": "What it is\n",
    "Package.swift": "// the package\n",
    "Sources/API/main.swift": "// the API\n",
    "Sources/Worker/main.swift": "// the worker\n",
    "Sources/Core/Core.swift": "// shared\n",
    "Sources/ShrinkrProcess/Version.swift": 'static let current = "1.2.3"\n',
    "Tests/CoreTests.swift": "// tests\n",
    "Package.resolved": "{}\n",
    "Dockerfiles/api.Dockerfile": LOCKED,
    "Dockerfiles/worker.Dockerfile": LOCKED,
    "Dockerfiles/rebuilt": "2026-11-01\n",
    "Dockerfiles/api.inputs": "# made of\nDockerfiles/api.Dockerfile\nDockerfiles/rebuilt\nPackage.swift\nSources/API\nSources/Core\n",
    "Dockerfiles/worker.inputs": "Dockerfiles/worker.Dockerfile\nDockerfiles/rebuilt\nPackage.swift\nSources/Core # shared\nSources/Worker\n",
}
DEPLOYMENTS = {
    deployment_path(service, environment): deployment_text(service, environment)
    for service in SERVICES
    for environment in ("devstg", "prod")
} | {f"gitops/templates/{name}.yml": f"# the template of {name}\n" for name in ("infra", *SERVICES)}
for _environment in ("devstg", "prod"):
    _lines = deployment_text("infra", _environment).splitlines(keepends=True)
    DEPLOYMENTS[deployment_path("infra", _environment)] = "".join(x for x in _lines if "ImageUri" not in x)


class World:
    """Both remotes, which are one unless `separate`, and the environment in which scripts run."""

    def __init__(self, folder, github, registry, deploy_program, separate=False):
        self.folder = folder
        self.github = github
        self.registry = registry
        self.source_name = "acme/shrinkr"
        self.gitops_name = "acme/deployments" if separate else self.source_name
        self.numbers = itertools.count(1)
        self.environment = clean_environment() | GIT_ENVIRONMENT | github.environment | {
            "HOME": str(folder), "GIT_CONFIG_GLOBAL": str(folder / "gitconfig"), "SHRINKR_DEPLOY": str(deploy_program),
            "PATH": f"{registry.bin}{os.pathsep}{os.environ['PATH']}",
        }  # fmt: skip
        # Git makes an identity up where a machine's names allow it, as a runner's do not.
        (folder / "gitconfig").write_text("[user]\n\tuseConfigOnly = true\n")
        self._found(separate)

    def _found(self, separate):
        scripts = self.folder / "scripts"
        shutil.copytree(REPOSITORY / "gitops" / "scripts", scripts)
        self.people = self._create(self.source_name, SOURCES | ({} if separate else DEPLOYMENTS), scripts)
        self.operators = self._create(self.gitops_name, DEPLOYMENTS) if separate else self.people
        self.operators.git("push", "--quiet", "origin", "main:production")

    def _create(self, name, files, scripts=None):
        Checkout.create_bare(self.remote(name))
        clone = Checkout(self.folder / "people" / name)
        clone.folder.mkdir(parents=True)
        clone.git("init", "--quiet", "--initial-branch", "main")
        clone.git("remote", "add", "origin", str(self.remote(name)))
        if scripts:
            shutil.copytree(scripts, clone.folder / "gitops" / "scripts")
        clone.commit(files, "First")
        clone.git("push", "--quiet", "origin", "main")
        return clone

    def remote(self, name):
        return self.github.remotes / f"{name}.git"

    # What people do.

    def push(self, files=(), message="Change", checkout=None, branch="main"):
        """Commits to a branch of the sources, or of another checkout, and pushes."""
        checkout = checkout or self.people
        checkout.git("fetch", "--quiet", "--prune", "origin")
        checkout.git("checkout", "--quiet", "-B", branch, f"origin/{branch}")
        commit = checkout.commit(dict(files), message)
        checkout.git("push", "--quiet", "origin", branch)
        return commit

    def change_deployment(self, files, branch="main"):
        return self.push(files, "Operate", self.operators, branch)

    def revert(self, commit, branch="main"):
        """Takes a deployment back, as the button Revert of its pull request does."""
        self.operators.git("fetch", "--quiet", "--prune", "origin")
        self.operators.git("checkout", "--quiet", "-B", branch, f"origin/{branch}")
        self.operators.git("revert", "--no-edit", commit)
        self.operators.git("push", "--quiet", "origin", branch)

    def deploy_directly(self, service, revision, environment="devstg", branch="main"):
        text = deployment_text(service, environment, revision)
        return self.change_deployment({deployment_path(service, environment): text}, branch)

    # What there is.

    @property
    def proposals(self):
        return self.github.pulls(self.gitops_name)

    def text_at(self, branch, path):
        return Checkout(self.remote(self.gitops_name)).git("show", f"{branch}:{path}") + "\n"

    def revision(self, service, environment="devstg", branch="main"):
        """What a deployment file holds."""
        line = next(x for x in self.text_at(branch, deployment_path(service, environment)).splitlines() if "Image" in x)
        return line.split(":sha-")[1].rstrip('"')

    def proposed(self, service, environment="devstg"):
        """What the branch of a proposal holds; nothing if there is none."""
        branch = f"deploy/{environment}/{service}"
        return self.github.commit(self.gitops_name, branch) and self.revision(service, environment, branch)

    def changed_lines(self, base, branch):
        """The lines that a branch changes, as `-old` and `+new`."""
        remote = Checkout(self.remote(self.gitops_name))
        diff = remote.git("diff", "--unified=0", base, branch)
        return [x for x in diff.splitlines() if x.startswith(("-", "+")) and not x.startswith(("---", "+++"))]

    # What CI does.

    def run(self, revision="main"):
        """A run of CI on a commit of main: its checkouts, and the steps in turn."""
        return Run(self, self.folder / "runs" / str(next(self.numbers)), revision)

    def ci(self, revision="main", **options):
        """A whole run of CI after a push to main; the tests pass."""
        return self.run(revision).all(**options)


class Run:
    """One run of ci.yml: the scripts of its steps, in a checkout of sources and one of deployment files."""

    def __init__(self, world, folder, revision):
        self.world = world
        self.folder = folder
        self.source = Checkout.clone(world.remote(world.source_name), folder / "source", revision)
        self.gitops = Checkout.clone(world.remote(world.gitops_name), folder / "source" / "gitops-checkout")
        self.images = "[]"

    def script(self, name, *arguments, cwd=None, **environment):
        """Runs one of the scripts as people do."""
        return subprocess.run(
            [self.source.folder / "gitops" / "scripts" / f"{name}.sh", *arguments], cwd=cwd or self.source.folder,
            env=self.world.environment | environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=300,
        )  # fmt: skip

    def propose(self, service, revision, *arguments, environment="devstg", **variables):
        """Runs propose.sh for an image of a revision."""
        return self.script(
            "propose", "--environment", environment, "--service", service, "--gitops-dir", "gitops-checkout",
            "--image-uri", f"{REGISTRY}/{service}:sha-{revision}", *arguments, **variables,
        )  # fmt: skip

    def step(self, workflow, job, name, check=True, **variables):
        """Runs the script of a step of a workflow."""
        folder = self.folder / f"step-{next(self.world.numbers)}"
        environment = self.world.environment | {"GITHUB_REPOSITORY": self.world.source_name}
        result = run_step(step_named(workflow, job, name), folder, self.source.folder, variables, environment)
        assert result.returncode == 0 or not check, result.log
        return result

    def plan(self):
        self.images = self.step("ci", "plan", "Plan").outputs["images"]
        return self

    def build(self):
        """The job `images`, once for every image in the plan."""
        for image in json.loads(self.images):
            values = {"REVISION": image["revision"], "REPOSITORY": image["repository"]}
            built = self.step("ci", "images", "Build", SERVICE=image["service"], **values).outputs
            if built["published"] == "false":
                self.step("ci", "images", "Publish", DIGEST=built["digest"], **values)
        return self

    def propose_all(self, auto_merge="", check=True):
        environment = self.world.environment
        return self.step(
            "ci", "deployment-pr", "Propose", check=check, IMAGES=self.images, AUTO_MERGE=auto_merge,
            GH_TOKEN=environment["GH_TOKEN"], SHRINKR_DEPLOY=environment["SHRINKR_DEPLOY"],
        )  # fmt: skip

    def all(self, **options):
        self.plan().build().propose_all(**options)
        return self
