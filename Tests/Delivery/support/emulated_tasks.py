"""MiniStack, in which tasks that migrate run: it starts containers by Docker alone, and there is none. What templates
say of a container's secrets, which it loses otherwise, is kept.

Run in place of `ministack`. MIGRATE names a program. It gets the image as its argument, and the variables that the
container would get, secrets included; what it prints is the task's log, and its exit code the container's. Where there
is no such program, every migration ends well at once.
"""

import os
import subprocess
import sys
import threading
from pathlib import Path

from ministack.app import main
from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import ecs
from ministack.services.cloudformation import provisioners

# Run with -P, so that nothing else of this folder is taken for a package.
sys.path.append(str(Path(__file__).parent))
import emulated_deployments  # noqa: E402

_start = ecs._run_task
_normalize = provisioners._normalize_container_defs


def run_task(data):
    answer = _start(data)
    overrides = data.get("overrides", {}).get("containerOverrides", [])
    if [o.get("command") for o in overrides] == [["migrate"]]:
        task = list(ecs._tasks.values())[-1]
        threading.Thread(target=_migrate, args=(task, get_account_id(), get_region()), daemon=True).start()
    return answer


def _migrate(task, account, region):
    with request_scope(account, region):
        arn = task["taskArn"]
        (container,) = ecs._task_defs[ecs._resolve_td_key(task["taskDefinitionArn"])]["containerDefinitions"]
        ended = "Essential container exited", "EssentialContainerExited"
        try:
            variables = {v["name"]: v["value"] for v in container["environment"]}
            variables |= ecs._resolve_container_secrets(container)
        except ecs._SecretResolutionError as error:
            ecs._mark_task_stopped(arn, task, f"ResourceInitializationError: {error}", "TaskFailedToStart")
            return
        program, code, printed = Path(os.environ["MIGRATE"]), 0, ""
        if program.exists():
            done = subprocess.run(
                [program, container["image"]], env=variables, stdin=subprocess.DEVNULL, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
            )  # fmt: skip
            code, printed = done.returncode, done.stdout
        log = ecs._awslogs_config(container, arn.split("/")[-1], "container")
        if ecs._ensure_awslogs_stream(log):
            for line in printed.splitlines():
                ecs._emit_awslogs_event(log, line)
        ecs._mark_task_stopped(arn, task, *ended, exit_code=code)


def normalize(definitions):
    normal = _normalize(definitions)
    for given, container in zip(definitions, normal, strict=True):
        container["secrets"] = [{"name": s["Name"], "valueFrom": s["ValueFrom"]} for s in given.get("Secrets", [])]
    return normal


provisioners._normalize_container_defs = normalize
ecs._run_task = run_task
ecs._ACTION_MAP["RunTask"] = run_task
emulated_deployments.install()
main()
