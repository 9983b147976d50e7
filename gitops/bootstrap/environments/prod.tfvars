# This account runs what devstg has tried: images come from there. Put your own values in.
environment         = "prod"
account_id          = "210987654321"
region              = "eu-central-1"
branch              = "production"
registry_account_id = "123456789012"

source_repository = {
  owner    = "your-organisation"
  name     = "shrinkr"
  owner_id = "1"
  id       = "2"
}
