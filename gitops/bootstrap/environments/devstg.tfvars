# This account builds images, and is the first to run them. Put your own values in.
environment = "devstg"
account_id  = "123456789012"
region      = "eu-central-1"
branch      = "main"

source_repository = {
  owner    = "your-organisation"
  name     = "shrinkr"
  owner_id = "1"
  id       = "2"
}
