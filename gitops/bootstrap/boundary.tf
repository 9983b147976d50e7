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
        Resource = local.secret_arns
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
    ]
  })

  lifecycle {
    prevent_destroy = true
  }
}
