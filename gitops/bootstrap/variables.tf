variable "environment" {
  description = "Name of the environment. Each has an AWS account and a state of this configuration of its own."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,11}$", var.environment))
    error_message = "The environment's name has 2 to 12 lower-case letters and digits, beginning with a letter."
  }
}

variable "account_id" {
  description = "The environment's AWS account. With credentials for another one nothing is done."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id is 12 digits, in quotes."
  }
}

variable "region" {
  description = "AWS region of everything; Git sync is not in all of them."
  type        = string
}

variable "connection_approved" {
  description = "False in phase one. True once a person has approved the connection to GitHub: then stacks are made."
  type        = bool
  default     = false
}

variable "source_repository" {
  description = <<-EOT
    The repository whose workflows build images and verify deployments. The numbers are those that
    `gh api repos/OWNER/NAME --jq '.owner.id, .id'` prints; tokens of repositories made since July 2026 carry them.
  EOT
  type = object({
    owner    = string
    name     = string
    owner_id = string
    id       = string
  })

  validation {
    condition = alltrue([
      for number in [var.source_repository.owner_id, var.source_repository.id] : can(regex("^[0-9]+$", number))
    ])
    error_message = "owner_id and id are numbers, as `gh api repos/OWNER/NAME --jq '.owner.id, .id'` prints them."
  }
}

variable "gitops_repository" {
  description = <<-EOT
    The repository that holds gitops/, if that is not the source repository. The numbers, as those of the source
    repository, are for its pull requests, if it was made since July 2026.
  EOT
  type = object({
    owner    = string
    name     = string
    owner_id = optional(string, "")
    id       = optional(string, "")
  })
  default = null
}

variable "branch" {
  description = "Branch that this environment follows. With one for each, a template reaches prod only when promoted."
  type        = string
}

variable "stacks" {
  description = "Stacks of this environment."
  type        = set(string)
  default     = ["infra", "api", "worker"]
}

variable "synced_stacks" {
  description = "Those that Git sync follows. Begin with infra alone: services need what it writes, and images."
  type        = set(string)
  default     = ["infra", "api", "worker"]
}

variable "registry_account_id" {
  description = "Account whose registry holds the images. Empty: this one, and then it gets the role that pushes them."
  type        = string
  default     = ""
}

variable "create_identity_provider" {
  description = "False where the account trusts GitHub's identity provider already: there can be only one."
  type        = bool
  default     = true
}

variable "service_linked_roles" {
  description = "Roles of AWS services to make. An account has each at most once: leave out those that exist."
  type        = set(string)
  default = [
    "ecs.amazonaws.com", "ecs.application-autoscaling.amazonaws.com", "elasticloadbalancing.amazonaws.com",
    "rds.amazonaws.com",
  ]
}
