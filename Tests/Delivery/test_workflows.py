"""The workflows: what linters say, what they refer to, what they may do, and which jobs run when."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from support.expressions import EMBEDDED, Expression, embedded_in
from support.job_graph import JobGraph, needs_of
from support.paths import GITOPS, REPOSITORY, SCRIPTS as SCRIPTS_FOLDER, needs_deployments
from support.workflows import ACTIONS, WORKFLOWS, read_workflow, run_step, step_named, steps_of

TOOLS = Path(sys.executable).parent
GITHUB = REPOSITORY / ".github"
SCRIPTS = sorted(SCRIPTS_FOLDER.glob("*.sh"))
WORKFLOW_FILES = sorted(WORKFLOWS.glob("*.yml"))
ACTION_FILES = sorted(ACTIONS.glob("*/action.yml"))
CI = read_workflow(WORKFLOWS / "ci.yml")


def run(tool, *arguments, **options):
    return subprocess.run([TOOLS / tool, *arguments], cwd=REPOSITORY, capture_output=True, text=True, **options)


def assert_clean(done):
    assert done.returncode == 0, done.stdout + done.stderr


def document_of(path):
    return read_workflow(path) if path.parent == WORKFLOWS else yaml.safe_load(path.read_text())


def documents():
    return [pytest.param(document_of(path), id=path.stem) for path in WORKFLOW_FILES + ACTION_FILES]


def all_steps():
    return [(path, job, step) for path in WORKFLOW_FILES + ACTION_FILES for job, step in steps_of(document_of(path))]


class TestLinters:
    def test_zizmor(self):
        assert_clean(run("zizmor", "--offline", "--no-config", "--strict-collection", GITHUB))

    def test_schemas(self):
        assert_clean(run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *WORKFLOW_FILES))
        assert_clean(run("check-jsonschema", "--builtin-schema", "vendor.github-actions", *ACTION_FILES))
        assert_clean(run("check-jsonschema", "--builtin-schema", "vendor.dependabot", GITHUB / "dependabot.yml"))

    def test_yaml_style(self):
        assert_clean(run("yamllint", "--strict", "--config-file", ".yamllint.yml", GITHUB))

    def test_scripts(self):
        assert_clean(run("shellcheck", "--external-sources", *SCRIPTS, *SCRIPTS_FOLDER.glob("lib/*.sh")))

    def test_scripts_of_steps(self):
        """Their variables are set by the step, which shellcheck does not see."""
        for path, job, step in all_steps():
            if "run" in step:
                done = run("shellcheck", "--shell=bash", "--exclude=SC2153,SC2154", "-", input=step["run"])
                assert done.returncode == 0, f"{path.name}, {job}: {done.stdout}"

    @pytest.mark.parametrize(
        ("tool", "right", "wrong"),
        [
            ("zizmor", r"@[0-9a-f]{40} # v7", "@v7 # v7"),
            ("zizmor", r"permissions: \{\}", "permissions: write-all"),
            ("zizmor", r" +persist-credentials: false\n", ""),
            ("zizmor", r"(run: gitops/scripts/classify-changes.sh)", r"\1 ${{ github.head_ref }}"),
            ("schema", r"runs-on:", "run-on:"),
            ("schema", r"timeout-minutes: 10", "timeout-minutes: soon"),
        ],
    )
    def test_they_do_see_faults(self, tmp_path, tool, right, wrong):
        path = tmp_path / ".github" / "workflows" / "ci.yml"
        path.parent.mkdir(parents=True)
        text, count = re.subn(right, wrong, (WORKFLOWS / "ci.yml").read_text())
        assert count
        path.write_text(text)
        tools = {
            "zizmor": ("zizmor", "--offline", "--no-config", path),
            "schema": ("check-jsonschema", "--builtin-schema", "vendor.github-workflows", path),
        }
        assert run(*tools[tool]).returncode != 0


class TestReferences:
    """What an expression, a step or a job names, is there: nobody else says so before GitHub does."""

    CONTEXTS = {"env", "github", "inputs", "matrix", "needs", "runner", "secrets", "steps", "vars"}
    FUNCTIONS = {"always", "cancelled", "contains", "fromJSON", "hashFiles", "join"}

    @pytest.mark.parametrize("document", documents())
    def test_expressions(self, document):
        for expression in embedded_in(document):
            assert {path[0] for path in expression.references} <= self.CONTEXTS, expression.text
            assert expression.functions <= self.FUNCTIONS, expression.text
        inputs = inputs_of(document)
        named = [path for e in embedded_in(document) for path in e.references]
        for path in named:
            if path[0] == "inputs":
                assert path[1] in inputs, path
            if path[0] == "env":
                assert path[1] in document["env"], path

    @pytest.mark.parametrize("path", WORKFLOW_FILES, ids=lambda path: path.stem)
    def test_needs(self, path):
        jobs = read_workflow(path)["jobs"]
        for name, job in jobs.items():
            assert set(needs_of(job)) <= set(jobs), name
            for reference in [r for e in embedded_in(job) for r in e.references if r[0] == "needs"]:
                if reference[1] == "*":
                    continue
                assert reference[1] in needs_of(job), f"{name}: {reference}"
                if reference[2] == "outputs":
                    assert reference[3] in jobs[reference[1]]["outputs"], f"{name}: {reference}"
                else:
                    assert reference[2:] == ["result"], f"{name}: {reference}"

    @pytest.mark.parametrize("path", WORKFLOW_FILES + ACTION_FILES, ids=lambda path: path.stem)
    def test_steps(self, path):
        """A step reads only what a step before it wrote; a job hands out only what its steps write."""
        document = document_of(path)
        for name, job in document["jobs"].items() if "jobs" in document else [("action", document)]:
            known = set()
            for step in job.get("steps") or job.get("runs", {}).get("steps", []):
                for reference in [r for e in embedded_in(step) for r in e.references if r[0] == "steps"]:
                    assert reference[1] in known, f"{name}: {reference}"
                known.add(step.get("id"))
            for reference in [r for e in embedded_in(job.get("outputs", {})) for r in e.references if r[0] == "steps"]:
                assert reference[1] in known, f"{name}: {reference}"

    def test_own_actions_and_workflows(self):
        calls = [(path, step) for path, _, step in all_steps()]
        calls += [(path, job) for path in WORKFLOW_FILES for job in read_workflow(path)["jobs"].values()]
        own = [(path, call) for path, call in calls if call.get("uses", "").startswith("$/")]
        assert own
        for path, call in own:
            target = REPOSITORY / call["uses"].removeprefix("$/")
            called = document_of(target if target.suffix == ".yml" else target / "action.yml")
            assert_fits(path, call.get("with", {}), inputs_of(called))
            if "secrets" in call:
                assert set(call["secrets"]) == set(called["on"]["workflow_call"]["secrets"]), path

    def test_artifacts(self):
        """What is downloaded was uploaded."""
        names = {"upload": set(), "download": set()}
        for _, _, step in all_steps():
            for verb, found in names.items():
                if f"actions/{verb}-artifact@" in step.get("uses", ""):
                    found.add(step["with"].get("name") or step["with"]["pattern"])
        assert names["download"] == {"shrinkr-deploy", "release-*"}
        assert all(name == "shrinkr-deploy" or name.startswith("release-") for name in names["upload"])

    def test_scripts_and_their_options(self):
        """Steps call scripts that exist, with options that these have."""
        called = set()
        for path, job, step in all_steps():
            for name in re.findall(r"gitops/scripts/([\w-]+\.sh)", step.get("run", "")):
                script = SCRIPTS_FOLDER / name
                help_text = subprocess.run([script, "--help"], capture_output=True, text=True, check=True).stdout
                for option in re.findall(r"(?<![\w-])--[a-z][\w-]+", step["run"]):
                    assert option in help_text, f"{path.name}, {job}: {name} {option}"
                called.add(name)
        # The rest is called by these, or by people.
        called |= {"move-gitops.sh"}
        inner = {name for s in SCRIPTS for name in re.findall(r'\$here/([\w-]+\.sh)"', s.read_text())}
        assert called | inner == {script.name for script in SCRIPTS}


def inputs_of(document):
    """What a workflow can be given, by whomever, or an action."""
    if "runs" in document:
        return document["inputs"]
    triggers = document["on"]
    return {
        name: declaration
        for trigger in ("workflow_call", "workflow_dispatch")
        for name, declaration in ((triggers.get(trigger) or {}).get("inputs") or {}).items()
    }


def assert_fits(path, given, declared):
    required = {name for name, input in declared.items() if input.get("required")}
    assert required <= set(given) <= set(declared), f"{path.name}: {given}"


class TestSafety:
    @pytest.mark.parametrize("path", WORKFLOW_FILES, ids=lambda path: path.stem)
    def test_permissions(self, path):
        """Nothing is granted to all jobs, and every grant to one says what it is for."""
        workflow = read_workflow(path)
        assert workflow["permissions"] == {}
        assert all("permissions" in job for job in workflow["jobs"].values())
        grants = [line for line in path.read_text().splitlines() if re.match(r" {6}[a-z-]+: (read|write)\b", line)]
        assert all(re.search(r": (read|write) # \w+", line) for line in grants), grants

    def test_triggers(self):
        """None of those that give strangers' code our secrets. A merge queue is answered."""
        allowed = {"merge_group", "pull_request", "push", "schedule", "workflow_call", "workflow_dispatch"}
        assert {trigger for path in WORKFLOW_FILES for trigger in read_workflow(path)["on"]} <= allowed
        assert "merge_group" in CI["on"], "a required check that a merge queue would wait for, for ever"

    def test_what_a_pull_request_holds(self):
        """Whoever may push a branch can change what runs for it: the one role that it may take can apply nothing."""
        roles = set()
        for path in WORKFLOW_FILES:
            workflow = read_workflow(path)
            if "pull_request" in workflow["on"] and path.stem != "ci":
                roles |= {s["with"]["role-to-assume"] for _, s in steps_of(workflow) if "role-to-assume" in s.get("with", {})}
        assert roles and all(set(re.findall(r"vars\.(\w+)", role)) == {
            "AWS_PREVIEW_ROLE_ARN_DEVSTG", "AWS_PREVIEW_ROLE_ARN_PROD"} for role in roles), roles  # fmt: skip

    def test_actions_are_pinned(self):
        """To commits, each to the same one everywhere, with the version in words."""
        pins = {}
        for path in WORKFLOW_FILES + ACTION_FILES:
            for action, rest in re.findall(r"uses: ([^@\s$]+)(.*)", path.read_text()):
                assert re.fullmatch(r"@[0-9a-f]{40} # v\d+\.\d+\.\d+", rest), f"{path.name}: {action}{rest}"
                assert pins.setdefault(action, rest) == rest, action

    def test_no_expression_in_a_script(self):
        """What somebody wrote reaches a script as the value of a variable, never as a part of the script."""
        for path, job, step in all_steps():
            assert not EMBEDDED.search(step.get("run", "")), f"{path.name}, {job}"

    def test_the_schedule_costs_little(self):
        """A private repository on the plan Free has 2,000 minutes a month, and each job counts as one at least."""
        minutes = 0
        for path in WORKFLOW_FILES:
            workflow = read_workflow(path)
            for entry in workflow["on"].get("schedule", []):
                minute, hour, day, *rest = entry["cron"].split()
                assert re.fullmatch(r"\d+", minute) and rest == ["*", "*"], "not more than once an hour"
                hours = 24 // int(hour[2:]) if hour.startswith("*/") else 24 if hour == "*" else 1
                days = 30 if day == "*" else 1
                if days == 30 and path.stem == "thorough":
                    for job in workflow["jobs"].values():
                        assert "vars.THOROUGH_EVERY_NIGHT == 'true'" in job["if"], "hours, for those who ask for them"
                    continue
                # Verify has two environments; the program is a workflow of one job.
                jobs = len(workflow["jobs"]) + ("verify" in workflow["jobs"])
                minutes += hours * days * jobs
        assert 0 < minutes <= 600, minutes

    def test_what_runs_often_pulls_no_image(self):
        for name in ("verify", "preview", "deploy-program"):
            for job in read_workflow(WORKFLOWS / f"{name}.yml")["jobs"].values():
                assert "container" not in job, name
        build = next(s for _, s in steps_of(document_of(WORKFLOWS / "deploy-program.yml")) if s.get("name") == "Build")
        assert build["if"] == "steps.cache.outputs.cache-hit != 'true'" and "docker buildx build" in build["run"]

    def test_time_limits(self):
        for path in WORKFLOW_FILES:
            for name, job in read_workflow(path)["jobs"].items():
                assert "timeout-minutes" in job or "uses" in job, f"{path.name}: {name}"

    def test_prod_is_never_merged_by_a_workflow(self):
        promote = (WORKFLOWS / "promote.yml").read_text() + (SCRIPTS_FOLDER / "promote.sh").read_text()
        assert "auto-merge" not in promote and "gh pr merge" not in promote
        job = read_workflow(WORKFLOWS / "promote.yml")["jobs"]["propose"]
        assert job["environment"] == "prod" and job["needs"] == "check"

    def test_code_owners(self):
        """Whoever reaches prod, or the keys to it, needs an approval."""
        owned = [line.split()[0] for line in (GITHUB / "CODEOWNERS").read_text().splitlines() if line[:1] == "/"]
        for folder in ("/.github/", "/gitops/bootstrap/", "/gitops/scripts/", "/gitops/templates/",
                       "/gitops/environments/prod/"):  # fmt: skip
            assert folder in owned
        assert all((place / folder.strip("/")).is_dir() for folder in owned for place in [
            GITOPS.parent if folder.startswith("/gitops/") and folder != "/gitops/scripts/" else REPOSITORY
        ] if GITOPS.is_dir())  # fmt: skip


IMAGES = json.dumps([{"service": "api", "revision": "1" * 40, "repository": "registry/shrinkr/api"}])
SET_UP = {"AWS_IMAGES_ROLE_ARN": "arn:aws:iam::123456789012:role/images"}


def push(code="true", deployments="false", images=IMAGES, variables=SET_UP, results=None, event="push", branch="main"):
    """The jobs of ci.yml that run after a push to main."""
    github = {"event_name": event, "ref": f"refs/heads/{branch}", "repository": "acme/shrinkr"}
    contexts = {"github": github, "vars": variables}
    changes = {"code": code, "deployments": deployments}
    return JobGraph(CI, contexts, results, {"changes": changes, "plan": {"images": images}})


def pull_request(head="acme/shrinkr", code="true", deployments="false", results=None):
    """The jobs of ci.yml that run for a pull request."""
    event = {"pull_request": {"head": {"repo": {"full_name": head}}}}
    github = {"event_name": "pull_request", "ref": "refs/pull/1/merge", "repository": "acme/shrinkr", "event": event}
    contexts = {"github": github, "vars": SET_UP}
    return JobGraph(CI, contexts, results, {"changes": {"code": code, "deployments": deployments}})


def merge_group(code="true", deployments="false"):
    """The jobs of ci.yml that run for what a merge queue is about to merge."""
    github = {"event_name": "merge_group", "ref": "refs/heads/gh-readonly-queue/main/pr-1-2", "repository": "acme/shrinkr"}
    return JobGraph(CI, {"github": github, "vars": SET_UP}, None, {"changes": {"code": code, "deployments": deployments}})


class TestJobs:
    """Which jobs of ci.yml run, by their conditions."""

    EVERYTHING = {"changes", "plan", "test", "image-test", "bootstrap", "program", "images", "deployment-pr", "done"}

    TESTS = {"test", "image-test", "bootstrap"}

    def test_a_merge_queue(self):
        """Is answered like a pull request, and nothing is built or proposed before main has it."""
        assert merge_group().run == {"changes", *self.TESTS, "done"}
        assert merge_group(code="false", deployments="true").run == {"changes", "program", "deployment-files", "done"}
        since = Expression.of_condition(step_named("ci", "changes", "Classify")["env"]["SINCE"])
        for event, fields, expected in [
            ("push", {"before": "b"}, "b"), ("merge_group", {"merge_group": {"base_sha": "m"}}, "m"),
            ("pull_request", {"before": "x"}, "HEAD^1"), ("workflow_dispatch", {}, "HEAD^1"),
        ]:  # fmt: skip
            assert since.evaluate({"github": {"event_name": event, "event": fields}}, {}) == expected

    @pytest.mark.parametrize(
        ("visibility", "variables", "published", "attested"),
        [
            ("public", {}, "false", True), ("public", {}, "true", False), ("private", {}, "false", False),
            ("internal", {}, "false", False), ("private", {"ATTEST_IMAGES": "true"}, "false", True),
        ],
    )  # fmt: skip
    def test_attestation_where_it_is_to_be_had(self, visibility, variables, published, attested):
        """A private repository on the plans Free, Pro or Team has none, and is to deploy all the same."""
        (step,) = [s for s in CI["jobs"]["images"]["steps"] if s.get("uses", "").startswith("actions/attest@")]
        contexts = {
            "github": {"event": {"repository": {"visibility": visibility}}}, "vars": variables,
            "steps": {"build": {"outputs": {"published": published}}},
        }  # fmt: skip
        assert bool(Expression.of_condition(step["if"]).evaluate(contexts, {})) is attested

    def test_the_bootstrap_is_tested_with_opentofu(self):
        """The job of the other tests has none: there these would be skipped."""
        steps = CI["jobs"]["bootstrap"]["steps"]
        assert any(step.get("uses", "").startswith("opentofu/setup-opentofu@") for step in steps)
        assert step_named("ci", "bootstrap", "Test")["env"] == {"SHRINKR_OPENTOFU": "required"}
        program = "import support.terraform as t; t.PROGRAM = None; t.Terraform(None)"
        for required in ("", "required"):
            done = subprocess.run(
                [sys.executable, "-c", program], cwd=Path(__file__).parent, capture_output=True, text=True,
                env=os.environ | {"SHRINKR_OPENTOFU": required},
            )  # fmt: skip
            assert ("AssertionError" in done.stderr) == (required == "required"), done.stderr

    def test_a_push_of_code(self):
        assert push().run == self.EVERYTHING

    def test_a_push_of_documentation(self):
        """Pushes nothing; it only looks whether a proposal is overtaken."""
        assert push(code="false", images="[]").run == {"changes", "plan", "deployment-pr", "done"}

    def test_a_push_of_code_that_no_image_is_made_of(self):
        assert push(images="[]").run == self.EVERYTHING - {"images", "program"}

    def test_a_lost_build_is_tested_again(self):
        assert push(code="false").run == self.EVERYTHING - {"bootstrap"}

    def test_before_the_bootstrap(self):
        assert push(variables={}).run == self.EVERYTHING - {"images", "deployment-pr"}

    @pytest.mark.parametrize("job", ["test", "image-test", "images", "program", "plan"])
    @pytest.mark.parametrize("result", ["failure", "cancelled"])
    def test_nothing_is_proposed_after_a_failure(self, job, result):
        graph = push(results={job: result})
        assert "deployment-pr" not in graph.run and "done" in graph.run
        if job in ("test", "image-test"):
            assert "images" not in graph.run, "what is not tested is not built"

    def test_by_hand(self):
        assert push(event="workflow_dispatch").run == self.EVERYTHING
        assert push(event="workflow_dispatch", branch="feature").run == {"changes", *self.TESTS, "done"}

    def test_a_pull_request(self):
        assert pull_request().run == {"changes", "label", *self.TESTS, "done"}
        assert pull_request(code="false").run == {"changes", "label", "done"}

    def test_a_pull_request_that_deploys(self):
        """Is checked without a test of everything, so that it can merge soon."""
        graph = pull_request(code="false", deployments="true")
        assert graph.run == {"changes", "label", "program", "deployment-files", "done"}

    def test_a_pull_request_of_a_fork(self):
        """Gets neither a secret nor an identity, and no token that may write."""
        graph = pull_request("stranger/shrinkr", deployments="true")
        assert graph.run == {"changes", *self.TESTS, "program", "deployment-files", "done"}
        for name in graph.run:
            job = CI["jobs"][name]
            assert set(job["permissions"].values()) <= {"read"} and "id-token" not in job["permissions"]
            assert not any(path[0] == "secrets" for e in embedded_in(job) for path in e.references), name
            if "uses" in job:
                called = read_workflow(REPOSITORY / job["uses"].removeprefix("$/"))
                assert all(set(inner["permissions"].values()) <= {"read"} for inner in called["jobs"].values())

    def test_only_these_jobs_hold_more(self):
        """And none of them runs for a pull request, whoever it is of."""
        powerful = {
            name
            for name, job in CI["jobs"].items()
            if "id-token" in job["permissions"]
            or job["permissions"].get("contents") == "write"
            or any(path[0] == "secrets" for e in embedded_in(job) for path in e.references)
        }
        assert powerful == {"plan", "images", "deployment-pr"}
        assert not powerful & pull_request().run

    @needs_deployments
    def test_the_check_of_deployment_files(self, deploy_program, tmp_path):
        """Ours are in order, and what is not is named."""
        step = step_named("ci", "deployment-files", "Check")
        variables = {"SHRINKR_DEPLOY": str(deploy_program)}
        done = run_step(step, tmp_path / "step", REPOSITORY, variables)
        assert done.returncode == 0, done.log
        shutil.copytree(GITOPS, tmp_path / "copy" / "gitops", ignore=shutil.ignore_patterns(".terraform"))
        file = tmp_path / "copy" / "gitops" / "environments" / "devstg" / "api.deployment.yml"
        file.write_text(file.read_text().replace("sha-", "latest-"))
        done = run_step(step, tmp_path / "step", tmp_path / "copy", variables)
        assert done.returncode == 1 and re.search(r"devstg/api\.deployment\.yml:\d+: ", done.log), done.log

    def test_the_required_check_knows_every_job(self):
        assert set(needs_of(CI["jobs"]["done"])) == set(CI["jobs"]) - {"done", "label"}

    def test_deployments_start_no_build(self):
        assert CI["on"]["push"] == {"branches": ["main"], "paths-ignore": ["gitops/environments/**"]}
        assert "gitops/environments/**" in read_workflow(WORKFLOWS / "verify.yml")["on"]["push"]["paths"]
