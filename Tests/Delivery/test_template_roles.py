"""Nobody may do more than they need."""

import pytest

from support.yaml_files import as_list, resources_of

QUEUE = {"Fn::GetAtt": ["ClickQueue", "Arn"]}


def written_by(infra):
    """Name in Parameter Store: value."""
    parameters = [r["Properties"] for r in resources_of(infra, "AWS::SSM::Parameter").values()]
    return {parameter["Name"]: parameter["Value"] for parameter in parameters}


def statements_of(infra, role):
    """What a role of infra allows: (actions, resources) of each statement."""
    properties = infra["Resources"][role]["Properties"]
    assert "ManagedPolicyArns" not in properties, "policies of AWS allow more than we need"
    statements = [s for policy in properties["Policies"] for s in policy["PolicyDocument"]["Statement"]]
    assert {s["Effect"] for s in statements} == {"Allow"}
    assert not [s for s in statements if "NotAction" in s or "NotResource" in s]
    return [(set(as_list(s["Action"])), as_list(s["Resource"])) for s in statements]


def test_the_api_may_only_send_to_the_click_queue(infra):
    assert statements_of(infra, "ApiTaskRole") == [({"sqs:SendMessage"}, [QUEUE])]


def test_the_worker_may_only_take_clicks_and_write_reports(infra):
    take = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"}
    assert statements_of(infra, "WorkerTaskRole") == [
        (take, [QUEUE]),
        ({"s3:PutObject"}, [{"Fn::Sub": "${ReportsBucket.Arn}/reports/*"}]),
    ]


def test_the_worker_may_write_where_it_is_told_to(infra):
    assert written_by(infra)["/shrinkr/reports-url"] == {"Fn::Sub": "s3://${ReportsBucket}/reports"}


def test_the_execution_role_reads_named_secrets_and_writes_named_logs(infra):
    statements = statements_of(infra, "TaskExecutionRole")
    allowed = {action: resources for actions, resources in statements for action in actions}
    assert set(allowed) == {
        "ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage",
        "ecr:GetDownloadUrlForLayer", "logs:CreateLogStream", "logs:PutLogEvents", "secretsmanager:GetSecretValue",
    }  # fmt: skip
    everything = [action for action, resources in allowed.items() if "*" in resources]
    assert everything == ["ecr:GetAuthorizationToken"], "only this action knows no resources"
    assert allowed["secretsmanager:GetSecretValue"] == [
        {"Fn::GetAtt": ["ApiKeySecret", "Id"]}, written_by(infra)["/shrinkr/database-secret-arn"],
    ]  # fmt: skip
    assert {g["Fn::GetAtt"][0] for g in allowed["logs:PutLogEvents"]} == {"ApiLogGroup", "WorkerLogGroup"}


def test_what_migrates_runs_our_tasks_and_nothing_else(infra):
    allowed = {action: resources for actions, resources in statements_of(infra, "MigrationRole") for action in actions}
    assert set(allowed) == {
        "ecs:RunTask", "ecs:DescribeTasks", "ecs:StopTask", "iam:PassRole", "cloudformation:DescribeStacks",
        "logs:CreateLogStream", "logs:PutLogEvents",
    }  # fmt: skip
    passed = {r["Fn::GetAtt"][0] for r in allowed["iam:PassRole"]}
    assert passed == {"TaskExecutionRole", "ApiTaskRole", "WorkerTaskRole"}
    assert not [resource for resources in allowed.values() for resource in resources if resource == "*"]


def test_roles_are_for_one_service_and_are_bounded(infra):
    services = {"MigrationRole": "lambda.amazonaws.com"}
    roles = resources_of(infra, "AWS::IAM::Role")
    assert len(roles) == 4
    for name, role in roles.items():
        properties = role["Properties"]
        (trust,) = properties["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"] == {"Service": services.get(name, "ecs-tasks.amazonaws.com")}, name
        assert properties["PermissionsBoundary"]["Fn::If"][0] == "HasBoundary", name
        # Names would need another capability, and could not be replaced.
        assert "RoleName" not in properties, name


@pytest.mark.parametrize("name", ["ApiTaskRole", "WorkerTaskRole"])
def test_task_roles_cannot_be_borrowed_by_others(infra, name):
    (trust,) = infra["Resources"][name]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}


@pytest.mark.parametrize("service, other", [("api", "WorkerTaskRole"), ("worker", "ApiTaskRole")])
def test_each_service_runs_under_its_own_role(infra, templates, service, other):
    written = written_by(infra)
    template = templates[service]
    (task,) = resources_of(template, "AWS::ECS::TaskDefinition").values()
    role = written[template["Parameters"][task["Properties"]["TaskRoleArn"]["Ref"]]["Default"]]
    assert role == {"Fn::GetAtt": [f"{service.capitalize()}TaskRole", "Arn"]}
    execution = written[template["Parameters"][task["Properties"]["ExecutionRoleArn"]["Ref"]]["Default"]]
    assert execution == {"Fn::GetAtt": ["TaskExecutionRole", "Arn"]}


def test_queues_and_bucket_refuse_what_is_not_encrypted(infra):
    policies = resources_of(infra, "AWS::SQS::QueuePolicy") | resources_of(infra, "AWS::S3::BucketPolicy")
    guarded = set()
    for policy in policies.values():
        (statement,) = policy["Properties"]["PolicyDocument"]["Statement"]
        assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        guarded.add(as_list(statement["Resource"])[0]["Fn::GetAtt"][0])
    assert guarded == {"ClickQueue", "DeadLetterQueue", "ReportsBucket"}
