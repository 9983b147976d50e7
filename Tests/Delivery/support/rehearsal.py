"""An environment's account: what is merged is applied as Git sync would, and then it is verified."""

import contextlib
import json
import subprocess

import yaml
from botocore.exceptions import ClientError

from support.checkout import clean_environment
from support.deploy_roles import PREVIEW, VERIFY, let, make_roles
from support.git_sync import GitSync
from support.ministack import ACCOUNT, REGION, MiniStack
from support.sync_status import SyncStatus
from support.task_roles import let_run_tasks
from support.team import STACKS, deployment_file, revision, template_file
from support.verdict import Verdict
from support.yaml_files import read_deployment_file

REGISTRY = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/shrinkr"


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
        make_roles(self.aws, environment)

    def stop(self):
        self.status.stop()
        self.aws.stop()

    def let_verifier(self, actions):
        """Lets the verifier do these things alone, to everything."""
        let(self.aws, VERIFY, [{"Effect": "Allow", "Action": actions, "Resource": "*"}])

    def stack(self, service):
        return f"shrinkr-{service}-{self.environment}"

    def make_shells(self):
        for service in STACKS:
            self.stacks.make_shell(self.stack(service))

    def begin(self):
        """The first day: infra, then the images of a first commit."""
        for service in STACKS[1:]:
            self.set_image(service, "a")
        self.begin_infra()
        assert self.sync(STACKS[1:]) == {"api": "UPDATE_COMPLETE", "worker": "UPDATE_COMPLETE"}

    def begin_infra(self):
        assert self.sync(["infra"]) == {"infra": "UPDATE_COMPLETE"}
        let_run_tasks(self.aws.client("iam"), self.of_infra("MigrationRole"))
        # Both repositories come with infra.
        for service in STACKS[1:]:
            self.push_image(service, "a")

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
            content = read_deployment_file(self.branch.folder / self.path(service))
            template = (self.branch.folder / content["template-file-path"]).read_text()
            change = self.stacks.propose(name, template, content)
        except (ClientError, yaml.YAMLError) as error:
            return self._note(name, "FAILED", str(error))
        if change["Status"] == "FAILED":
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

    # The registry and ECS

    def migrate_by(self, script):
        """From now on tasks that migrate run this shell script, which gets the image as `$1`."""
        self.aws.migrate.write_text(f"#!/bin/sh\n{script}\n")
        self.aws.migrate.chmod(0o755)

    def log_of(self, service, stream):
        """The lines of a log stream of a service."""
        events = self.aws.client("logs").get_log_events(
            logGroupName=f"/shrinkr/{self.environment}/{service}", logStreamName=stream
        )
        return [event["message"] for event in events["events"]]

    def push_image(self, service, letter):
        """What CI does: an image with the commit as its tag.

        Only devstg's account has repositories; prod's emulator answers for it as well.
        """
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

    def _container(self, service):
        revision = self.service(service)["taskDefinition"]
        task = self.aws.client("ecs").describe_task_definition(taskDefinition=revision)["taskDefinition"]
        return task["containerDefinitions"][0]

    def task_settings(self, service):
        """The variables that a task is started with, but for its secrets."""
        return {v["name"]: v["value"] for v in self._container(service)["environment"]}

    def task_image(self, service):
        """What the service runs."""
        return self._container(service)["image"]

    def of_infra(self, name):
        """The physical id of a resource of the infra stack."""
        return self.stacks.resource(self.stack("infra"), name)

    # What runs in workflows

    def credentials(self):
        return self.aws.credentials_of(VERIFY)

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
        return Verdict(done.returncode, json.loads(done.stdout))

    def preview(self, since="HEAD^1", *arguments, **variables):
        """Asks what merging would do, as a workflow does for a pull request; returns how that ended, and its report."""
        own = self.aws.environment(self.aws.credentials_of(PREVIEW))
        return self.run("preview", "--environment", self.environment, "--since", since, *arguments, **(own | variables))
