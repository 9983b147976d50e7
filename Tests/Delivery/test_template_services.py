"""The service templates against the programs that they run: variables, ports, times, users, files."""

import json
import re
from pathlib import Path

import pytest

from support.paths import REPOSITORY
from support.settings import known_variables, secret_variables, seconds, sources
from support.yaml_files import resources_of, walk

SHIFT = ["ShiftPercent", "ShiftMinutes", "BakeMinutes"]


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
    # A URL may hold a password; ours does not.
    assert secret_variables() & set(variables_of(container)) == {"SHRINKR_DATABASE_URL"}
    for name, source in secrets_of(container).items():
        assert name in secret_variables()
        parameter = source.get("Ref") or re.fullmatch(r"\$\{(\w+)\}:password::", source["Fn::Sub"])[1]
        assert service_template["Parameters"][parameter]["Default"].endswith("-arn")


def test_the_database_s_url_holds_no_password(infra):
    url, parts = infra["Resources"]["DatabaseUrlParameter"]["Properties"]["Value"]["Fn::Sub"]
    assert url == "postgresql://shrinkr@${Host}:5432/shrinkr?sslmode=${DatabaseTLS}${Authorities}"
    assert infra["Parameters"]["DatabaseTLS"]["AllowedValues"] == ["require", "verify-full"], "never plain text"
    # Where the images have them.
    _, authorities, none = parts["Authorities"]["Fn::If"]
    (copied,) = {
        (source, folder)
        for service in ("api", "worker")
        for source, folder in re.findall(
            r"^COPY (Dockerfiles/\S+) (\S+)$", (REPOSITORY / f"Dockerfiles/{service}.Dockerfile").read_text(), re.M
        )
    }
    assert (authorities, none) == (f"&sslrootcert={copied[1]}{Path(copied[0]).name}", "")
    assert (REPOSITORY / copied[0]).is_file() and f"!{copied[0]}" in (REPOSITORY / ".dockerignore").read_text().split()
    assert infra["Resources"]["DatabaseInstance"]["Properties"]["MasterUsername"] == "shrinkr"
    assert infra["Resources"]["DatabaseCluster"]["Properties"]["MasterUsername"] == "shrinkr"


def test_both_services_get_the_same_database(templates):
    defaults = []
    for name in ("api", "worker"):
        (container,) = one(templates[name], "AWS::ECS::TaskDefinition")["ContainerDefinitions"]
        parameters = templates[name]["Parameters"]
        defaults.append(parameters[variables_of(container)["SHRINKR_DATABASE_URL"]["Ref"]]["Default"])
        assert secrets_of(container)["SHRINKR_DATABASE_PASSWORD"] == {"Fn::Sub": "${DatabaseSecretArn}:password::"}
        assert parameters["DatabaseSecretArn"]["Default"] == "/shrinkr/database-secret-arn"
    assert defaults == ["/shrinkr/database-url"] * 2


@pytest.mark.parametrize("name", ["DatabaseInstance", "DatabaseCluster"])
def test_the_database_is_private_encrypted_and_kept(infra, name):
    database = infra["Resources"][name]
    properties = database["Properties"]
    assert properties["StorageEncrypted"] is properties["ManageMasterUserPassword"] is True
    assert "MasterUserPassword" not in properties
    assert properties["DeletionProtection"] == {"Ref": "DeletionProtection"}
    assert properties["BackupRetentionPeriod"] == {"Ref": "DatabaseBackupDays"}
    assert database["DeletionPolicy"] == database["UpdateReplacePolicy"] == "Snapshot"
    group = properties.get("DBParameterGroupName") or properties["DBClusterParameterGroupName"]
    assert infra["Resources"][group["Ref"]]["Properties"]["Parameters"] == {"rds.force_ssl": "1"}
    for server in resources_of(infra, "AWS::RDS::DBInstance").values():
        assert server["Properties"]["PubliclyAccessible"] is False


def test_only_tasks_reach_the_database(infra):
    ingress = infra["Resources"]["DatabaseSecurityGroup"]["Properties"]["SecurityGroupIngress"]
    assert {(r["FromPort"], r["ToPort"], r["SourceSecurityGroupId"]["Ref"]) for r in ingress} == {
        (5432, 5432, "ApiSecurityGroup"), (5432, 5432, "WorkerSecurityGroup"),
    }  # fmt: skip


def test_a_new_image_migrates_before_the_service_gets_it(service_template, service):
    migration = service_template["Resources"]["Migration"]["Properties"]
    assert migration["ImageUri"] == {"Ref": "ImageUri"} and migration["TaskDefinition"] == {"Ref": "TaskDefinition"}
    (container,) = one(service_template, "AWS::ECS::TaskDefinition")["ContainerDefinitions"]
    assert migration["Container"] == container["Name"] == service
    (deployed,) = resources_of(service_template, "AWS::ECS::Service").values()
    assert "Migration" in deployed["DependsOn"]
    network = deployed["Properties"]["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert (migration["SubnetIds"], [migration["SecurityGroupId"]]) == (network["Subnets"], network["SecurityGroups"])


def test_the_migration_function_fits_and_gives_up_in_time(infra, service_template):
    function = infra["Resources"]["MigrationFunction"]["Properties"]
    assert len(function["Code"]["ZipFile"]) <= 4096
    assert function["Timeout"] == 900 < int(service_template["Resources"]["Migration"]["Properties"]["ServiceTimeout"])


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
    names = deployment["Alarms"]["AlarmNames"]
    named = {(name["Fn::If"][1] if "Fn::If" in name else name)["Ref"] for name in names}
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
    target = templates["api"]["Resources"]["TargetGroup"]["Properties"]
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
    path = templates["api"]["Resources"]["TargetGroup"]["Properties"]["HealthCheckPath"]
    assert f'router.resource("{path}", [.get:' in sources("ShrinkrAPI")


def test_both_target_groups_are_alike(templates):
    first, second = resources_of(templates["api"], "AWS::ElasticLoadBalancingV2::TargetGroup").values()
    assert first["Properties"] | {"Name": ""} == second["Properties"] | {"Name": ""}
    assert first["Properties"]["Name"] != second["Properties"]["Name"]


def test_ecs_finds_both_groups_in_every_rule(templates):
    """And nothing in a rule changes with a parameter but the listener: anew it would lead to the first group."""
    rules = resources_of(templates["api"], "AWS::ElasticLoadBalancingV2::ListenerRule")
    assert set(rules) == {"ListenerRule", "TestListenerRule"}
    for rule in rules.values():
        (action,) = rule["Properties"]["Actions"]
        groups = [(g["TargetGroupArn"]["Ref"], g["Weight"]) for g in action["ForwardConfig"]["TargetGroups"]]
        assert groups == [("TargetGroup", 1), ("SecondTargetGroup", 0)]
        references = {v["Ref"] for v in walk(rule["Properties"]) if isinstance(v, dict) and "Ref" in v}
        assert references == {"ListenerArn", "TargetGroup", "SecondTargetGroup"}
    priorities = [rules[name]["Properties"]["Priority"] for name in ("TestListenerRule", "ListenerRule")]
    assert priorities == sorted(priorities), "the test would never be asked"


def test_the_trial_asks_by_the_header_that_the_rule_knows(templates):
    resources = templates["api"]["Resources"]
    (condition,) = resources["TestListenerRule"]["Properties"]["Conditions"]
    header = condition["HttpHeaderConfig"]
    code = resources["TrialFunction"]["Properties"]["Code"]["ZipFile"]
    assert f'"{header["HttpHeaderName"]}": "{header["Values"][0]}"' in code
    assert len(code) <= 4096


def test_a_shift_ends_before_cloudformation_gives_up(templates):
    """It refuses what takes longer than 33 hours."""
    patterns = {name: re.compile(templates["api"]["Parameters"][name]["AllowedPattern"]) for name in SHIFT}
    percent, minutes, bake = ([n for n in range(2000) if patterns[name].fullmatch(str(n))] for name in SHIFT)
    assert min(percent) >= 3, "ECS takes no smaller steps"
    steps = -(-100 // min(percent))
    assert steps * max(minutes) + max(bake) <= 33 * 60


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
