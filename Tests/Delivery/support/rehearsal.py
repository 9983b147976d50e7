"""A team's repository and its accounts: what is merged is applied as Git sync would, and then it is verified."""

import contextlib
import json
import re
import shutil
import subprocess
import uuid

import yaml
from botocore.exceptions import ClientError

from EndToEnd.support.waiting import eventually
from support.checkout import Checkout, clean_environment
from support.git_sync import CAPABILITIES, LACKING, TLS_ONLY, GitSync, without
from support.ministack import ACCOUNT, REGION, MiniStack
from support.paths import BOOTSTRAP, GITOPS
from support.sync_status import SyncStatus
from support.yaml_files import read_deployment_file, read_template

REGISTRY = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/shrinkr"
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


def verifier_actions():
    """What the bootstrap lets the verifier do."""
    text = (BOOTSTRAP / "github.tf").read_text()
    policy = text[text.index('"aws_iam_role_policy" "verify"'):]
    actions = re.findall(r'"((?:cloudformation|ecs|ecr|codeconnections):\w+\*?)"', policy)
    assert len(actions) > 10, actions
    return actions


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
    return yaml.safe_dump(without(LACKING | TLS_ONLY, template), sort_keys=False, width=200)


class Account:
    """An environment: its account, and Git sync following its branch."""

    def __init__(self, folder, environment, branch, program):
        self.environment, self.branch, self.program = environment, branch, program
        (folder / environment).mkdir()
        self.aws = MiniStack(folder / environment, checks_access=True).start()
        self.cloudformation = self.aws.client("cloudformation")
        self.status = SyncStatus()
        self.stacks = GitSync(self.cloudformation, branch.folder)
        # The commit that each stack was brought to.
        self.synced = {}
        self._make_verifier()

    def stop(self):
        self.status.stop()
        self.aws.stop()

    def _make_verifier(self):
        iam = self.aws.client("iam")
        trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
        document = {"Version": "2012-10-17", "Statement": [trust]}
        iam.create_role(RoleName="shrinkr-verify", AssumeRolePolicyDocument=json.dumps(document))
        self.let_verifier(verifier_actions())

    def let_verifier(self, actions):
        statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
        self.aws.client("iam").put_role_policy(
            RoleName="shrinkr-verify", PolicyName="read-deployments",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        )  # fmt: skip

    def stack(self, service):
        return f"shrinkr-{service}-{self.environment}"

    def make_shells(self):
        for service in STACKS:
            self.stacks.make_shell(self.stack(service))

    def begin(self):
        """The first day: infra, then the images of a first commit."""
        for service in STACKS[1:]:
            self.set_image(service, "a")
        # Both repositories come with infra.
        assert self.sync(["infra"]) == {"infra": "UPDATE_COMPLETE"}
        for service in STACKS[1:]:
            self.push_image(service, "a")
        assert self.sync(STACKS[1:]) == {"api": "UPDATE_COMPLETE", "worker": "UPDATE_COMPLETE"}

    # Git

    def path(self, service):
        return deployment_file(self.environment, service)

    def set_image(self, service, letter):
        """Merges the pull request of CI: one line."""
        image = f"{REGISTRY}/{service}:sha-{revision(letter)}"
        done = self.run("set-image", "--file", self.path(service), "--image-uri", image)
        assert done.returncode == 0, done.stderr
        return self.branch.commit({}, f"Deploy {service} {letter}")

    def edit(self, path, *changes, message="Change"):
        """Merges a change of a file: each text by another."""
        text = (self.branch.folder / path).read_text()
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        return self.branch.commit({path: text}, message)

    def revert(self):
        self.branch.git("revert", "--no-edit", "HEAD")

    # Git sync

    def sync(self, services=STACKS, *, settle=True):
        """Applies what changed on the branch since the last time; returns what became of each stack."""
        outcomes = {}
        for service in services:
            if {self.path(service), template_file(service)} & self._files_changed_since(self.synced.get(service)):
                outcomes[service] = self._apply(service, settle)
            self.synced[service] = self.branch.head
        return outcomes

    def _files_changed_since(self, revision):
        command = ["diff", "--name-only", revision, "HEAD"] if revision else ["ls-files"]
        return set(self.branch.git(*command).splitlines())

    def _apply(self, service, settle):
        name = self.stack(service)
        try:
            change = self._create_change_set(name, self.branch.folder / self.path(service))
        except (ClientError, yaml.YAMLError) as error:
            return self._note(name, "FAILED", str(error))
        if change["Status"] == "FAILED":
            self.cloudformation.delete_change_set(ChangeSetName=change["ChangeSetId"], StackName=name)
            return self._note(name, "FAILED", change["StatusReason"])
        self.cloudformation.execute_change_set(ChangeSetName=change["ChangeSetId"], StackName=name)
        if not settle:
            self._note(name, "IN_PROGRESS", "the change set is executed")
            return "IN_PROGRESS"
        return self.finish(service)

    def finish(self, service):
        """Waits for the end of an update."""
        status = self.stacks.settled(self.stack(service))["StackStatus"]
        self._note(self.stack(service), "SUCCEEDED" if status == "UPDATE_COMPLETE" else "FAILED", status)
        return status

    def _note(self, stack, status, event):
        self.status.note(stack, status, self.branch.head, event)
        return event

    def _create_change_set(self, stack, path):
        content = read_deployment_file(path)
        created = self.cloudformation.create_change_set(
            StackName=stack, ChangeSetName=f"git-sync-{uuid.uuid4().hex}", ChangeSetType="UPDATE",
            TemplateBody=(self.branch.folder / content["template-file-path"]).read_text(),
            Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in content["parameters"].items()],
            Capabilities=CAPABILITIES, Tags=[{"Key": k, "Value": v} for k, v in content["tags"].items()],
        )  # fmt: skip
        return eventually(
            lambda: (found := self._change_set(created["Id"]))["Status"] in ("CREATE_COMPLETE", "FAILED") and found,
            within=60, every=0.1, what="the change set is there",
        )  # fmt: skip

    def _change_set(self, identifier):
        return self.cloudformation.describe_change_set(ChangeSetName=identifier)

    # The registry and ECS

    def push_image(self, service, letter):
        """What CI does: an image with the commit as its tag. Only devstg's account has repositories; prod's emulator answers
        for it as well."""
        ecr = self.aws.client("ecr")
        if self.environment != "devstg":
            with contextlib.suppress(ecr.exceptions.RepositoryAlreadyExistsException):
                ecr.create_repository(repositoryName=f"shrinkr/{service}")
        manifest = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "made of": letter}
        ecr.put_image(
            repositoryName=f"shrinkr/{service}", imageTag=f"sha-{revision(letter)}",
            imageManifest=json.dumps(manifest),
        )  # fmt: skip

    def service(self, service):
        found = self.aws.client("ecs").describe_services(
            cluster=f"shrinkr-{self.environment}", services=[self.stack(service)]
        )
        return found["services"][0]

    def run_revision(self, service, task_definition):
        """What the circuit breaker does, without a word to CloudFormation."""
        self.aws.client("ecs").update_service(
            cluster=f"shrinkr-{self.environment}", service=self.stack(service), taskDefinition=task_definition
        )

    def task_settings(self, service):
        """The variables that a task is started with, but for its secrets."""
        revision = self.service(service)["taskDefinition"]
        task = self.aws.client("ecs").describe_task_definition(taskDefinition=revision)["taskDefinition"]
        return {v["name"]: v["value"] for v in task["containerDefinitions"][0]["environment"]}

    def of_infra(self, name):
        """The physical id of a resource of the infra stack."""
        return self.stacks.resource(self.stack("infra"), name)

    # The verifier

    def credentials(self):
        return self.aws.credentials_of("shrinkr-verify")

    def run(self, *arguments, **variables):
        environment = clean_environment() | {"HOME": str(self.branch.folder)} | variables
        return subprocess.run(
            [self.program, *arguments], cwd=self.branch.folder, env=environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=240,
        )  # fmt: skip

    def verify(self, *services, arguments=(), **variables):
        """Asks the program, as a workflow does; returns its exit code and what it says of each check and service."""
        own = self.aws.environment(self.credentials()) | {"AWS_ENDPOINT_URL_CODECONNECTIONS": self.status.url}
        wanted = [word for service in services for word in ("--service", service)]
        done = self.run(
            "verify", "--environment", self.environment, "--format", "json", *wanted, *arguments, **(own | variables)
        )
        assert done.stdout, done.stderr
        return Verdict(done.returncode, json.loads(done.stdout), done.stderr)


class Verdict:
    """An answer of the verifier."""

    def __init__(self, code, report, progress):
        self.code, self.report, self.progress = code, report, progress
        assert code == report["exit_code"]
        self.checks = {s["service"]: {c["check"]: c for c in s["checks"]} for s in report["services"]}

    def result(self, service, check):
        return self.checks[service][check]["result"]

    def detail(self, service, check):
        return self.checks[service][check]["detail"]

    def of(self, service, result):
        """The checks of a service with this result."""
        return {name for name, check in self.checks[service].items() if check["result"] == result}

    def __repr__(self):
        return json.dumps(self.report, indent=1)
