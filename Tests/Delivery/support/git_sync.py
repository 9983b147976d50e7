"""What CloudFormation Git sync does with a deployment file, done to an emulator."""

import json
import uuid
from pathlib import Path

from EndToEnd.support.waiting import eventually
from support.ministack import as_body
from support.paths import DEPLOYMENTS
from support.yaml_files import read_deployment_file, read_template, walk

# What MiniStack does not have. It would refuse the whole template.
LACKING = {
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    "AWS::EC2::EIP",
    "AWS::EC2::NatGateway",
}
# They deny what does not come by TLS, which the emulator does not speak.
TLS_ONLY = {"AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy"}
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"]


def without(types, template):
    """The template without resources of some types, and without those that refer to them."""
    resources = dict(template["Resources"])
    gone = {name for name, resource in resources.items() if resource["Type"] in types}
    while gone & set(resources):
        resources = {name: resource for name, resource in resources.items() if name not in gone}
        gone |= {name for name, resource in resources.items() if _refers_to(resource, gone)}
    return template | {"Resources": resources}


def emulated(template, left_out):
    """The template as the emulator can apply it: without types that it lacks, and with the secrets of databases.

    RDS makes those itself; the emulator has to be told.
    """
    resources = dict(without(left_out, template)["Resources"])
    made = {name: r for name, r in resources.items() if r["Properties"].get("ManageMasterUserPassword")}
    for name, database in made.items():
        resources[f"{name}Secret"] = {
            "Type": "AWS::SecretsManager::Secret",
            "Condition": database["Condition"],
            "Properties": {
                "Name": {"Fn::Sub": f"rds!{name.lower()}-${{AWS::StackName}}"},
                "GenerateSecretString": {
                    "SecretStringTemplate": json.dumps({"username": database["Properties"]["MasterUsername"]}),
                    "GenerateStringKey": "password", "PasswordLength": 28,
                },
            },
        }  # fmt: skip
    text = json.dumps(template | {"Resources": resources})
    for name in made:
        arn = json.dumps({"Fn::GetAtt": [name, "MasterUserSecret.SecretArn"]})
        text = text.replace(arn, json.dumps({"Fn::GetAtt": [f"{name}Secret", "Id"]}))
    return json.loads(text)


def _refers_to(resource, names):
    references = [value for value in walk(resource) if isinstance(value, dict)]
    return any(v.get("Ref") in names or (v.get("Fn::GetAtt") or [None])[0] in names for v in references)


class GitSync:
    """Applies deployment files to the stacks of an emulator, whose templates lose what it does not have."""

    def __init__(self, cloudformation, root=DEPLOYMENTS, *, allows_plain_http=False):
        self.cloudformation = cloudformation
        self.root = Path(root)
        self.left_out = LACKING | (TLS_ONLY if allows_plain_http else set())

    def stack(self, name):
        return self.cloudformation.describe_stacks(StackName=name)["Stacks"][0]

    def resource(self, stack, name):
        """The physical id of a resource."""
        found = self.cloudformation.describe_stack_resource(StackName=stack, LogicalResourceId=name)
        return found["StackResourceDetail"]["PhysicalResourceId"]

    def settled(self, name):
        """The stack, once nothing is in progress."""
        return eventually(
            lambda: (stack := self.stack(name))["StackStatus"].endswith("_IN_PROGRESS") is False and stack,
            within=300, every=0.1, what=f"{name} is settled",
        )  # fmt: skip

    def make_shell(self, name):
        template = {"Resources": {"Shell": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}}
        self.cloudformation.create_stack(StackName=name, TemplateBody=as_body(template))
        return self.settled(name)

    def apply(self, environment, service, **parameters):
        """Updates a stack to its deployment file, with some parameters changed; returns the stack afterwards.

        A change set that fails, such as one without changes, leaves the stack alone: its reason is returned instead.
        """
        content = read_deployment_file(self.root / f"gitops/environments/{environment}/{service}.deployment.yml")
        name = f"shrinkr-{service}-{environment}"
        template = emulated(read_template(self.root / content["template-file-path"]), self.left_out)
        change = self.propose(name, as_body(template), content | {"parameters": content["parameters"] | parameters})
        if change["Status"] == "FAILED":
            return change["StatusReason"]
        self.cloudformation.execute_change_set(ChangeSetName=change["ChangeSetId"], StackName=name)
        return self.settled(name)

    def propose(self, name, template, content):
        """Makes a change set of a template's text and a deployment file's content. One that fails is deleted."""
        change = self.cloudformation.create_change_set(
            StackName=name, ChangeSetName=f"git-sync-{uuid.uuid4().hex}", ChangeSetType="UPDATE", TemplateBody=template,
            Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in content["parameters"].items()],
            Capabilities=CAPABILITIES, Tags=[{"Key": k, "Value": v} for k, v in content["tags"].items()],
        )["Id"]  # fmt: skip
        described = eventually(lambda: self._ready(change, name), within=60, every=0.1, what="the change set is there")
        if described["Status"] == "FAILED":
            self.cloudformation.delete_change_set(ChangeSetName=change, StackName=name)
        return described

    def _ready(self, change, name):
        described = self.cloudformation.describe_change_set(ChangeSetName=change, StackName=name)
        return described if described["Status"] in ("CREATE_COMPLETE", "FAILED") else None
