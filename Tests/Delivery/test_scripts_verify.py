"""What verify.yml makes of the program's answers: exit codes, reports, and one issue per environment and service."""

import json
import os

import pytest

REPOSITORY = "acme/shrinkr"
ROLE = "arn:aws:iam::123456789012:role/verify"


class Verification:
    """The steps of verify.yml, with a program that gives the answers of a test."""

    def __init__(self, world, folder):
        self.world = world
        self.run = world.run()
        self.folder = folder
        self.calls = folder / "calls"
        self.program = folder / "program"
        self.program.write_text(f"""#!/bin/sh
echo "$@" >>{self.calls}
while [ "$1" != --service ]; do shift; done
echo "report of $2"
. {folder}/answers
eval "exit \\$$2"
""")

    def look(self, service="", event="push", **answers):
        """Verifies and reports; hands out the exit code of the job's last step."""
        answers = {"infra": 0} | answers
        (self.folder / "answers").write_text("".join(f"{name}={code}\n" for name, code in answers.items()))
        results = str(self.folder / f"results-{len(self.world.github.requests)}")
        verified = self.run.step(
            "verify", "verify", "Verify", ENVIRONMENT="devstg", SERVICE=service, RESULTS=results, WAIT="5m",
            SHRINKR_DEPLOY=str(self.program),
        )  # fmt: skip
        self.summary = verified.summary
        self.report = self.run.step(
            "verify", "verify", "Report", GH_TOKEN=self.world.environment["GH_TOKEN"], ENVIRONMENT="devstg",
            RESULTS=results, RUN="https://github.localhost/run/1",
        )  # fmt: skip
        status = verified.outputs["status"]
        return self.run.step("verify", "verify", "Judge", check=False, EVENT=event, STATUS=status).returncode

    def issues(self, state="open"):
        return {issue["title"]: issue for issue in self.world.github.issues(REPOSITORY, state)}


@pytest.fixture
def verification(one_repository, tmp_path):
    return Verification(one_repository, tmp_path)


API = "api in devstg is not what Git says"
WORKER = "worker in devstg is not what Git says"


def test_in_sync(verification):
    assert verification.look(api=0, worker=0) == 0
    assert not verification.issues("all")
    assert "### api in devstg" in verification.summary and "    report of worker" in verification.summary
    assert sorted(verification.calls.read_text().splitlines()) == [
        f"verify --environment devstg --gitops-dir gitops-checkout/gitops --wait 5m --service {name}"
        for name in ("api", "infra", "worker")
    ]


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"api": 1, "worker": 0}, 1),
        ({"api": 0, "worker": 2}, 2),
        ({"api": 3, "worker": 2}, 3),
        ({"api": 3, "worker": 1}, 1),
        ({"infra": 1, "api": 2, "worker": 0}, 1),
        ({"api": 2, "worker": 1}, 1),
        ({"api": 137, "worker": 0}, 3),
        ({"api": 64, "worker": 2}, 3),
    ],
)
def test_the_worst_answer_counts(verification, answers, code):
    assert verification.look(**answers) == code


def test_one_issue_follows_a_service(verification):
    assert verification.look(api=2, worker=0) == 2 and not verification.issues("all")
    assert verification.look(api=1, worker=0) == 1
    (issue,) = verification.issues().values()
    assert issue["title"] == API and [label["name"] for label in issue["labels"]] == ["deployment-drift"]
    assert "    report of api" in issue["body"] and "https://github.localhost/run/1" in issue["body"]
    number, comments = issue["number"], verification.world.github.comments
    # It goes on: the same issue, written anew.
    verification.look(api=3, worker=0)
    assert verification.issues()[API]["number"] == number and "cannot be told" in verification.issues()[API]["body"]
    assert not comments
    # A deployment under way is no news,
    verification.look(api=2, worker=0)
    assert verification.issues()[API]["state"] == "open"
    # its success is,
    verification.look(api=0, worker=0)
    assert not verification.issues() and comments[-1][0] == number
    # and so is a relapse.
    verification.look(api=1, worker=1)
    assert verification.issues()[API]["number"] == number and comments[-1] == (number, "It is back.")
    assert verification.issues().keys() == {API, WORKER}


def test_a_fork_without_issues(verification):
    """Forks begin so. The run says it, and is as red as it would be."""
    verification.world.github.has_issues = False
    assert verification.look(api=1, worker=0) == 1
    assert "::warning::Issues are off in acme/shrinkr" in verification.report.log
    assert not verification.world.github.items
    verification.world.github.has_issues = True
    assert verification.look(api=1, worker=0) == 1 and API in verification.issues()


def test_one_service_alone(verification):
    verification.look(api=1, worker=1)
    assert verification.look(service="worker", worker=0) == 0
    assert verification.issues().keys() == {API}


def test_a_deployment_under_way_is_no_fault_of_the_schedule(verification):
    assert verification.look(event="schedule", api=2, worker=0) == 0
    assert verification.look(event="schedule", api=1, worker=2) == 1


def test_what_is_missing_is_named(verification):
    script = verification.run.script
    arguments = ("verify", "--results", str(verification.folder / "r"), "--gitops-dir", "gitops-checkout")
    (verification.folder / "answers").write_text("api=0\nworker=0\ninfra=0\n")
    os.chmod(verification.program, 0o755)
    program = {"SHRINKR_DEPLOY": str(verification.program)}
    for more, environment, word in [
        (["--environment", "nowhere"], program, "no deployment file"),
        (["--environment", "devstg", "--service", "nothing"], program, "no service nothing"),
        (["--environment", "devstg"], {"SHRINKR_DEPLOY": "/nonexistent"}, "/nonexistent"),
    ]:
        done = script(*arguments, *more, **environment)
        assert done.returncode not in (0, 2) and word in done.stderr, (done.returncode, done.stderr)
    nothing = verification.folder / "nothing"
    done = script("report-verification", "--environment", "devstg", "--results", nothing, "--repository", REPOSITORY)
    assert done.returncode == 1 and "no results" in done.stderr


class TestWhichEnvironments:
    def choose(self, world, check=True, **values):
        defaults = {
            "EVENT": "schedule", "BRANCH": "main", "WANTED": "", "DEVSTG_ROLE": f"{ROLE}-devstg",
            "PROD_ROLE": f"{ROLE}-prod", "PROD_BRANCH": "production",
        }  # fmt: skip
        result = world.run().step("verify", "environments", "Choose", check=check, **(defaults | values))
        if not check:
            return result
        return [(e["environment"], e["branch"], e["role"]) for e in json.loads(result.outputs["environments"])]

    def test_each_event_has_its_own(self, one_repository):
        devstg = ("devstg", "main", f"{ROLE}-devstg")
        prod = ("prod", "production", f"{ROLE}-prod")
        for values, chosen in [
            ({}, [devstg, prod]),
            ({"EVENT": "push"}, [devstg]),
            ({"EVENT": "push", "BRANCH": "production"}, [prod]),
            ({"EVENT": "push", "PROD_BRANCH": "main"}, [devstg, ("prod", "main", f"{ROLE}-prod")]),
            ({"EVENT": "workflow_dispatch", "WANTED": "all"}, [devstg, prod]),
            ({"EVENT": "workflow_dispatch", "WANTED": "prod"}, [prod]),
            ({"PROD_ROLE": ""}, [devstg]),
            ({"PROD_ROLE": "", "DEVSTG_ROLE": ""}, []),
            ({"EVENT": "workflow_dispatch", "WANTED": "all", "PROD_ROLE": ""}, [devstg]),
        ]:
            assert self.choose(one_repository, **values) == chosen, values

    def test_a_promotion_is_never_let_through_unverified(self, one_repository):
        """Without a role nothing can be looked at; then the job that promote.yml waits for must not be skipped."""
        result = self.choose(one_repository, check=False, EVENT="workflow_dispatch", WANTED="devstg", DEVSTG_ROLE="")
        assert result.returncode == 1 and "devstg has no role" in result.log
