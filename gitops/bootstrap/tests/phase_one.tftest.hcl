# Phase one: a connection and roles, and not one stack.

mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "111111111111" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_resource "aws_codeconnections_connection" {
    defaults = { arn = "arn:aws:codeconnections:eu-central-1:111111111111:connection/1", connection_status = "PENDING" }
  }
}

variables {
  environment = "devstg"
  account_id  = "111111111111"
  region      = "eu-central-1"
  branch      = "main"
  source_repository = {
    owner    = "octo-org"
    name     = "octo-repo"
    owner_id = "123456"
    id       = "789012"
  }
}

run "makes_no_stack" {
  command = plan

  assert {
    condition     = length(aws_cloudformation_stack.shell) == 0
    error_message = "A stack is made before the connection is approved."
  }
  assert {
    condition     = length(aws_cloudcontrolapi_resource.repository_link) == 0 && length(local.sync_configurations) == 0
    error_message = "A link is made before the connection is approved: it would fail."
  }
  assert {
    condition     = aws_codeconnections_connection.github.provider_type == "GitHub"
    error_message = "There is no connection to approve."
  }
  assert {
    condition     = length(aws_iam_service_linked_role.this) == 4
    error_message = "ECS, load balancing, scaling and RDS need their roles."
  }
}

run "trusts_one_branch_in_both_forms_of_subject" {
  command = plan

  assert {
    condition = jsondecode(aws_iam_role.images[0].assume_role_policy).Statement[0].Condition.StringEquals == {
      "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
      "token.actions.githubusercontent.com:sub" = [
        "repo:octo-org/octo-repo:ref:refs/heads/main",
        "repo:octo-org@123456/octo-repo@789012:ref:refs/heads/main",
      ]
    }
    error_message = "Images are pushed by others than the main branch, or not by it."
  }
  assert {
    condition = jsondecode(aws_iam_role.images[0].assume_role_policy).Statement[0].Principal == {
      Federated = "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com"
    }
    error_message = "Another identity provider than GitHub's is trusted."
  }
}

run "lets_verify_run_on_the_branch_of_its_environment_too" {
  command = plan

  variables {
    environment = "prod"
    account_id  = "111111111111"
    branch      = "production"
  }

  assert {
    condition = toset(
      jsondecode(local.trust_of_roles.verify).Statement[0].Condition.StringEquals["${local.github_identity}:sub"]
      ) == toset([
        "repo:octo-org/octo-repo:ref:refs/heads/main",
        "repo:octo-org/octo-repo:ref:refs/heads/production",
        "repo:octo-org@123456/octo-repo@789012:ref:refs/heads/main",
        "repo:octo-org@123456/octo-repo@789012:ref:refs/heads/production",
    ])
    error_message = "Verification runs on the main branch and on that of the environment, and nowhere else."
  }
}

run "lets_pull_requests_preview_and_nothing_else" {
  command = plan

  assert {
    condition = jsondecode(aws_iam_role.preview.assume_role_policy).Statement[0].Condition.StringEquals == {
      "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
      "token.actions.githubusercontent.com:sub" = [
        "repo:octo-org/octo-repo:pull_request",
        "repo:octo-org@123456/octo-repo@789012:pull_request",
      ]
    }
    error_message = "Others than this repository's pull requests see what merging would do, or not they."
  }
  assert {
    condition = [
      for role, trust in local.trust_of_roles : role if strcontains(trust, "pull_request")
    ] == ["preview"]
    error_message = "Pull requests get another role than the one that is harmless."
  }
}

run "pushes_no_image_where_another_account_has_them" {
  command = plan

  variables {
    environment         = "prod"
    branch              = "production"
    registry_account_id = "222222222222"
  }

  assert {
    condition     = length(aws_iam_role.images) == 0
    error_message = "Images are pushed to an account that only runs them."
  }
  assert {
    condition     = strcontains(aws_iam_role_policy.verify.policy, ":222222222222:repository/shrinkr/*")
    error_message = "Verification cannot look at the images."
  }
  assert {
    condition     = !contains(keys(output.github_variables), "AWS_IMAGES_ROLE_ARN")
    error_message = "A role is promised that is not there."
  }
}

run "leaves_alone_what_the_account_has" {
  command = plan

  variables {
    create_identity_provider = false
    service_linked_roles     = ["ecs.application-autoscaling.amazonaws.com"]
  }

  assert {
    condition     = length(aws_iam_openid_connect_provider.github) == 0 && length(aws_iam_service_linked_role.this) == 1
    error_message = "Something is made a second time."
  }
}

run "refuses_an_environment_that_names_cannot_carry" {
  command = plan

  variables {
    environment = "Dev-Stage"
  }

  expect_failures = [var.environment]
}

run "refuses_a_repository_without_numbers" {
  command = plan

  variables {
    source_repository = { owner = "octo-org", name = "octo-repo", owner_id = "octo-org", id = "789012" }
  }

  expect_failures = [var.source_repository]
}
