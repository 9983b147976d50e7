# What workflows on GitHub may do here. They prove who they are with a token of GitHub's and get credentials for an
# hour: there are no keys to keep or to lose.

resource "aws_iam_openid_connect_provider" "github" {
  count = var.create_identity_provider ? 1 : 0

  url            = "https://${local.github_identity}"
  client_id_list = ["sts.amazonaws.com"]

  # Other workflows of the account may rely on it.
  lifecycle {
    prevent_destroy = true
  }
}

locals {
  github_identity = "token.actions.githubusercontent.com"

  # How a token calls a repository: with names, and, if it was made since July 2026, with its numbers, too.
  repository_forms = {
    for name, it in { source = var.source_repository, gitops = local.gitops_repository } : name => concat(
      ["repo:${it.owner}/${it.name}"], it.id == "" ? [] : ["repo:${it.owner}@${it.owner_id}/${it.name}@${it.id}"]
    )
  }

  # Where a workflow gets each role: on branches, and one for pull requests, which may do the least. No wildcard: no other
  # branch gets in. GitHub gives pull requests of forks no token at all.
  places_of_roles = {
    images  = { repository = "source", places = ["ref:refs/heads/main"] }
    verify  = { repository = "source", places = [for b in distinct(["main", var.branch]) : "ref:refs/heads/${b}"] }
    preview = { repository = "gitops", places = ["pull_request"] }
  }

  trust_of_roles = {
    for role, trusted in local.places_of_roles : role => jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Principal = { Federated = "${local.iam_arn}:oidc-provider/${local.github_identity}" }
        Action    = "sts:AssumeRoleWithWebIdentity"
        Condition = {
          StringEquals = {
            "${local.github_identity}:aud" = "sts.amazonaws.com"
            "${local.github_identity}:sub" = [
              for pair in setproduct(local.repository_forms[trusted.repository], trusted.places) : join(":", pair)
            ]
          }
        }
      }]
    })
  }
}

# Pushes images; only where the registry is.
resource "aws_iam_role" "images" {
  count = local.owns_registry ? 1 : 0

  name               = "shrinkr-images"
  description        = "GitHub workflows on the main branch push images"
  assume_role_policy = local.trust_of_roles.images

  depends_on = [aws_iam_openid_connect_provider.github]
}

resource "aws_iam_role_policy" "images" {
  count = local.owns_registry ? 1 : 0

  name   = "push-images"
  role   = aws_iam_role.images[0].name
  policy = local.push_policy
}

locals {
  push_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        # This action knows no resources.
        Sid      = "LogIn"
        Effect   = "Allow"
        Action   = "ecr:GetAuthorizationToken"
        Resource = "*"
      },
      {
        # Reading is for layers that are there already, and for asking whether an image is. Nothing may be deleted.
        Sid    = "Push"
        Effect = "Allow"
        Action = [
          "ecr:BatchCheckLayerAvailability",
          "ecr:BatchGetImage",
          "ecr:CompleteLayerUpload",
          "ecr:DescribeImages",
          "ecr:GetDownloadUrlForLayer",
          "ecr:InitiateLayerUpload",
          "ecr:PutImage",
          "ecr:UploadLayerPart",
        ]
        Resource = local.image_arns
      },
    ]
  })
}

# Compares what runs with what Git says; changes nothing and reads no secret.
resource "aws_iam_role" "verify" {
  name               = "shrinkr-verify"
  description        = "GitHub workflows compare what runs with what Git says"
  assume_role_policy = local.trust_of_roles.verify

  depends_on = [aws_iam_openid_connect_provider.github]
}

resource "aws_iam_role_policy" "verify" {
  name = "read-deployments"
  role = aws_iam_role.verify.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Stacks"
        Effect   = "Allow"
        Action   = ["cloudformation:DescribeStack*", "cloudformation:GetTemplate", "cloudformation:ListStackResources"]
        Resource = local.stack_arns
      },
      {
        Sid    = "Services"
        Effect = "Allow"
        Action = [
          "ecs:DescribeServiceDeployments",
          "ecs:DescribeServiceRevisions",
          "ecs:DescribeServices",
          "ecs:DescribeTasks",
          "ecs:ListServiceDeployments",
        ]
        Resource = [
          "${local.arn.ecs}:service/shrinkr-*",
          "${local.arn.ecs}:service-deployment/shrinkr-*",
          "${local.arn.ecs}:service-revision/shrinkr-*",
          "${local.arn.ecs}:task/shrinkr-*",
        ]
      },
      {
        # These know no resources, or only container instances, which Fargate does not have.
        Sid      = "TasksAndTheirDefinitions"
        Effect   = "Allow"
        Action   = ["ecs:DescribeTaskDefinition", "ecs:ListTasks"]
        Resource = "*"
      },
      {
        Sid      = "Images"
        Effect   = "Allow"
        Action   = ["ecr:BatchGetImage", "ecr:DescribeImages"]
        Resource = local.image_arns
      },
      {
        # Names of what infra has made, by which the services find it. Secrets are in Secrets Manager.
        Sid      = "Parameters"
        Effect   = "Allow"
        Action   = ["ssm:GetParameters"]
        Resource = local.parameter_arns
      },
      {
        # What Git sync did last; the identifiers of links and blockers are not known beforehand.
        Sid    = "GitSync"
        Effect = "Allow"
        Action = [
          "codeconnections:GetRepositorySyncStatus",
          "codeconnections:GetResourceSyncStatus",
          "codeconnections:GetSyncBlockerSummary",
          "codeconnections:ListRepositoryLinks",
          "codeconnections:ListSyncConfigurations",
        ]
        Resource = "*"
      },
    ]
  })
}
