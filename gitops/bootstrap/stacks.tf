# Phase two: the stacks, and what makes them follow Git.

locals {
  linked_stacks = var.connection_approved ? var.stacks : toset([])

  # FILE_CHANGE: only a change of its deployment file or template updates a stack, not every push to the repository.
  sync_configurations = {
    for stack in var.connection_approved ? var.synced_stacks : toset([]) : stack => {
      Branch                  = var.branch
      ConfigFile              = "gitops/environments/${var.environment}/${stack}.deployment.yml"
      PublishDeploymentStatus = "ENABLED"
      ResourceName            = "shrinkr-${stack}-${var.environment}"
      SyncType                = "CFN_STACK_SYNC"
      TriggerResourceUpdateOn = "FILE_CHANGE"
    }
  }
}

# Each stack begins as a shell, as Git sync follows only stacks that were made successfully: if the first real template
# failed to make one, it could not be mended. From then on it is Git's; nothing here looks at it again.
resource "aws_cloudformation_stack" "shell" {
  for_each = local.linked_stacks

  name         = "shrinkr-${each.value}-${var.environment}"
  iam_role_arn = aws_iam_role.execution.arn
  template_body = jsonencode({
    AWSTemplateFormatVersion = "2010-09-09"
    Description              = "An empty shell, which Git sync fills"
    Resources                = { Shell = { Type = "AWS::CloudFormation::WaitConditionHandle" } }
  })

  depends_on = [aws_iam_role_policy_attachment.execution]

  lifecycle {
    ignore_changes = all
    # Running phase one again, by a forgotten variable, would delete everything that runs.
    prevent_destroy = true
  }
}

resource "aws_cloudcontrolapi_resource" "repository_link" {
  count = var.connection_approved ? 1 : 0

  type_name = "AWS::CodeStarConnections::RepositoryLink"
  desired_state = jsonencode({
    ConnectionArn  = aws_codeconnections_connection.github.arn
    OwnerId        = local.gitops_repository.owner
    RepositoryName = local.gitops_repository.name
  })

  lifecycle {
    precondition {
      condition     = length(setsubtract(var.synced_stacks, var.stacks)) == 0
      error_message = "synced_stacks names a stack that is not among stacks."
    }
  }
}

resource "aws_cloudcontrolapi_resource" "sync" {
  for_each = local.sync_configurations

  type_name = "AWS::CodeStarConnections::SyncConfiguration"
  desired_state = jsonencode(merge(each.value, {
    RepositoryLinkId = jsondecode(aws_cloudcontrolapi_resource.repository_link[0].properties).RepositoryLinkId
    RoleArn          = aws_iam_role.sync.arn
  }))

  # In this order they are also taken down: a stack that is still followed would be made again by the next push.
  depends_on = [aws_cloudformation_stack.shell, aws_iam_role_policy.sync]
}
