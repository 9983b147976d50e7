"""The table of costs in gitops/README.md: its sums are right, and its rows are what templates and deployment files make.

The prices are those that the table names, as nobody here can ask AWS for others.
"""

import re

import pytest

from support.paths import DEPLOYMENTS, REPOSITORY, needs_deployments
from support.team import deployment_file
from support.yaml_files import read_deployment_file, resources_of

pytestmark = needs_deployments
HOURS = 730
README = REPOSITORY / "gitops" / "README.md"


def table():
    """The rows of the table, each with what it says and a figure for devstg and prod, in dollars."""
    text = README.read_text().split("| what | devstg | prod |\n|---|---|---|\n")[1].split("\n\n")[0]
    rows = [[cell.strip(" *") for cell in line.strip("|").split("|")] for line in text.splitlines()]
    return {what: {"devstg": devstg, "prod": prod} for what, devstg, prod in rows}


def row(start):
    (found,) = [(what, figures) for what, figures in table().items() if what.startswith(start)]
    return found


def price(what, unit):
    """The price that the row names for a unit, such as `($0.01 an hour and zone each)` for `an hour and zone`."""
    return float(re.search(rf"\$([\d.]+) {unit}", what)[1])


def whole(figure):
    """Dollars without cents; half of one counts."""
    return [int(figure + 0.5)]


def dollars(text):
    return [int(figure) for figure in re.findall(r"\$(\d+)", text)]


@pytest.fixture(params=["devstg", "prod"])
def environment(request):
    return request.param


@pytest.fixture
def value(templates, environment):
    """What a parameter of a stack is in the environment, by the deployment file or by default."""

    def of(stack, name):
        given = read_deployment_file(DEPLOYMENTS / deployment_file(environment, stack))["parameters"]
        return given.get(name, templates[stack]["Parameters"][name].get("Default"))

    return of


def test_the_sums(environment):
    cell = {start: dollars(row(start)[1][environment])[0] for start in (
        "five interface", "or, with `Egress", "load balancer", "tasks", "database", "ten alarms")}  # fmt: skip
    rest = sum(figure for start, figure in cell.items() if start not in ("five interface", "or, with `Egress"))
    expected = [cell["five interface"] + rest, cell["or, with `Egress"] + rest]
    assert dollars(row("in all")[1][environment]) == expected


def test_endpoints(infra, environment, value):
    what, figures = row("five interface")
    endpoints = [e for e in resources_of(infra, "AWS::EC2::VPCEndpoint").values()
                 if e["Properties"]["VpcEndpointType"] == "Interface"]  # fmt: skip
    assert len(endpoints) == 5
    zones = int(value("infra", "EndpointZones"))
    assert dollars(figures[environment]) == whole(5 * zones * HOURS * price(what, "an hour"))


def test_the_load_balancer(environment):
    what, figures = row("load balancer")
    assert dollars(figures[environment]) == whole(HOURS * (price(what, "an hour") + 2 * price(what, "each")))


def test_tasks(environment, value):
    what, figures = row("tasks")
    month = 0
    for service in ("api", "worker"):
        cores, gigabytes = int(value(service, "Cpu")) / 1024, int(value(service, "Memory")) / 1024
        each = cores * price(what, "a vCPU") + gigabytes * price(what, "a GB")
        month += HOURS * int(value(service, "MinTasks")) * each
    assert value("api", "CpuArchitecture") == "ARM64" and "ARM64" in what
    assert dollars(figures[environment]) == whole(month)


def test_the_database(infra, environment, value):
    what, figures = row("database")
    if value("infra", "Database") == "aurora":
        servers = 2 if value("infra", "DatabaseStandby") == "true" else 1
        units = float(value("infra", "DatabaseMinCapacity"))
        month = HOURS * servers * units * float(re.search(r"\$([\d.]+) an hour a unit", what)[1])
    else:
        assert f"`{value('infra', 'DatabaseInstanceClass')}`" in what and value("infra", "DatabaseStandby") == "false"
        size = int(infra["Resources"]["DatabaseInstance"]["Properties"]["AllocatedStorage"])
        month = HOURS * price(what, "an hour") + size * price(what, "each")
    assert dollars(figures[environment]) == whole(month)


def test_alarms_and_secrets(templates, environment, value):
    what, figures = row("ten alarms")
    uses_aurora = value("infra", "Database") == "aurora"
    there = {
        None: True, "UsesInstance": not uses_aurora, "AuroraStandby": uses_aurora and value("infra", "DatabaseStandby") == "true",
        "IsShifting": value("api", "DeploymentStrategy") != "ROLLING",
    }  # fmt: skip
    alarms = [a for t in templates.values() for a in resources_of(t, "AWS::CloudWatch::Alarm").values()]
    count = sum(there[alarm.get("Condition")] for alarm in alarms)
    assert count in (9, 10)
    secrets = 1 + len(resources_of(templates["infra"], "AWS::SecretsManager::Secret"))
    alarm, secret = (float(x) for x in re.findall(r"\$([\d.]+) each", what))
    assert secrets == 2 and dollars(figures[environment]) == whole(count * alarm + secrets * secret)
