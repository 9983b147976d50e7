"""The bootstrap: its form and own tests, then both phases really applied, to an emulator."""

import re
from fnmatch import fnmatchcase
from itertools import product

import pytest

from support.connections import Connections
from support.git_sync import GitSync
from support.ministack import ACCOUNT, REGION, MiniStack
from support.schemas import permissions_for
from support.settings import sources
from support.terraform import Terraform
from support.deploy_roles import preview_statements, verifier_statements
from support.yaml_files import as_list

# The emulator gives all service-linked roles of a family one name.
EMULATED = ["-var-file=environments/devstg.tfvars", "-var=service_linked_roles=[]"]


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    return Terraform(tmp_path_factory.mktemp("checked")).init()


def test_form(checked):
    checked.check("fmt", "-no-color", "-check", "-diff", "-recursive")


def test_validity(checked):
    checked.check("validate", "-no-color")


def test_own_tests(checked):
    printed = checked.check("test", "-no-color")
    assert "0 failed" in printed
    assert "Success! 0 passed" not in printed


class Account:
    """An account in the emulator, and the bootstrap on the way to it."""

    def __init__(self, directory):
        # First, as it skips the test where there is no provider.
        self.terraform = Terraform(directory).init()
        self.aws = MiniStack(directory).start()
        self.github = Connections(self.aws.url)
        self.terraform.environment |= self.aws.environment() | self.github.environment()

    def apply(self, *variables):
        self.terraform.check("apply", "-no-color", "-input=false", "-auto-approve", *EMULATED, *variables)

    def plan(self, *variables):
        """0 where nothing would change, 2 where something would, 1 for an error; and what was printed."""
        result = self.terraform.run(
            "plan", "-no-color", "-input=false", "-detailed-exitcode", *EMULATED, *variables
        )
        return result.returncode, result.stdout

    def stacks(self):
        return {s["StackName"]: s for s in self.aws.client("cloudformation").describe_stacks()["Stacks"]}

    def stop(self):
        self.github.stop()
        self.aws.stop()


PHASE_TWO = "-var=connection_approved=true"
INFRA_ALONE = '-var=synced_stacks=["infra"]'


@pytest.fixture(scope="module")
def after_phase_one(tmp_path_factory):
    account = Account(tmp_path_factory.mktemp("phases"))
    try:
        account.apply()
        yield account
    finally:
        account.stop()


@pytest.fixture(scope="module")
def after_phase_two(after_phase_one):
    """First infra alone is followed, then everything."""
    account = after_phase_one
    account.github.approve()
    account.apply(PHASE_TWO, INFRA_ALONE)
    account.followed_first = list(account.github.sync_configurations())
    account.apply(PHASE_TWO)
    return account


@pytest.fixture(scope="module")
def with_infra(after_phase_two):
    """Git sync has filled the first shell."""
    sync = GitSync(after_phase_two.aws.client("cloudformation"))
    assert sync.apply("devstg", "infra")["StackStatus"] == "UPDATE_COMPLETE"
    return after_phase_two


def test_phase_one_waits_for_a_person(after_phase_one):
    outputs = after_phase_one.terraform.outputs()
    assert outputs["connection"]["status"] == "PENDING"
    assert outputs["github_variables"] == {
        "AWS_IMAGES_ROLE_ARN": f"arn:aws:iam::{ACCOUNT}:role/shrinkr-images",
        "AWS_PREVIEW_ROLE_ARN_DEVSTG": f"arn:aws:iam::{ACCOUNT}:role/shrinkr-preview",
        "AWS_REGION": REGION,
        "AWS_VERIFY_ROLE_ARN_DEVSTG": f"arn:aws:iam::{ACCOUNT}:role/shrinkr-verify",
    }
    assert after_phase_one.stacks() == {}
    code, printed = after_phase_one.plan()
    assert code == 0, printed


def test_credentials_of_another_account_do_nothing(after_phase_one):
    """Such as prod's, while devstg's variables are given."""
    code, printed = after_phase_one.plan("-var=account_id=210987654321")
    assert code == 1 and "AWS account ID not allowed" in printed, printed


def test_phase_two_makes_shells_with_the_execution_role(after_phase_two):
    stacks = after_phase_two.stacks()
    assert {stack["StackStatus"] for stack in stacks.values()} == {"CREATE_COMPLETE"}
    names = ["shrinkr-api-devstg", "shrinkr-infra-devstg", "shrinkr-worker-devstg"]
    assert sorted(stacks) == names
    role = f"arn:aws:iam::{ACCOUNT}:role/shrinkr-execution"
    assert after_phase_two.github.stack_roles == dict.fromkeys(names, role)


def test_phase_two_follows_infra_first(after_phase_two):
    assert after_phase_two.followed_first == ["shrinkr-infra-devstg"]
    configurations = after_phase_two.github.sync_configurations()
    assert len(configurations) == 3
    (link,) = after_phase_two.github.links()
    assert configurations["shrinkr-api-devstg"] == {
        "Branch": "main",
        "ConfigFile": "gitops/environments/devstg/api.deployment.yml",
        "PublishDeploymentStatus": "ENABLED",
        "RepositoryLinkId": link["RepositoryLinkId"],
        "ResourceName": "shrinkr-api-devstg",
        "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/shrinkr-sync",
        "SyncType": "CFN_STACK_SYNC",
        "TriggerResourceUpdateOn": "FILE_CHANGE",
    }


def test_what_git_sync_does_to_a_stack_is_left_alone(with_infra):
    code, printed = with_infra.plan(PHASE_TWO)
    assert code == 0, printed


def test_forgetting_the_variable_of_phase_two_deletes_nothing(after_phase_two):
    code, printed = after_phase_two.plan()
    assert code == 1
    assert "Instance cannot be destroyed" in printed
    assert "aws_cloudformation_stack.shell" in printed


def calls_of(**folders):
    """The calls that shrinkr-deploy makes, as actions of policies."""
    verbs = "Describe|List|Get|BatchGet|Create|Delete"
    return {
        f"{prefix}:{operation}"
        for prefix, folder in folders.items()
        for operation in re.findall(rf'"((?:{verbs})[A-Z]\w+)"', sources(f"ShrinkrDeploy/AWS/{folder}"))
    }


def test_verification_may_ask_all_that_it_asks(after_phase_one):
    """The calls of shrinkr-deploy against the policy of the role that it runs under."""
    asked = calls_of(
        cloudformation="CloudFormation", codeconnections="CodeConnections", ecr="ECR", ecs="ECS", ssm="SSM"
    )
    assert len(asked) > 8, "the sources were not understood"
    policy = after_phase_one.aws.client("iam").get_role_policy(RoleName="shrinkr-verify", PolicyName="read-deployments")
    allowed = [a for statement in policy["PolicyDocument"]["Statement"] for a in as_list(statement["Action"])]
    assert not {action for action in asked if not allows(allowed, action)}
    # The rehearsal reads it without OpenTofu.
    made = policy["PolicyDocument"]["Statement"]
    assert [with_lists(s) for s in verifier_statements("devstg")] == [with_lists(s) for s in made]


def test_a_pull_request_may_make_change_sets_and_execute_none(after_phase_one):
    """The calls of shrinkr-deploy against the policy of the role of pull requests."""
    asked = calls_of(cloudformation="ChangeSets")
    assert len(asked) == 3, "the sources were not understood"
    policy = after_phase_one.aws.client("iam").get_role_policy(RoleName="shrinkr-preview", PolicyName="make-change-sets")
    made = policy["PolicyDocument"]["Statement"]
    allowed = [action for statement in made for action in as_list(statement["Action"])]
    assert not {action for action in asked if not allows(allowed, action)}
    assert not allows(allowed, "cloudformation:ExecuteChangeSet")
    conditions = {action: s.get("Condition") for s in made for action in as_list(s["Action"]) if action in asked}
    assert all(c["StringLike"] == {"cloudformation:ChangeSetName": "preview-*"} for c in conditions.values())
    # The rehearsal reads it without OpenTofu, and the emulator knows none of these conditions.
    bare = [{key: value for key, value in s.items() if key != "Condition"} for s in made]
    assert [with_lists(s) for s in preview_statements("devstg")] == [with_lists(s) for s in bare]


def with_lists(statement):
    return statement | {key: sorted(as_list(statement[key])) for key in ("Action", "Resource")}


def statements_of(iam, policy_arn):
    version = iam.get_policy(PolicyArn=policy_arn)["Policy"]["DefaultVersionId"]
    return iam.get_policy_version(PolicyArn=policy_arn, VersionId=version)["PolicyVersion"]["Document"]["Statement"]


def actions_of_role(iam, role):
    """The actions that a role's attached policies allow, or patterns of them."""
    for attached in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        for statement in statements_of(iam, attached["PolicyArn"]):
            yield from as_list(statement["Action"])


def allows(patterns, action):
    return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)


def test_the_execution_role_can_do_what_the_templates_need(after_phase_one, templates):
    """CloudFormation's own schemas say what each resource type needs; what of that we do not need has a reason here."""
    allowed = list(actions_of_role(after_phase_one.aws.client("iam"), "shrinkr-execution"))
    kinds = {r["Type"] for template in templates.values() for r in template["Resources"].values()}
    # These are functions of ours.
    custom = {kind for kind in kinds if kind.startswith("Custom::")}
    assert custom and allows(allowed, "lambda:InvokeFunction")
    denied = {action for kind in kinds - custom for action in permissions_for(kind) if not allows(allowed, action)}
    assert not {action for action in denied if not allows(UNUSED, action)}
    assert not {pattern for pattern in UNUSED if not any(allows([pattern], action) for action in denied)}, "no such gap"


# Permissions for properties that our templates do not set, by pattern.
UNUSED = {
    "application-autoscaling:*ScheduledAction": "scaling by the clock",
    "cognito-idp:*": "listeners that log people in",
    "ec2:AcceptAddressTransfer": "addresses of other accounts",
    "ec2:AssociateAddress": "addresses of machines",
    "ec2:*NatGatewayAddress": "further addresses of a NAT gateway",
    "ec2:*SubnetCidrBlock": "IPv6",
    "ec2:CreateVpcEncryptionControl": "encryption controls",
    "ec2:ModifyVpcTenancy": "dedicated hardware",
    "ec2:*VpnGateway": "VPN",
    "elasticfilesystem:*": "file systems of functions",
    "ecs:PutAccountSetting*": "settings of the account",
    "elasticloadbalancing:ModifyCapacityReservation": "reserved capacity",
    "elasticloadbalancing:ModifyIpPools": "own address pools",
    "firehose:*": "log delivery",
    "iam:AttachRolePolicy": "policies of AWS",
    "iam:DetachRolePolicy": "policies of AWS",
    "iam:CreateServiceLinkedRole": "the bootstrap makes them",
    "iam:DeleteRolePermissionsBoundary": "no role may lose its boundary",
    "kms:*": "own keys",
    "iam:ListRoles": "roles that let databases into S3",
    "lambda:*CodeSigningConfig": "signed code",
    "lambda:*Concurrency*": "reserved and provisioned copies of functions",
    "lambda:*RecursionConfig": "functions that call themselves",
    "lambda:*Runtime*": "versions of runtimes by hand",
    "lambda:*ScalingConfig": "capacity of one's own",
    "lambda:GetLayerVersion": "layers",
    "lambda:PassCapacityProvider": "capacity of one's own",
    "lambda:PublishVersion": "versions of functions",
    "logs:*KmsKey": "own keys",
    "logs:*DataProtectionPolicy": "masking of log data",
    "logs:*Delivery": "log delivery",
    "logs:*IndexPolicy": "indexes of logs",
    "logs:*ResourcePolicy": "log delivery",
    "logs:PutBearerTokenAuthentication": "another way in",
    "logs:PutLogGroupDeletionProtection": "protection from deletion",
    "rds:*HttpEndpoint": "queries by HTTP",
    "rds:*Role*": "roles that let databases into S3",
    "rds:*BackupsReplication": "backups in another region",
    "rds:*Restore*": "restoring, which people do",
    "rds:*ReadReplica": "replicas",
    "rds:RemoveFromGlobalCluster": "databases of several regions",
    "s3:GetObject*": "code from a bucket",
    "s3:REST.PUT.OBJECT": "log delivery",
    "s3:*Abac": "access by tags of objects",
    "s3:*Accelerate*": "transfer acceleration",
    "s3:*Acl": "access lists, which ownership by the bucket's owner switches off",
    "s3:*AnalyticsConfiguration": "analytics",
    "s3:*Annotation*": "metadata tables",
    "s3:*Cors": "cross-origin access",
    "s3:*CORS": "cross-origin access",
    "s3:*Encryption": "encryption is set, never taken away",
    "s3:*IntelligentTiering*": "storage classes",
    "s3:*Inventory*": "inventories",
    "s3:*Journal*": "metadata tables",
    "s3:*BucketLifecycle": "the life cycle is set, never taken away",
    "s3:*Lock*": "object lock",
    "s3:*Logging": "access logs, which hold addresses of clients",
    "s3:*MetadataTable*": "metadata tables",
    "s3:*Metrics*": "metrics per request",
    "s3:*Notification": "notifications",
    "s3:*Replication*": "replication",
    "s3:*Website": "web sites",
    "s3:DeleteObject": "the bucket is kept, with what is in it",
    "s3files:*": "file systems of functions",
    "s3tables:*": "metadata tables",
    "secretsmanager:*Re*plicat*": "replication of secrets",
    "secretsmanager:GetSecretValue": "replication of secrets; CloudFormation makes values and reads none",
    "sns:PutDataProtectionPolicy": "masking of messages",
    "vpc-lattice:*": "another kind of endpoint",
    "vpce:*": "endpoints in other regions",
}


def test_roles_of_the_stacks_fit_into_their_boundary(with_infra):
    """Each action on each resource that a role of the deployed stack has is within what the boundary allows."""
    iam = with_infra.aws.client("iam")
    bound = statements_of(iam, f"arn:aws:iam::{ACCOUNT}:policy/shrinkr-boundary")
    roles = [role["RoleName"] for role in iam.list_roles()["Roles"] if role["RoleName"].startswith("shrinkr-infra-")]
    assert len(roles) == 4
    for role in roles:
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
            for statement in iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]["Statement"]:
                for action, resource in product(as_list(statement["Action"]), as_list(statement["Resource"])):
                    assert is_within(bound, action, resource), f"{role}: {action} on {resource}"


def is_within(statements, action, resource):
    return any(
        allows(as_list(s["Action"]), action) and any(fnmatchcase(resource, r) for r in as_list(s["Resource"]))
        for s in statements
    )


def test_stacks_can_be_left_alone_before_they_are_deleted(with_infra):
    """The first step of taking everything down, so it comes last here."""
    with_infra.apply(PHASE_TWO, "-var=synced_stacks=[]")
    assert with_infra.github.sync_configurations() == {}
    assert len(with_infra.stacks()) == 3
