# ECS, load balancing, scaling and RDS work through roles of their own, which must be there before the first stack. They are
# the account's, not Shrinkr's: nothing here may delete one.
resource "aws_iam_service_linked_role" "this" {
  for_each = var.service_linked_roles

  aws_service_name = each.value

  lifecycle {
    prevent_destroy = true
  }
}
