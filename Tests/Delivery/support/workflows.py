"""Reads workflows as data, and runs the scripts in their steps as a runner would."""

import os
import subprocess
from pathlib import Path

import yaml

from .paths import REPOSITORY

WORKFLOWS = REPOSITORY / ".github" / "workflows"
ACTIONS = REPOSITORY / ".github" / "actions"


def read_workflow(path):
    """The workflow; YAML 1.1 takes its key `on` for a truth value."""
    workflow = yaml.safe_load(Path(path).read_text())
    workflow["on"] = workflow.pop(True)
    return workflow


def steps_of(document):
    """Every step of a workflow or of a composite action, with the name of its job."""
    if "runs" in document:
        return [("action", step) for step in document["runs"]["steps"]]
    return [(name, step) for name, job in document["jobs"].items() for step in job.get("steps", [])]


def step_named(workflow, job, name):
    steps = [s for s in read_workflow(WORKFLOWS / f"{workflow}.yml")["jobs"][job]["steps"] if s.get("name") == name]
    assert len(steps) == 1, f"{workflow}.yml, job {job}: {name}"
    return steps[0]


class StepResult:
    """How a step ended: its exit code, its outputs, its log and the job summary."""

    def __init__(self, done, outputs, summary):
        self.returncode = done.returncode
        self.log = done.stdout + done.stderr
        self.outputs = outputs
        self.summary = summary


def run_step(step, folder, cwd, variables, environment=None):
    """Runs the script of a step. `variables` must be exactly those that the step sets for it."""
    assert set(step.get("env", {})) == set(variables), (set(step.get("env", {})) ^ set(variables))
    folder.mkdir(parents=True, exist_ok=True)
    files = {name: folder / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    for path in files.values():
        path.write_text("")
    script = folder / "script.sh"
    script.write_text(step["run"])
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", script], cwd=cwd, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=300,
        env=(environment or os.environ) | {name: str(path) for name, path in files.items()} | variables,
    )  # fmt: skip
    outputs = dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text().splitlines())
    return StepResult(done, outputs, files["GITHUB_STEP_SUMMARY"].read_text())
