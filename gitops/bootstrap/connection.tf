# The way from GitHub to AWS. It is PENDING until a person approves it in the console, which no API can do.
resource "aws_codeconnections_connection" "github" {
  name          = "shrinkr"
  provider_type = "GitHub"
}
