output "connection" {
  description = "The connection to GitHub, and how it is. Approve it at Developer Tools > Settings > Connections."
  value = {
    arn    = aws_codeconnections_connection.github.arn
    status = aws_codeconnections_connection.github.connection_status
  }
}

output "github_variables" {
  description = "Repository variables for the workflows."
  value = merge(
    {
      "AWS_PREVIEW_ROLE_ARN_${upper(var.environment)}" = aws_iam_role.preview.arn
      "AWS_VERIFY_ROLE_ARN_${upper(var.environment)}"  = aws_iam_role.verify.arn
    },
    local.owns_registry ? {
      AWS_IMAGES_ROLE_ARN = aws_iam_role.images[0].arn
      AWS_REGION          = var.region
    } : {},
  )
}

output "pull_request_comments" {
  description = "Commands that make Git sync comment each pull request with what it would change; no resource type can."
  value = [
    for stack in keys(local.sync_configurations) :
    join(" ", [
      "aws codeconnections update-sync-configuration --region ${var.region} --sync-type CFN_STACK_SYNC",
      "--resource-name shrinkr-${stack}-${var.environment} --pull-request-comment ENABLED",
    ])
  ]
}
