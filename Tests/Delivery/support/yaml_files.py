"""Reads CloudFormation templates and deployment files as data."""

import yaml


class _TemplateLoader(yaml.SafeLoader):
    """Knows the short forms of intrinsic functions: `!Ref X` becomes `{"Ref": "X"}`."""


def _intrinsic(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_TemplateLoader.add_multi_constructor("!", _intrinsic)


def read_template(path):
    """The template at `path`, with every intrinsic function in its long form."""
    return yaml.load(path.read_text(), Loader=_TemplateLoader)


def read_deployment_file(path):
    return yaml.safe_load(path.read_text())


def resources_of(template, kind):
    """The resources of one type, by logical id."""
    return {name: r for name, r in template["Resources"].items() if r["Type"] == kind}


def as_list(value):
    """One thing or a list of things, as policies have them, as a list."""
    return value if isinstance(value, list) else [value]


def walk(value):
    """Every value inside `value`, itself included."""
    yield value
    if isinstance(value, dict):
        for inner in value.values():
            yield from walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner)
