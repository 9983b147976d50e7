data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

# Names and what follows from them: so every policy is known before anything is made.
locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition

  # How names of this account's resources begin, by service.
  arn = {
    for service in [
      "application-autoscaling", "cloudformation", "cloudwatch", "ecr", "ecs", "elasticloadbalancing", "events", "kms",
      "lambda", "logs", "rds", "secretsmanager", "sns", "sqs", "ssm",
    ] : service => "arn:${local.partition}:${service}:${var.region}:${local.account_id}"
  }
  iam_arn = "arn:${local.partition}:iam::${local.account_id}"

  owns_registry       = var.registry_account_id == "" || var.registry_account_id == local.account_id
  registry_account_id = local.owns_registry ? local.account_id : var.registry_account_id
  image_arns          = "arn:${local.partition}:ecr:${var.region}:${local.registry_account_id}:repository/shrinkr/*"

  gitops_repository = coalesce(var.gitops_repository, var.source_repository)

  boundary_arn       = "${local.iam_arn}:policy/shrinkr-boundary"
  execution_role_arn = "${local.iam_arn}:role/shrinkr-execution"

  # Stacks are called shrinkr-<stack>-<environment>. Names that CloudFormation makes up begin with the stack's; those of
  # secrets begin with the name in the template instead.
  stack_arns     = [for stack in var.stacks : "${local.arn.cloudformation}:stack/shrinkr-${stack}-${var.environment}/*"]
  made_role_arns = [for stack in ["api", "infra"] : "${local.iam_arn}:role/shrinkr-${stack}-*"]
  queue_arns     = "${local.arn.sqs}:shrinkr-infra-*"
  bucket_arns    = "arn:${local.partition}:s3:::shrinkr-infra-*"
  log_group_arns = "${local.arn.logs}:log-group:/shrinkr/*"
  parameter_arns = [for space in ["platform", "shrinkr"] : "${local.arn.ssm}:parameter/${space}/*"]
  secret_arns = [
    for start in ["ApiKeySecret", "shrinkr-infra"] :
    "${local.arn.secretsmanager}:secret:${start}-*"
  ]
  # RDS makes up these names: they are all of the account's databases.
  database_secret_arns = "${local.arn.secretsmanager}:secret:rds!*"
  function_arns        = [for stack in ["api", "infra"] : "${local.arn.lambda}:function:shrinkr-${stack}-*"]
}
