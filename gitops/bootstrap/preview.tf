# What a pull request may ask: what merging it would do. Whoever may push a branch can change the workflow that runs for
# it, so this role is harmless in anybody's hands. It makes change sets of our stacks with names of their own, and can
# execute none; it cannot hand a role to them, and a macro, which would run code, is no stack of ours. It reads the names
# that the services read from Parameter Store, and no secret.
resource "aws_iam_role" "preview" {
  name               = "shrinkr-preview"
  description        = "GitHub pull requests see what merging them would do"
  assume_role_policy = local.trust_of_roles.preview

  depends_on = [aws_iam_openid_connect_provider.github]
}

resource "aws_iam_role_policy" "preview" {
  name = "make-change-sets"
  role = aws_iam_role.preview.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Stacks"
        Effect   = "Allow"
        Action   = "cloudformation:DescribeStacks"
        Resource = local.stack_arns
      },
      {
        # The template is in the request: a URL could be of anything.
        Sid      = "MakeChangeSets"
        Effect   = "Allow"
        Action   = "cloudformation:CreateChangeSet"
        Resource = local.stack_arns
        Condition = {
          StringLike = { "cloudformation:ChangeSetName" = "preview-*" }
          Null       = { "cloudformation:RoleArn" = "true", "cloudformation:TemplateUrl" = "true" }
        }
      },
      {
        # Those of Git sync are none of its business.
        Sid       = "OwnChangeSets"
        Effect    = "Allow"
        Action    = ["cloudformation:DeleteChangeSet", "cloudformation:DescribeChangeSet"]
        Resource  = local.stack_arns
        Condition = { StringLike = { "cloudformation:ChangeSetName" = "preview-*" } }
      },
      {
        # Parameters of the services are names in Parameter Store; a change set holds their values.
        Sid      = "Parameters"
        Effect   = "Allow"
        Action   = "ssm:GetParameters"
        Resource = local.parameter_arns
      },
    ]
  })
}
