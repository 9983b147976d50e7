"""The role of the verifier, with its policy enforced: it changes nothing, reads no secret, and sees only our stacks.

That it sees all that it compares is in the rehearsal.
"""

from support.ministack import assert_denied
from support.team import revision

STACK = "shrinkr-api-devstg"


def clients(account, *names):
    return [account.aws.client(name, account.credentials()) for name in names]


def test_it_changes_nothing(devstg):
    cloudformation, ecs, ecr = clients(devstg, "cloudformation", "ecs", "ecr")
    assert cloudformation.describe_stacks(StackName=STACK)["Stacks"]
    assert_denied(cloudformation.delete_stack, StackName=STACK)
    assert_denied(cloudformation.update_stack, StackName=STACK, UsePreviousTemplate=True)
    assert_denied(cloudformation.create_change_set, StackName=STACK, ChangeSetName="x", UsePreviousTemplate=True)
    assert ecs.describe_services(cluster="shrinkr-devstg", services=[STACK])["services"]
    assert_denied(ecs.update_service, cluster="shrinkr-devstg", service=STACK, desiredCount=0)
    assert_denied(ecs.stop_task, cluster="shrinkr-devstg", task="any")
    tag = f"sha-{revision('a')}"
    assert ecr.describe_images(repositoryName="shrinkr/api", imageIds=[{"imageTag": tag}])["imageDetails"]
    assert_denied(ecr.put_image, repositoryName="shrinkr/api", imageManifest="{}", imageTag="x")
    assert_denied(ecr.batch_delete_image, repositoryName="shrinkr/api", imageIds=[{"imageTag": tag}])


def test_it_reads_no_secret_and_no_click(devstg):
    secrets, ssm, sqs, s3 = clients(devstg, "secretsmanager", "ssm", "sqs", "s3")
    assert_denied(secrets.get_secret_value, SecretId=devstg.of_infra("DatabaseInstanceSecret"))
    assert_denied(ssm.get_parameter, Name="/shrinkr/database-secret-arn")
    assert_denied(sqs.receive_message, QueueUrl=devstg.of_infra("ClickQueue"))
    assert_denied(s3.list_objects_v2, Bucket=devstg.of_infra("ReportsBucket"))


def test_it_sees_only_our_stacks_and_images(devstg):
    devstg.stacks.make_shell("shrinkr-api-elsewhere")
    devstg.aws.client("ecr").create_repository(repositoryName="other/api")
    cloudformation, ecr = clients(devstg, "cloudformation", "ecr")
    assert_denied(cloudformation.describe_stacks, StackName="shrinkr-api-elsewhere")
    assert_denied(cloudformation.get_template, StackName="shrinkr-api-elsewhere")
    assert_denied(ecr.describe_images, repositoryName="other/api")
