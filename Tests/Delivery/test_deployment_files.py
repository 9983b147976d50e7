"""The deployment files: exactly what Git sync reads, and only what differs from the templates' defaults."""

import re
from pathlib import Path

import pytest
import yaml

from support.paths import ENVIRONMENTS, DEPLOYMENTS
from support.yaml_files import read_deployment_file

FILES = sorted(ENVIRONMENTS.glob("*/*.deployment.yml"))


@pytest.fixture(params=FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def path(request):
    return request.param


@pytest.fixture
def content(path):
    return read_deployment_file(path)


@pytest.fixture
def template(path, templates):
    return templates[path.name.removesuffix(".deployment.yml")]


def test_every_environment_has_all_stacks():
    names = {path.parent.name: {p.name for p in path.parent.glob("*.deployment.yml")} for path in FILES}
    assert set(names) == {"devstg", "prod"}
    assert all(
        found == {f"{stack}.deployment.yml" for stack in ("infra", "api", "worker")} for found in names.values()
    )


def test_there_are_only_the_keys_that_git_sync_knows(content):
    assert list(content) == ["template-file-path", "parameters", "tags"]


def test_every_value_is_quoted(path):
    """Other forms mean different things to different readers: 0123 is octal to some, yes is true to others."""
    root = yaml.compose(path.read_text())
    values = [value for _, value in root.value if isinstance(value, yaml.ScalarNode)]
    values += [value for _, inner in root.value if isinstance(inner, yaml.MappingNode) for _, value in inner.value]
    assert len(values) > 3
    for value in values:
        assert isinstance(value, yaml.ScalarNode) and value.style == '"', f"line {value.start_mark.line + 1}"


def test_the_template_is_there_and_is_the_stack_s_own(path, content):
    template = Path(content["template-file-path"])
    assert (DEPLOYMENTS / template).is_file()
    assert template.stem == path.name.removesuffix(".deployment.yml")


def test_parameters_are_those_of_the_template(content, template):
    given = set(content["parameters"])
    assert given <= set(template["Parameters"])
    required = {name for name, p in template["Parameters"].items() if "Default" not in p}
    assert required <= given


def test_values_are_allowed_and_differ_from_the_defaults(content, template):
    for name, value in content["parameters"].items():
        parameter = template["Parameters"][name]
        assert value != parameter.get("Default"), f"{name} is that anyway"
        assert value in parameter.get("AllowedValues", [value]), name
        assert re.fullmatch(parameter.get("AllowedPattern", ".*"), value), name


def test_an_environment_knows_its_name(path, content):
    environment = path.parent.name
    assert content["parameters"]["Environment"] == environment
    assert content["tags"] == {"application": "shrinkr", "environment": environment}


def test_images_stand_on_one_line_each(path, content):
    lines = [line for line in path.read_text().splitlines() if "dkr.ecr" in line]
    if "infra" in path.name:
        assert lines == []
    else:
        assert lines == [f'  ImageUri: "{content["parameters"]["ImageUri"]}"']
