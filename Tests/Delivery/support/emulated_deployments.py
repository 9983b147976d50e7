"""What ECS does when a service gets another task definition, and the emulator does not: a deployment with alarms and
lifecycle hooks that take it back, and a list of deployments. Used by `emulated_tasks.py`.

As ECS documents it, as a whole: hooks are asked first, each at its stages; then the deployment bakes, as long as the file
that BAKE names is there; an alarm that goes off meanwhile ends it, one that was on before does not. What fails puts the
old task definition back, and CloudFormation is told. No task is started here and no traffic is shifted.
"""

import json
import os
import time
from pathlib import Path

from ministack.core.responses import get_account_id, get_region, json_response, new_uuid
from ministack.services import cloudwatch, ecs, lambda_svc
from ministack.services.cloudformation import provisioners, stacks

_handlers = provisioners._RESOURCE_HANDLERS["AWS::ECS::Service"]
_apply = _handlers["update"]
_blocks = stacks._runs_on_worker_thread
# By the ARN of the deployment, the newest last.
_deployments = {}


class Failure(Exception):
    """Why a deployment is taken back."""

    def __init__(self, reason, alarms=()):
        super().__init__(reason)
        self.alarms = list(alarms)


def update(arn, old, new, stack):
    service = ecs._services[arn.split(":service/")[1]]
    before = service["taskDefinition"]
    answer = _apply(arn, old, new, stack)
    if service["taskDefinition"] == before:
        return answer
    deployment = _begin(arn, service)
    try:
        _judge(new["DeploymentConfiguration"], arn)
    except Failure as failure:
        # ECS does so by itself, before CloudFormation hears of it.
        ecs._update_service({"cluster": new["Cluster"], "service": service["serviceName"], "taskDefinition": before})
        deployment |= {
            "status": "ROLLBACK_SUCCESSFUL", "rollback": {"reason": f"Service deployment rolled back because {failure}"},
            "alarms": {"status": "TRIGGERED" if failure.alarms else "MONITORING", "triggeredAlarmNames": failure.alarms},
        }  # fmt: skip
        raise ValueError(f"Error occurred during operation 'ECS deployment was rolled back: {failure}'") from failure
    deployment["status"] = "SUCCESSFUL"
    return answer


def _begin(arn, service):
    name = arn.replace(":service/", ":service-deployment/") + f"/{new_uuid()}"
    _deployments[name] = {
        "serviceDeploymentArn": name, "serviceArn": arn, "clusterArn": service["clusterArn"], "createdAt": time.time(),
        "status": "IN_PROGRESS",
    }  # fmt: skip
    return _deployments[name]


def _judge(configuration, arn):
    alarms = configuration["Alarms"]["AlarmNames"]
    unknown = [name for name in alarms if name not in cloudwatch._alarms]
    if unknown:
        raise Failure(f"there are no alarms {unknown}")
    known = _going_off(alarms)
    for hook in configuration.get("LifecycleHooks") or []:
        for stage in hook["LifecycleStages"]:
            status = _ask(hook["HookTargetArn"], stage, arn)
            if status != "SUCCEEDED":
                raise Failure(f"the lifecycle hook at {stage} answered {status}")
    bake = Path(os.environ["BAKE"])
    while True:
        wrong = _going_off(alarms) - known
        if wrong:
            raise Failure(f"alarms went off: {', '.join(sorted(wrong))}", sorted(wrong))
        if not bake.exists():
            return
        time.sleep(0.05)


def _going_off(names):
    return {name for name in names if cloudwatch._alarms[name]["StateValue"] == "ALARM"}


def _ask(function, stage, arn):
    record, configuration, _ = lambda_svc._get_func_record_for_ref(function)
    event = {
        "executionId": new_uuid(), "resourceArn": arn, "lifecycleStage": stage,
        "executionDetails": {"serviceArn": arn, "account": get_account_id(), "region": get_region()},
    }  # fmt: skip
    record = lambda_svc._execution_record_for_config(record, configuration)
    body = lambda_svc._execute_function_with_config_scope(record, event).get("body")
    answer = json.loads(body) if isinstance(body, (str, bytes)) else body or {}
    return answer.get("hookStatus", f"nothing that ECS understands: {answer}")


def list_deployments(data):
    found = [d for d in _deployments.values() if d["serviceArn"].endswith(f"/{data['service'].split('/')[-1]}")]
    keys = ("serviceDeploymentArn", "serviceArn", "clusterArn", "createdAt", "status")
    return json_response({"serviceDeployments": [{key: d[key] for key in keys} for d in found[::-1]]})


def describe_deployments(data):
    return json_response({"serviceDeployments": [_deployments[arn] for arn in data["serviceDeploymentArns"]]})


def install():
    _handlers["update"] = update
    # A deployment takes its time, in which the emulator answers others.
    stacks._runs_on_worker_thread = lambda kind: kind == "AWS::ECS::Service" or _blocks(kind)
    ecs._ACTION_MAP["ListServiceDeployments"] = list_deployments
    ecs._ACTION_MAP["DescribeServiceDeployments"] = describe_deployments
