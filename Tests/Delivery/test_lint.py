"""What linters say about templates, deployment files and what images are built with."""

import subprocess
import sys
from pathlib import Path

import pytest

from support.paths import ENVIRONMENTS, GITOPS, REPOSITORY, TEMPLATES, needs_deployments
from support.yaml_files import read_template

TOOLS = Path(sys.executable).parent
DOCKERFILES = sorted((REPOSITORY / "Dockerfiles").glob("*.Dockerfile"))


def run(tool, *arguments):
    return subprocess.run(
        [TOOLS / tool, *arguments], cwd=REPOSITORY, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )


def assert_clean(result):
    assert result.returncode == 0, result.stdout + result.stderr


@needs_deployments
@pytest.mark.parametrize("name", ["infra", "api", "worker"])
def test_template(name):
    assert_clean(run("cfn-lint", "--include-checks", "I", "--", TEMPLATES / f"{name}.yml"))


@needs_deployments
def test_deployment_files():
    assert_clean(run("cfn-lint", "--deployment-files", *sorted(ENVIRONMENTS.glob("*/*.deployment.yml"))))


def test_yaml_style():
    places = {GITOPS, REPOSITORY / "gitops", REPOSITORY / ".github", REPOSITORY / "compose.yaml"}
    existing = sorted(path for path in places if path.exists())
    assert_clean(run("yamllint", "--strict", "--config-file", ".yamllint.yml", *existing))


def test_dockerfiles():
    assert_clean(run("hadolint", *DOCKERFILES))
    assert len(DOCKERFILES) == 3


def test_compose_file():
    assert_clean(run("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml"))


def test_issue_forms():
    forms = sorted((REPOSITORY / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
    configuration = next(form for form in forms if form.name == "config.yml")
    forms.remove(configuration)
    assert len(forms) == 2
    assert_clean(run("check-jsonschema", "--builtin-schema", "vendor.github-issue-forms", *forms))
    assert_clean(run("check-jsonschema", "--builtin-schema", "vendor.github-issue-config", configuration))


def test_scripts_for_images():
    assert_clean(run("shellcheck", "Dockerfiles/build.sh", "Dockerfiles/lock.sh", "Tests/Scripts/with-docker.sh", ".ci/run"))


@needs_deployments
def test_templates_fit_into_a_request(templates):
    """CloudFormation takes 51,200 bytes of template from Git sync, as it does in a request."""
    for path in TEMPLATES.glob("*.yml"):
        assert path.stat().st_size <= 51_200, path.name


@needs_deployments
def test_linters_do_see_faults(tmp_path):
    """Each fault alone; a linter that says nothing about it would prove nothing above."""
    text = (TEMPLATES / "api.yml").read_text()
    for right, wrong in [
        ("MinimumHealthyPercent", "MinimumHealthPercent"),
        ("!Ref AlarmTopicArn", "!Ref AlarmTopic"),
        ("RestartAttemptPeriod: 60", "RestartAttemptPeriod: soon"),
    ]:
        (tmp_path / "faulty.yml").write_text(text.replace(right, wrong))
        assert run("cfn-lint", tmp_path / "faulty.yml").returncode != 0, wrong


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('ENTRYPOINT ["/usr/local/bin/shrinkr-api"]', "ENTRYPOINT /usr/local/bin/shrinkr-api"),
        ("WORKDIR /src", "WORKDIR src"),
        (" --no-install-recommends", ""),
    ],
)
def test_linters_do_see_faults_in_dockerfiles(tmp_path, right, wrong):
    text = (REPOSITORY / "Dockerfiles" / "api.Dockerfile").read_text()
    assert right in text
    (tmp_path / "Dockerfile").write_text(text.replace(right, wrong))
    assert run("hadolint", tmp_path / "Dockerfile").returncode != 0


def test_linters_do_see_faults_in_the_compose_file(tmp_path):
    text = (REPOSITORY / "compose.yaml").read_text()
    (tmp_path / "compose.yaml").write_text(text.replace("read_only:", "readonly:"))
    command = ("check-jsonschema", "--builtin-schema", "vendor.compose-spec", tmp_path / "compose.yaml")
    assert run(*command).returncode != 0


@needs_deployments
def test_linters_do_see_faults_in_deployment_files(tmp_path):
    text = (ENVIRONMENTS / "devstg" / "api.deployment.yml").read_text()
    for right, wrong in [
        ("tags:", "labels:"), ("parameters:", "Parameters:"), ("  Environment:", "  Surroundings:"),
    ]:  # fmt: skip
        (tmp_path / "faulty.deployment.yml").write_text(text.replace(right, wrong))
        assert run("cfn-lint", "--deployment-files", tmp_path / "faulty.deployment.yml").returncode != 0, wrong


@needs_deployments
def test_templates_have_no_duplicate_keys_or_anchors():
    """CloudFormation refuses anchors; YAML readers silently take the last of two equal keys."""
    for path in TEMPLATES.glob("*.yml"):
        assert read_template(path)
        for number, line in enumerate(path.read_text().splitlines(), 1):
            assert not line.lstrip().startswith(("<<:", "&", "*")), f"{path.name}:{number}"
