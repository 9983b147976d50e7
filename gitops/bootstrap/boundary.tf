# The most that any role may do which a stack makes, whatever its own policies say. The execution role can make no role
# without this boundary: so who can merge a template still cannot give away the account. A template that needs more has
# to be allowed more here first, by somebody who may run the bootstrap.
resource "aws_iam_policy" "boundary" {
  name        = "shrinkr-boundary"
  description = "The most that roles of Shrinkr's stacks may do"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "Clicks"
        Effect = "Allow"
        Action = [
          "sqs:ChangeMessageVisibility",
          "sqs:DeleteMessage",
          "sqs:GetQueueAttributes",
          "sqs:ReceiveMessage",
          "sqs:SendMessage",
        ]
        Resource = local.queue_arns
      },
      {
        Sid      = "Reports"
        Effect   = "Allow"
        Action   = "s3:PutObject"
        Resource = "${local.bucket_arns}/reports/*"
      },
      {
        Sid      = "Logs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = local.log_group_arns
      },
      {
        Sid      = "Secrets"
        Effect   = "Allow"
        Action   = "secretsmanager:GetSecretValue"
        Resource = concat(local.secret_arns, [local.database_secret_arns])
      },
      {
        Sid      = "LogInToTheRegistry"
        Effect   = "Allow"
        Action   = "ecr:GetAuthorizationToken"
        Resource = "*"
      },
      {
        Sid      = "PullImages"
        Effect   = "Allow"
        Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        Resource = local.image_arns
      },
      {
        # Of what migrates: it runs tasks of our own definitions, and has no other role to give them than the execution
        # role has to make.
        Sid       = "RunTasks"
        Effect    = "Allow"
        Action    = "ecs:RunTask"
        Resource  = "${local.arn.ecs}:task-definition/shrinkr-*"
        Condition = { ArnLike = { "ecs:cluster" = "${local.arn.ecs}:cluster/shrinkr-*" } }
      },
      {
        Sid      = "WatchTasks"
        Effect   = "Allow"
        Action   = ["ecs:DescribeTasks", "ecs:StopTask"]
        Resource = "${local.arn.ecs}:task/shrinkr-*"
      },
      {
        Sid       = "HandRolesToTasks"
        Effect    = "Allow"
        Action    = "iam:PassRole"
        Resource  = local.made_role_arns
        Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
      },
      {
        Sid      = "LookAtStacks"
        Effect   = "Allow"
        Action   = "cloudformation:DescribeStacks"
        Resource = local.stack_arns
      },
      {
        # Of ECS, where it shifts traffic. These know no resources.
        Sid    = "LookAtTraffic"
        Effect = "Allow"
        Action = [
          "elasticloadbalancing:DescribeListeners",
          "elasticloadbalancing:DescribeRules",
          "elasticloadbalancing:DescribeTargetGroups",
          "elasticloadbalancing:DescribeTargetHealth",
        ]
        Resource = "*"
      },
      {
        Sid    = "ShiftTraffic"
        Effect = "Allow"
        Action = [
          "elasticloadbalancing:DeregisterTargets",
          "elasticloadbalancing:ModifyListener",
          "elasticloadbalancing:ModifyRule",
          "elasticloadbalancing:RegisterTargets",
        ]
        Resource = [
          "${local.arn.elasticloadbalancing}:listener-rule/app/shrinkr-*",
          "${local.arn.elasticloadbalancing}:listener/app/shrinkr-*",
          "${local.arn.elasticloadbalancing}:targetgroup/shrinkr-*",
        ]
      },
      {
        Sid      = "AskHooks"
        Effect   = "Allow"
        Action   = "lambda:InvokeFunction"
        Resource = local.function_arns
      },
    ]
  })

  lifecycle {
    prevent_destroy = true
  }
}
