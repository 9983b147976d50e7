# Phase two: shells of the stacks, and what makes them follow Git.

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
  source_repository = {
    owner    = "octo-org"
    name     = "octo-repo"
    owner_id = "123456"
    id       = "789012"
  }
}

run "makes_shells_that_git_sync_can_fill" {
  command = plan

  assert {
    condition = toset([for stack in aws_cloudformation_stack.shell : stack.name]) == toset([
      "shrinkr-infra-devstg", "shrinkr-api-devstg", "shrinkr-worker-devstg",
    ])
    error_message = "Other stacks are made."
  }
  assert {
    condition = alltrue([
      for stack in aws_cloudformation_stack.shell :
      jsondecode(stack.template_body).Resources == { Shell = { Type = "AWS::CloudFormation::WaitConditionHandle" } }
    ])
    error_message = "A shell holds more than a resource that does nothing."
  }
}

run "follows_one_file_per_stack" {
  command = plan

  assert {
    condition = local.sync_configurations == {
      for name in ["api", "infra", "worker"] : name => {
        Branch                  = "main"
        ConfigFile              = "gitops/environments/devstg/${name}.deployment.yml"
        PublishDeploymentStatus = "ENABLED"
        ResourceName            = "shrinkr-${name}-devstg"
        SyncType                = "CFN_STACK_SYNC"
        TriggerResourceUpdateOn = "FILE_CHANGE"
      }
    }
    error_message = "Git sync is configured otherwise."
  }
  assert {
    condition     = keys(aws_cloudcontrolapi_resource.sync) == ["api", "infra", "worker"]
    error_message = "A stack is not followed."
  }
  assert {
    condition     = length(aws_cloudcontrolapi_resource.repository_link) == 1
    error_message = "The repository is not linked."
  }
}

run "begins_with_infra_alone" {
  command = plan

  variables {
    synced_stacks = ["infra"]
  }

  assert {
    condition     = keys(aws_cloudcontrolapi_resource.sync) == ["infra"]
    error_message = "Services are followed before there is what they need."
  }
  assert {
    condition     = length(aws_cloudformation_stack.shell) == 3
    error_message = "A shell is missing."
  }
}

run "follows_the_branch_and_repository_of_the_deployment_files" {
  command = plan

  variables {
    environment       = "prod"
    branch            = "production"
    gitops_repository = { owner = "octo-org", name = "octo-deployments" }
  }

  assert {
    condition     = [local.gitops_repository.owner, local.gitops_repository.name] == ["octo-org", "octo-deployments"]
    error_message = "The deployment files are looked for in the source repository."
  }
  assert {
    condition     = strcontains(aws_iam_role.images[0].assume_role_policy, "octo-org/octo-repo:ref:refs/heads/main")
    error_message = "Images are built in another repository than the source's."
  }
  assert {
    condition = [
      for role in ["verify", "preview"] :
      jsondecode(local.trust_of_roles[role]).Statement[0].Condition.StringEquals["${local.github_identity}:sub"]
      ] == [
      [
        "repo:octo-org/octo-repo:ref:refs/heads/main",
        "repo:octo-org/octo-repo:ref:refs/heads/production",
        "repo:octo-org@123456/octo-repo@789012:ref:refs/heads/main",
        "repo:octo-org@123456/octo-repo@789012:ref:refs/heads/production",
      ],
      ["repo:octo-org/octo-deployments:pull_request"],
    ]
    error_message = "Pull requests are those of the deployment files' repository; verification is the source's."
  }
}

run "knows_the_numbers_of_a_new_repository_of_deployment_files" {
  command = plan

  variables {
    gitops_repository = { owner = "octo-org", name = "octo-deployments", owner_id = "123456", id = "345678" }
  }

  assert {
    condition = strcontains(
      aws_iam_role.preview.assume_role_policy, "repo:octo-org@123456/octo-deployments@345678:pull_request"
    )
    error_message = "Tokens of repositories made since July 2026 carry numbers."
  }
}

run "refuses_a_stack_that_is_not_there" {
  command = plan

  variables {
    synced_stacks = ["infra", "database"]
  }

  expect_failures = [aws_cloudcontrolapi_resource.repository_link]
}
