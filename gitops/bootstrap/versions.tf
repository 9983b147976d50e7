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

  default_tags {
    tags = {
      application = "shrinkr"
      environment = var.environment
      managed-by  = "gitops/bootstrap"
    }
  }
}
