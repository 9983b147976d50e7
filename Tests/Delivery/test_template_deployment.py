"""The templates, really deployed to an emulator as Git sync would: shells first, then what is in the environments."""

import json

import pytest

from EndToEnd.support.waiting import eventually
from support.git_sync import GitSync
from support.ministack import ACCOUNT, REGION, MiniStack
from support.yaml_files import resources_of

ENVIRONMENT = "devstg"
IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/shrinkr"


class Cloud:
    """An account with shells of all stacks of an environment."""

    def __init__(self, directory, environment=ENVIRONMENT):
        self.environment = environment
        self.aws = MiniStack(directory).start()
        self.sync = GitSync(self.aws.client("cloudformation"))
        for stack in ("infra", "api", "worker"):
            self.sync.make_shell(f"shrinkr-{stack}-{environment}")

    def apply(self, stack, **parameters):
        return self.sync.apply(self.environment, stack, **parameters)

    def resource(self, stack, name):
        return self.sync.resource(f"shrinkr-{stack}-{self.environment}", name)

    def parameters(self):
        """What is in Parameter Store."""
        pages = self.aws.client("ssm").get_paginator("get_parameters_by_path").paginate(Path="/", Recursive=True)
        return {p["Name"]: p["Value"] for page in pages for p in page["Parameters"]}

    def service(self, stack):
        described = self.aws.client("ecs").describe_services(
            cluster=f"shrinkr-{self.environment}", services=[f"shrinkr-{stack}-{self.environment}"]
        )
        return described["services"][0]

    def task(self, stack):
        """The task definition that a service runs."""
        ecs = self.aws.client("ecs")
        return ecs.describe_task_definition(taskDefinition=self.service(stack)["taskDefinition"])["taskDefinition"]

    def image(self, stack):
        """The image that a service runs."""
        return self.task(stack)["containerDefinitions"][0]["image"]

    def rules(self):
        """What the rules say that lead people to the API, by rule."""
        rules = rules_of(self, listeners_of(self)["HTTP"]["ListenerArn"])
        return {rule["RuleArn"]: rule["Actions"] for rule in rules}


@pytest.fixture
def make_cloud(tmp_path):
    clouds = []

    def make(environment=ENVIRONMENT):
        clouds.append(Cloud(tmp_path, environment))
        return clouds[-1]

    yield make
    for cloud in clouds:
        cloud.aws.stop()


@pytest.mark.parametrize("environment", ["devstg", "prod"])
def test_every_environment_can_be_deployed(make_cloud, environment, infra):
    cloud = make_cloud(environment)
    for stack in ("infra", "api", "worker"):
        assert cloud.apply(stack)["StackStatus"] == "UPDATE_COMPLETE", stack
    written = {r["Properties"]["Name"] for r in resources_of(infra, "AWS::SSM::Parameter").values()}
    assert set(cloud.parameters()) == written
    assert all(cloud.parameters().values())
    for stack in ("api", "worker"):
        assert cloud.service(stack)["status"] == "ACTIVE"
        assert cloud.image(stack).split("/")[-1].startswith(f"{stack}:sha-")


def test_an_image_is_all_that_a_deployment_changes(make_cloud):
    cloud = make_cloud()
    cloud.apply("infra")
    cloud.apply("worker")
    network, before = cloud.service("worker")["networkConfiguration"], cloud.service("worker")["taskDefinition"]
    image = f"{IMAGE}/worker:sha-{'ab' * 20}"
    assert cloud.apply("worker", ImageUri=image)["StackStatus"] == "UPDATE_COMPLETE"
    assert cloud.image("worker") == image
    assert cloud.service("worker")["taskDefinition"] != before
    assert cloud.service("worker")["networkConfiguration"] == network
    # What is said twice changes nothing.
    assert "didn't contain changes" in cloud.apply("worker", ImageUri=image)


def test_a_service_cannot_come_before_infra(make_cloud):
    cloud = make_cloud()
    with pytest.raises(cloud.sync.cloudformation.exceptions.ClientError, match="/platform/"):
        cloud.apply("api")


@pytest.mark.parametrize(
    "stack, parameter, value",
    [
        ("api", "ImageUri", f"{IMAGE}/api:latest"),
        ("api", "ImageUri", f"{IMAGE}/worker:sha-{'ab' * 20}"),
        ("api", "CpuArchitecture", "arm64"),
        ("infra", "Egress", "internet"),
        ("infra", "PullAccountIds", "*"),
        ("infra", "Database", "mysql"),
        ("infra", "DatabaseTLS", "disable"),
        ("infra", "DatabaseBackupDays", "0"),
        ("api", "DeploymentStrategy", "RECREATE"),
        ("api", "ShiftPercent", "2"),
    ],
)
def test_values_that_make_no_sense_are_refused(make_cloud, stack, parameter, value):
    cloud = make_cloud()
    if stack != "infra":
        cloud.apply("infra")
    with pytest.raises(cloud.sync.cloudformation.exceptions.ClientError, match=parameter):
        cloud.apply(stack, **{parameter: value})


def test_without_a_certificate_there_is_http_only(make_cloud):
    cloud = make_cloud()
    cloud.apply("infra")
    assert cloud.parameters()["/shrinkr/base-url"].startswith("http://")
    listeners = listeners_of(cloud)
    assert list(listeners) == ["HTTP"]
    assert cloud.parameters()["/platform/alb/listener-arn"] == listeners["HTTP"]["ListenerArn"]


def test_with_a_certificate_http_leads_to_https(make_cloud):
    cloud = make_cloud()
    certificate = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/1"
    cloud.apply("infra", DomainName="sho.rt", CertificateArn=certificate)
    assert cloud.parameters()["/shrinkr/base-url"] == "https://sho.rt"
    listeners = listeners_of(cloud)
    assert cloud.parameters()["/platform/alb/listener-arn"] == listeners["HTTPS"]["ListenerArn"]
    (action,) = listeners["HTTP"]["DefaultActions"]
    assert action["Type"] == "redirect"
    assert (action["RedirectConfig"]["Protocol"], action["RedirectConfig"]["StatusCode"]) == ("HTTPS", "HTTP_301")


def test_a_certificate_that_comes_later(make_cloud):
    """HTTP works until the API's stack is updated, too; then it leads to HTTPS. The old rule goes last."""
    cloud = make_cloud()
    cloud.apply("infra")
    cloud.apply("api")
    http = listeners_of(cloud)["HTTP"]["ListenerArn"]
    assert len(rules_of(cloud, http)) == 1
    certificate = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/1"
    cloud.apply("infra", DomainName="sho.rt", CertificateArn=certificate)
    https = listeners_of(cloud)["HTTPS"]["ListenerArn"]
    assert len(rules_of(cloud, http)) == 1
    # Nothing else has changed in the API's own files.
    assert cloud.apply("api")["StackStatus"] == "UPDATE_COMPLETE"
    assert rules_of(cloud, http) == []
    assert len(rules_of(cloud, https)) == 1
    settings = cloud.task("api")["containerDefinitions"][0]["environment"]
    assert {"name": "SHRINKR_BASE_URL", "value": "https://sho.rt"} in settings


def rules_of(cloud, listener):
    """Those that services have added."""
    rules = cloud.aws.client("elbv2").describe_rules(ListenerArn=listener)["Rules"]
    return [rule for rule in rules if not rule["IsDefault"]]


@pytest.mark.parametrize("strategy", ["BLUE_GREEN", "CANARY", "LINEAR"])
def test_traffic_is_shifted_where_that_is_wanted(make_cloud, strategy):
    cloud = make_cloud()
    cloud.apply("infra")
    cloud.apply("api")
    assert cloud.service("api")["deploymentConfiguration"]["strategy"] == "ROLLING"
    assert "advancedConfiguration" not in cloud.service("api")["loadBalancers"][0]
    before = cloud.rules()
    assert cloud.apply("api", DeploymentStrategy=strategy, ShiftPercent="20")["StackStatus"] == "UPDATE_COMPLETE"
    service = cloud.service("api")
    configuration = service["deploymentConfiguration"]
    # The emulator leaves numbers as the parameters have them, which is text.
    assert (configuration["strategy"], int(configuration["bakeTimeInMinutes"])) == (strategy, 15)
    shares = {
        name: {key: int(value) for key, value in configuration[name].items()}
        for name in ("canaryConfiguration", "linearConfiguration") if name in configuration
    }  # fmt: skip
    assert shares == {
        "BLUE_GREEN": {},
        "CANARY": {"canaryConfiguration": {"canaryPercent": 20, "canaryBakeTimeInMinutes": 5}},
        "LINEAR": {"linearConfiguration": {"stepPercent": 20, "stepBakeTimeInMinutes": 5}},
    }[strategy]
    (hook,) = configuration["lifecycleHooks"]
    assert hook["hookTargetArn"].endswith(cloud.resource("api", "TrialFunction"))
    assert hook["lifecycleStages"] == ["POST_TEST_TRAFFIC_SHIFT"]
    (balanced,) = service["loadBalancers"]
    assert balanced["advancedConfiguration"] == {
        "alternateTargetGroupArn": cloud.resource("api", "SecondTargetGroup"),
        "productionListenerRule": cloud.resource("api", "ListenerRule"),
        "testListenerRule": cloud.resource("api", "TestListenerRule"),
        "roleArn": hook["roleArn"],
    }
    # What is there stays as it was.
    assert before.items() <= cloud.rules().items()
    assert cloud.apply("api")["StackStatus"] == "UPDATE_COMPLETE"
    assert cloud.rules() == before
    assert cloud.service("api")["deploymentConfiguration"]["strategy"] == "ROLLING"


@pytest.mark.parametrize(
    "parameters, expected",
    [
        ({}, {"aurora": 0, "servers": 1}),
        ({"Database": "aurora", "DatabaseTLS": "verify-full"}, {"aurora": 1, "servers": 1}),
        ({"Database": "aurora", "DatabaseStandby": "true"}, {"aurora": 1, "servers": 2}),
    ],
)
def test_there_is_the_database_that_is_wanted(make_cloud, parameters, expected):
    cloud = make_cloud()
    assert cloud.apply("infra", **parameters)["StackStatus"] == "UPDATE_COMPLETE"
    rds = cloud.aws.client("rds")
    clusters, servers = rds.describe_db_clusters()["DBClusters"], rds.describe_db_instances()["DBInstances"]
    assert {"aurora": len(clusters), "servers": len(servers)} == expected
    assert all(server["PubliclyAccessible"] is False for server in servers)
    host = clusters[0]["Endpoint"] if clusters else servers[0]["Endpoint"]["Address"]
    tls = {"require": "require", "verify-full": "verify-full&sslrootcert=/etc/ssl/certs/rds-authorities.pem"}
    url = f"postgresql://shrinkr@{host}:5432/shrinkr?sslmode={tls[parameters.get('DatabaseTLS', 'require')]}"
    assert cloud.parameters()["/shrinkr/database-url"] == url
    secret = cloud.parameters()["/shrinkr/database-secret-arn"]
    value = cloud.aws.client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"]
    assert set(json.loads(value)) == {"username", "password"}


@pytest.mark.parametrize("zones", ["1", "2"])
def test_endpoints_are_in_as_many_zones_as_are_paid_for(make_cloud, zones):
    cloud = make_cloud()
    cloud.apply("infra", EndpointZones=zones)
    found = cloud.aws.client("ec2").describe_vpc_endpoints()["VpcEndpoints"]
    assert {len(e["SubnetIds"]) for e in found if e["VpcEndpointType"] == "Interface"} == {int(zones)}


def listeners_of(cloud):
    found = cloud.aws.client("elbv2").describe_listeners(LoadBalancerArn=cloud.resource("infra", "LoadBalancer"))
    return {listener["Protocol"]: listener for listener in found["Listeners"]}


def endpoints_of(cloud):
    found = cloud.aws.client("ec2").describe_vpc_endpoints()["VpcEndpoints"]
    return {e["ServiceName"].removeprefix(f"com.amazonaws.{REGION}.") for e in found if "delet" not in e["State"].lower()}


@pytest.mark.parametrize(
    "egress, expected",
    [
        ("endpoints", {"s3", "ecr.api", "ecr.dkr", "logs", "sqs", "secretsmanager"}),
        # The way to S3 costs nothing.
        ("nat", {"s3"}),
    ],
)
def test_tasks_reach_aws_one_way_or_the_other(make_cloud, egress, expected):
    cloud = make_cloud()
    assert cloud.apply("infra", Egress=egress)["StackStatus"] == "UPDATE_COMPLETE"
    found = cloud.aws.client("ec2").describe_vpc_endpoints()["VpcEndpoints"]
    assert {endpoint["ServiceName"].removeprefix(f"com.amazonaws.{REGION}.") for endpoint in found} == expected


def test_who_only_runs_images_has_no_repositories(make_cloud):
    owner = make_cloud()
    owner.apply("infra", PullAccountIds="111111111111,222222222222")
    ecr = owner.aws.client("ecr")
    names = [r["repositoryName"] for r in ecr.describe_repositories()["repositories"]]
    assert sorted(names) == ["shrinkr/api", "shrinkr/worker"]
    policy = ecr.get_repository_policy(repositoryName="shrinkr/api")["policyText"]
    assert "111111111111" in policy and "222222222222" in policy


def test_images_of_another_account_can_be_run(make_cloud):
    cloud = make_cloud("prod")
    cloud.apply("infra", RegistryAccountId="111111111111")
    assert cloud.aws.client("ecr").describe_repositories()["repositories"] == []
    iam, role = cloud.aws.client("iam"), cloud.resource("infra", "TaskExecutionRole")
    document = iam.get_role_policy(RoleName=role, PolicyName="start-tasks")["PolicyDocument"]
    assert f"arn:aws:ecr:{REGION}:111111111111:repository/shrinkr/*" in str(document)


def test_what_cannot_be_made_again_outlives_the_stack(make_cloud):
    cloud = make_cloud()
    cloud.apply("infra")
    bucket, queue = cloud.resource("infra", "ReportsBucket"), cloud.resource("infra", "ClickQueue")
    cloud.sync.cloudformation.delete_stack(StackName="shrinkr-infra-devstg")
    eventually(lambda: cloud.parameters() == {}, what="the stack is deleted")
    assert bucket in [b["Name"] for b in cloud.aws.client("s3").list_buckets()["Buckets"]]
    assert queue in cloud.aws.client("sqs").list_queues()["QueueUrls"]
    assert cloud.aws.client("ecr").describe_repositories()["repositories"]
