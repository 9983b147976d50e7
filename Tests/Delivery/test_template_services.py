"""The service templates against the programs that they run: variables, ports, times, users, files."""

import json
import re

import pytest

from support.paths import REPOSITORY
from support.settings import known_variables, secret_variables, seconds, sources
from support.yaml_files import resources_of


def one(template, kind):
    (resource,) = resources_of(template, kind).values()
    return resource["Properties"]


@pytest.fixture
def task(service_template):
    return one(service_template, "AWS::ECS::TaskDefinition")


@pytest.fixture
def container(task):
    (container,) = task["ContainerDefinitions"]
    return container


@pytest.fixture
def ecs_service(service_template):
    return one(service_template, "AWS::ECS::Service")


def variables_of(container):
    return {v["Name"]: v["Value"] for v in container["Environment"]}


def secrets_of(container):
    return {s["Name"]: s["ValueFrom"] for s in container["Secrets"]}


def test_programs_know_every_variable_they_get(container):
    given = {*variables_of(container), *secrets_of(container)}
    assert {name for name in given if name.startswith("SHRINKR_")} <= known_variables()
    assert {name for name in given if not name.startswith("SHRINKR_")} == {"AWS_REGION"}


def test_secrets_come_by_reference_only(container, service_template):
    assert not secret_variables() & set(variables_of(container))
    for name, source in secrets_of(container).items():
        assert name in secret_variables()
        assert service_template["Parameters"][source["Ref"]]["Default"].endswith("-arn")


def test_both_services_get_the_database_from_the_same_secret(templates):
    sources = []
    for name in ("api", "worker"):
        (container,) = one(templates[name], "AWS::ECS::TaskDefinition")["ContainerDefinitions"]
        sources.append(templates[name]["Parameters"][secrets_of(container)["SHRINKR_DATABASE_URL"]["Ref"]]["Default"])
    assert sources == ["/shrinkr/database-url-secret-arn"] * 2


def test_containers_have_as_few_rights_as_they_can(container):
    assert container["ReadonlyRootFilesystem"] is True
    assert re.fullmatch(r"[1-9]\d*", container["User"]), "a number, so that it can be seen that it is not root"
    assert container["LinuxParameters"]["Capabilities"] == {"Drop": ["ALL"]}
    assert not container.get("Privileged")


def test_ecs_waits_for_our_orderly_end(container):
    timeout = seconds(variables_of(container)["SHRINKR_SHUTDOWN_TIMEOUT"])
    cancellation = int(re.search(r"cancellationTime = Duration.seconds\((\d+)\)", sources())[1])
    # Fargate allows 120 s.
    assert timeout + cancellation < container["StopTimeout"] <= 120


def test_a_crash_is_mended_in_place_and_misuse_fails_the_deployment(container):
    misuse = int(re.search(r"misuse: Int32 = (\d+)", sources())[1])
    assert container["Essential"] is True
    assert container["RestartPolicy"]["Enabled"] is True
    assert container["RestartPolicy"]["IgnoredExitCodes"] == [0, misuse]


def test_health_is_asked_of_the_program_itself(container, service):
    check = container["HealthCheck"]
    assert check["Command"] == ["CMD", f"/usr/local/bin/shrinkr-{service}", "healthcheck"]
    assert check["Timeout"] < check["Interval"]


def test_the_log_never_holds_the_program_up(container):
    options = container["LogConfiguration"]["Options"]
    assert options["mode"] == "non-blocking"
    assert options["awslogs-group"] == {"Ref": "LogGroupName"}
    assert variables_of(container)["SHRINKR_LOG_FORMAT"] == "json"


def test_a_failed_deployment_is_rolled_back(ecs_service, service_template):
    deployment = ecs_service["DeploymentConfiguration"]
    assert deployment["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}
    assert deployment["Alarms"]["Enable"] is deployment["Alarms"]["Rollback"] is True
    named = {alarm["Ref"] for alarm in deployment["Alarms"]["AlarmNames"]}
    assert named
    assert set(resources_of(service_template, "AWS::CloudWatch::Alarm")) <= named
    assert (deployment["MinimumHealthyPercent"], deployment["MaximumPercent"]) == (100, 200)


def test_scaling_alone_decides_how_many_tasks_run(ecs_service, service_template):
    assert "DesiredCount" not in ecs_service
    target = one(service_template, "AWS::ApplicationAutoScaling::ScalableTarget")
    assert (target["MinCapacity"], target["MaxCapacity"]) == ({"Ref": "MinTasks"}, {"Ref": "MaxTasks"})


def test_tasks_run_privately(ecs_service):
    network = ecs_service["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert network["AssignPublicIp"] == "DISABLED"
    assert network["Subnets"] == {"Fn::Split": [",", {"Ref": "SubnetIds"}]}
    assert ecs_service["EnableExecuteCommand"] is False


def test_only_the_image_changes_with_a_deployment(task, container, service_template, service):
    assert container["Image"] == {"Ref": "ImageUri"}
    image = service_template["Parameters"]["ImageUri"]
    assert "Default" not in image
    base = f"123456789012.dkr.ecr.eu-central-1.amazonaws.com/shrinkr/{service}"
    accepted = re.compile(image["AllowedPattern"])
    assert accepted.fullmatch(f"{base}:sha-{'a1' * 20}")
    for tag in (":latest", ":sha-abc", f":sha-{'A1' * 20}", "", f":sha-{'a1' * 20}x", ":v1.2.3"):
        assert not accepted.fullmatch(base + tag), tag
    assert not accepted.fullmatch(f"{base}x:sha-{'a1' * 20}")


def test_the_journal_lies_on_the_task_s_volume(templates):
    task = one(templates["api"], "AWS::ECS::TaskDefinition")
    (container,) = task["ContainerDefinitions"]
    (mount,) = container["MountPoints"]
    assert [volume["Name"] for volume in task["Volumes"]] == [mount["SourceVolume"]]
    assert mount["ContainerPath"] == variables_of(container)["SHRINKR_DATA_DIR"]
    assert mount["ReadOnly"] is False


def test_the_image_gives_the_volume_to_our_user(templates):
    """Fargate makes a volume root's, unless the image has a VOLUME of the same path: then it copies the owner."""
    dockerfile = REPOSITORY / "Dockerfiles" / "api.Dockerfile"
    if not dockerfile.exists():
        pytest.skip("there is no Dockerfile yet")
    (container,) = one(templates["api"], "AWS::ECS::TaskDefinition")["ContainerDefinitions"]
    text = dockerfile.read_text()
    assert re.search(rf'^VOLUME .*{container["MountPoints"][0]["ContainerPath"]}\b', text, re.MULTILINE)
    assert re.search(rf'^USER {container["User"]}\b', text, re.MULTILINE)


def test_requests_find_their_way_to_the_port(templates, infra):
    (container,) = one(templates["api"], "AWS::ECS::TaskDefinition")["ContainerDefinitions"]
    target = one(templates["api"], "AWS::ElasticLoadBalancingV2::TargetGroup")
    (balanced,) = one(templates["api"], "AWS::ECS::Service")["LoadBalancers"]
    ingress = infra["Resources"]["ApiSecurityGroup"]["Properties"]["SecurityGroupIngress"]
    egress = infra["Resources"]["LoadBalancerSecurityGroup"]["Properties"]["SecurityGroupEgress"]
    ports = [int(variables_of(container)["SHRINKR_HTTP_PORT"]), target["Port"], balanced["ContainerPort"]]
    ports += [mapping["ContainerPort"] for mapping in container["PortMappings"]]
    ports += [rule[end] for rule in ingress + egress for end in ("FromPort", "ToPort")]
    assert set(ports) == {8000}
    assert balanced["ContainerName"] == container["Name"]
    assert variables_of(container)["SHRINKR_HTTP_HOST"] == "0.0.0.0"


def test_the_load_balancer_asks_for_a_path_that_exists(templates):
    path = one(templates["api"], "AWS::ElasticLoadBalancingV2::TargetGroup")["HealthCheckPath"]
    assert f'router.resource("{path}", [.get:' in sources("ShrinkrAPI")


def test_only_the_load_balancer_ends_idle_connections(templates, infra):
    """Else it would now and then send a request into a connection that the API closes, and answer 502."""
    (container,) = one(templates["api"], "AWS::ECS::TaskDefinition")["ContainerDefinitions"]
    attributes = one(infra, "AWS::ElasticLoadBalancingV2::LoadBalancer")["LoadBalancerAttributes"]
    (idle,) = [int(a["Value"]) for a in attributes if a["Key"] == "idle_timeout.timeout_seconds"]
    assert seconds(variables_of(container)["SHRINKR_HTTP_IDLE_TIMEOUT"]) > idle


def test_dropped_clicks_are_seen_in_the_log(templates):
    """The metric filter must match what the API really logs."""
    pattern = one(templates["api"], "AWS::Logs::MetricFilter")["FilterPattern"]
    message = re.fullmatch(r'\{ \$\.msg = "([^"]+)" \}', pattern)[1]
    assert f'logger.error("{message}"' in sources("ShrinkrAPI")
    assert 'json.key("msg")' in sources("ShrinkrObservability")


def test_all_alarms_reach_people(templates):
    for template in templates.values():
        for name, alarm in resources_of(template, "AWS::CloudWatch::Alarm").items():
            assert alarm["Properties"]["AlarmActions"], name
            assert alarm["Properties"]["TreatMissingData"] == "notBreaching", name
            assert alarm["Properties"]["AlarmDescription"], name


def test_dead_letters_outlive_the_queue(infra):
    """SQS counts a message's age from its first sending, in the dead-letter queue, too."""
    queue, dead = (infra["Resources"][name]["Properties"] for name in ("ClickQueue", "DeadLetterQueue"))
    assert queue["RedrivePolicy"]["deadLetterTargetArn"] == {"Fn::GetAtt": ["DeadLetterQueue", "Arn"]}
    assert queue["MessageRetentionPeriod"] < dead["MessageRetentionPeriod"]


def test_what_cannot_be_made_again_stays(infra):
    kept = {name for name, r in infra["Resources"].items() if r.get("DeletionPolicy") == "RetainExceptOnCreate"}
    assert kept == {"ReportsBucket", "ApiRepository", "WorkerRepository", "ClickQueue", "DeadLetterQueue"}
    assert all(infra["Resources"][name]["UpdateReplacePolicy"] == "Retain" for name in kept)


def test_image_tags_never_move_and_the_newest_stay(infra):
    for repository in resources_of(infra, "AWS::ECR::Repository").values():
        policy = repository["Properties"]["LifecyclePolicy"]["LifecyclePolicyText"]["Fn::Sub"]
        kept = infra["Parameters"]["ImagesKept"]["Default"]
        untagged, tagged = json.loads(policy.replace("${ImagesKept}", kept))["rules"]
        assert untagged["selection"]["tagStatus"] == "untagged"
        assert tagged["selection"]["tagPrefixList"] == ["sha-"]
        assert tagged["selection"]["countNumber"] == int(kept)
        assert repository["Properties"]["ImageTagMutability"] == "IMMUTABLE"
        assert repository["Properties"]["ImageScanningConfiguration"] == {"ScanOnPush": True}
