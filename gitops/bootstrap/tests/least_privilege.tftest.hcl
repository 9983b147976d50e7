# Nobody may do more than they need, and nobody can give themselves more.

mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "111111111111" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
}

variables {
  environment         = "devstg"
  account_id          = "111111111111"
  region              = "eu-central-1"
  branch              = "main"
  connection_approved = true
  source_repository   = { owner = "octo-org", name = "octo-repo", owner_id = "123456", id = "789012" }
}

run "policies_fit" {
  command = plan

  assert {
    condition = alltrue([
      for policy in concat(values(aws_iam_policy.execution), [aws_iam_policy.boundary]) : length(policy.policy) <= 6144
    ])
    error_message = "A managed policy has at most 6,144 characters."
  }
}

run "no_action_is_everything" {
  command = plan

  assert {
    condition = alltrue([
      for statement in flatten(values(local.execution_policies)) : alltrue([
        for action in flatten([statement.Action]) : !can(regex("^[^:]*:?\\*$", action))
      ])
    ])
    error_message = "The execution role may do everything in some service."
  }
}

run "every_resource_has_wildcards_only_for_looking_and_networks" {
  command = plan

  assert {
    condition = toset([
      for statement in flatten(values(local.execution_policies)) : statement.Sid
      if contains(flatten([statement.Resource]), "*")
      ]) == toset([
      "LookAtDatabases", "LookAtTheNetwork", "Network", "NamesOfEndpoints", "MakeSecretValues", "LookAtLogsAndAlarms",
      "TaskDefinitions", "LookAtScaling",
    ])
    error_message = "A statement reaches more resources than Shrinkr's, and nobody has said why."
  }
}

run "no_role_escapes_the_boundary" {
  command = plan

  assert {
    condition = alltrue([
      for statement in local.service_statements :
      try(statement.Condition.StringEquals["iam:PermissionsBoundary"] == local.boundary_arn, false)
      if length(setintersection(flatten([statement.Action]), [
        "iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:PutRolePermissionsBoundary",
      ])) > 0
    ])
    error_message = "The execution role could make a role that may do anything."
  }
  assert {
    condition = length(setintersection(
      flatten([for statement in flatten(values(local.execution_policies)) : statement.Action]),
      ["iam:DeleteRolePermissionsBoundary", "iam:CreatePolicyVersion", "iam:CreatePolicy", "iam:CreateUser"],
    )) == 0
    error_message = "The execution role could take the boundary away."
  }
  assert {
    condition = [
      for statement in jsondecode(aws_iam_policy.boundary.policy).Statement :
      [statement.Action, statement.Condition.StringEquals["iam:PassedToService"]]
      if length(regexall("\"(iam|sts):", jsonencode(statement.Action))) > 0
    ] == [["iam:PassRole", "ecs-tasks.amazonaws.com"]]
    error_message = "A role within the boundary could make or become others."
  }
}

run "roles_go_to_services_only" {
  command = plan

  assert {
    condition = [
      for statement in flatten(values(local.execution_policies)) :
      [statement.Resource, statement.Condition.StringEquals["iam:PassedToService"]]
      if statement.Action == "iam:PassRole"
      ] == [[
        ["arn:aws:iam::111111111111:role/shrinkr-api-*", "arn:aws:iam::111111111111:role/shrinkr-infra-*"],
        ["ecs-tasks.amazonaws.com", "ecs.amazonaws.com", "lambda.amazonaws.com"],
    ]]
    error_message = "Roles can be handed to others than tasks, functions and ECS."
  }
}

run "verification_only_reads" {
  command = plan

  assert {
    condition = alltrue(flatten([
      for statement in jsondecode(aws_iam_role_policy.verify.policy).Statement :
      [for action in flatten([statement.Action]) : can(regex(":(Describe|List|Get|BatchGetImage)", action))]
    ]))
    error_message = "Verification changes something."
  }
}

run "pull_requests_can_apply_nothing" {
  command = plan

  assert {
    condition = toset(flatten([
      for statement in jsondecode(aws_iam_role_policy.preview.policy).Statement : statement.Action
      ])) == toset([
      "cloudformation:CreateChangeSet", "cloudformation:DeleteChangeSet", "cloudformation:DescribeChangeSet",
      "cloudformation:DescribeStacks", "ssm:GetParameters",
    ])
    error_message = "A pull request can do more than make, see and delete change sets."
  }
  assert {
    condition = toset(flatten([
      for statement in jsondecode(aws_iam_role_policy.preview.policy).Statement : statement.Resource
    ])) == toset(concat(local.stack_arns, local.parameter_arns))
    error_message = "A pull request reaches more than our stacks and what they read."
  }
  assert {
    condition = alltrue([
      for statement in jsondecode(aws_iam_role_policy.preview.policy).Statement :
      statement.Condition.StringLike["cloudformation:ChangeSetName"] == "preview-*"
      if strcontains(jsonencode(statement.Action), "ChangeSet")
    ])
    error_message = "A pull request can touch the change sets of Git sync."
  }
  assert {
    condition = [
      for statement in jsondecode(aws_iam_role_policy.preview.policy).Statement : statement.Condition.Null
      if statement.Sid == "MakeChangeSets"
    ] == [{ "cloudformation:RoleArn" = "true", "cloudformation:TemplateUrl" = "true" }]
    error_message = "A pull request can hand CloudFormation a role, or a template that nobody sees."
  }
}

run "pushing_images_deletes_none" {
  command = plan

  assert {
    condition     = !can(regex("ecr:(\\*|BatchDelete|Delete|Set|PutLifecycle|PutImageTag)", local.push_policy))
    error_message = "Who pushes images can delete them, or move a tag."
  }
}
