# What Git sync itself may do: make and execute change sets of our stacks. What these change, they change with the
# execution role, which Git sync hands to CloudFormation and never holds.
resource "aws_iam_role" "sync" {
  name        = "shrinkr-sync"
  description = "Git sync makes and executes change sets of Shrinkr's stacks"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "cloudformation.sync.codeconnections.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })

  # Without it the stacks could not be followed any more.
  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_iam_role_policy" "sync" {
  name = "sync-stacks"
  role = aws_iam_role.sync.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "Stacks"
        Effect = "Allow"
        Action = [
          "cloudformation:CreateChangeSet",
          "cloudformation:DeleteChangeSet",
          "cloudformation:DescribeChangeSet",
          "cloudformation:DescribeStackEvents",
          "cloudformation:DescribeStacks",
          "cloudformation:ExecuteChangeSet",
          "cloudformation:GetTemplate",
          "cloudformation:ListChangeSets",
        ]
        Resource = local.stack_arns
      },
      {
        # These know no resources.
        Sid      = "AllStacks"
        Effect   = "Allow"
        Action   = ["cloudformation:ListStacks", "cloudformation:ValidateTemplate"]
        Resource = "*"
      },
      {
        # Parameters of the services are names in Parameter Store; a change set holds their values.
        Sid      = "ResolveParameters"
        Effect   = "Allow"
        Action   = "ssm:GetParameters"
        Resource = local.parameter_arns
      },
      {
        # Git sync watches stacks with a rule that it makes itself; it may touch no other.
        Sid       = "OwnRules"
        Effect    = "Allow"
        Action    = ["events:PutRule", "events:PutTargets"]
        Resource  = "${local.arn.events}:rule/*"
        Condition = { StringEquals = { "events:ManagedBy" = "cloudformation.sync.codeconnections.amazonaws.com" } }
      },
      {
        Sid      = "LookAtRules"
        Effect   = "Allow"
        Action   = "events:DescribeRule"
        Resource = "${local.arn.events}:rule/*"
      },
      {
        # The service was renamed; both names are still asked for.
        Sid      = "ReadTheRepository"
        Effect   = "Allow"
        Action   = ["codeconnections:UseConnection", "codestar-connections:UseConnection"]
        Resource = aws_codeconnections_connection.github.arn
      },
      {
        Sid       = "HandOverTheExecutionRole"
        Effect    = "Allow"
        Action    = "iam:PassRole"
        Resource  = local.execution_role_arn
        Condition = { StringEquals = { "iam:PassedToService" = "cloudformation.amazonaws.com" } }
      },
    ]
  })
}
