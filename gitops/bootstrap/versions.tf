# Works with OpenTofu and with Terraform.
terraform {
  required_version = ">= 1.8"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region = var.region
  # Credentials of another environment's account are refused before anything is read or made.
  allowed_account_ids = [var.account_id]

  default_tags {
    tags = {
      application = "shrinkr"
      environment = var.environment
      managed-by  = "gitops/bootstrap"
    }
  }
}
