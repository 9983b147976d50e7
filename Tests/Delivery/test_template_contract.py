"""What the stacks promise each other through Parameter Store, and what they tell people."""

import pytest

from support.yaml_files import resources_of, walk

SSM = "AWS::SSM::Parameter::Value<String>"
# What only people and CI read.
FOR_PEOPLE = {"/platform/alb/dns-name", "/shrinkr/sqs-dead-letter-queue-url"}


def read_by(template):
    """The names in Parameter Store that a template's parameters have as defaults."""
    return {p["Default"]: name for name, p in template["Parameters"].items() if p["Type"] == SSM}


@pytest.fixture(scope="module")
def written(infra):
    """Name in Parameter Store: value, as written by infra."""
    parameters = [r["Properties"] for r in resources_of(infra, "AWS::SSM::Parameter").values()]
    names = [p["Name"] for p in parameters]
    assert len(names) == len(set(names)), "a name is written twice"
    return {p["Name"]: p["Value"] for p in parameters}


def test_a_service_reads_only_what_infra_writes(service_template, written):
    assert read_by(service_template), "this service reads nothing: then this test proves nothing"
    assert not set(read_by(service_template)) - set(written)


def test_all_that_infra_writes_is_read_by_somebody(templates, written):
    services = [template for name, template in templates.items() if name != "infra"]
    read = set().union(*(read_by(template) for template in services))
    assert set(written) - read == FOR_PEOPLE


def test_names_belong_to_the_platform_or_to_shrinkr(written):
    assert all(name.startswith(("/platform/", "/shrinkr/")) for name in written)


def test_every_output_of_infra_is_in_parameter_store(infra, written):
    values = list(written.values())
    missing = [name for name, output in infra["Outputs"].items() if output["Value"] not in values]
    assert not missing


def test_infra_depends_on_no_other_stack(infra):
    assert not read_by(infra)


def test_no_stack_holds_another_one_fast(templates):
    for name, template in templates.items():
        assert not [v for v in walk(template) if isinstance(v, dict) and "Fn::ImportValue" in v], name
        assert not [o for o in template["Outputs"].values() if "Export" in o], name


def test_lists_travel_as_text(templates):
    """cfn-lint and emulators stumble over list types from Parameter Store."""
    for template in templates.values():
        assert {p["Type"] for p in template["Parameters"].values()} <= {"String", SSM}


def test_all_parameters_are_grouped_and_described(templates):
    for name, template in templates.items():
        groups = template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
        grouped = [parameter for group in groups for parameter in group["Parameters"]]
        assert sorted(grouped) == sorted(template["Parameters"]), name
        assert all(len(p.get("Description", "")) > 10 for p in template["Parameters"].values()), name


def test_all_outputs_are_described(templates):
    for name, template in templates.items():
        assert template["Outputs"], name
        assert all(len(o.get("Description", "")) > 10 for o in template["Outputs"].values()), name


def test_parameters_with_a_choice_of_values_have_a_valid_default(templates):
    for template in templates.values():
        for parameter in template["Parameters"].values():
            if "AllowedValues" in parameter:
                assert parameter["Default"] in parameter["AllowedValues"]
                assert all(isinstance(value, str) for value in parameter["AllowedValues"])
