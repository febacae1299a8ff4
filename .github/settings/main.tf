# The settings of this repository on GitHub: who may merge, what may deploy, and how the site is published.
#
# An owner applies it by hand: no workflow holds a token that could change who may approve its own releases.
#   GITHUB_TOKEN=$(gh auth token) terraform -chdir=.github/settings plan

terraform {
  required_version = ">= 1.11"

  required_providers {
    github = {
      source  = "integrations/github"
      version = "~> 6.9"
    }
  }

  backend "s3" {
    encrypt      = true
    use_lockfile = true
  }
}

variable "owner" {
  description = "The organisation that owns the repository."
  type        = string
}

variable "repository" {
  description = "The repository's name."
  type        = string
  default     = "as-built"
}

variable "approvers" {
  description = "Number (id) of the team whose members approve production. Nobody approves what they started themselves."
  type        = number
}

variable "accounts" {
  description = "The AWS account of each environment. Workflows build the names of their roles from it; it is no secret."
  type        = object({ staging = string, production = string })

  validation {
    condition     = alltrue([for account in values(var.accounts) : can(regex("^[0-9]{12}$", account))])
    error_message = "accounts must be AWS account numbers of twelve digits."
  }
}

variable "runner" {
  description = "Label of the self-hosted runner whose address the clusters let in; it is registered in the group deploy."
  type        = string
}

provider "github" {
  owner = var.owner
}

# --------------------------------------------------------------------------------------------------------------------
# The repository, and its site
# --------------------------------------------------------------------------------------------------------------------

import {
  to = github_repository.main
  id = var.repository
}

resource "github_repository" "main" {
  #checkov:skip=CKV_GIT_1:The site and its sources are public on purpose
  name         = var.repository
  description  = "Architecture pictures that are proven against the files that create the system."
  homepage_url = "https://${var.owner}.github.io/${var.repository}/"
  visibility   = "public"
  has_issues   = true # the nightly look at production opens one when it has drifted

  has_projects = false
  has_wiki     = false

  # One pull request is one commit on main. Its title is that commit's subject, from which the version follows.
  allow_merge_commit          = false
  allow_rebase_merge          = false
  allow_squash_merge          = true
  squash_merge_commit_title   = "PR_TITLE"
  squash_merge_commit_message = "PR_BODY"
  allow_update_branch         = true
  delete_branch_on_merge      = true

  vulnerability_alerts = true
  archive_on_destroy   = true

  # The site comes from the workflow docs.yml, not from a branch.
  pages {
    build_type = "workflow"
  }

  security_and_analysis {
    secret_scanning {
      status = "enabled"
    }

    secret_scanning_push_protection {
      status = "enabled"
    }
  }
}

resource "github_repository_dependabot_security_updates" "main" {
  repository = github_repository.main.name
  enabled    = true
}

resource "github_issue_label" "drift" {
  repository  = github_repository.main.name
  name        = "drift"
  color       = "b60205"
  description = "What runs is not what the files say"
}

# --------------------------------------------------------------------------------------------------------------------
# What may reach main
# --------------------------------------------------------------------------------------------------------------------

resource "github_repository_ruleset" "main" {
  repository  = github_repository.main.name
  name        = "main"
  target      = "branch"
  enforcement = "active"

  conditions {
    ref_name {
      include = ["~DEFAULT_BRANCH"]
      exclude = []
    }
  }

  # Nobody is exempt, owners neither: there are no bypass_actors.
  rules {
    deletion                = true
    non_fast_forward        = true
    required_linear_history = true

    pull_request {
      required_approving_review_count   = 1
      dismiss_stale_reviews_on_push     = true
      require_code_owner_review         = true
      require_last_push_approval        = true
      required_review_thread_resolution = true
    }

    required_status_checks {
      strict_required_status_checks_policy = true

      required_check {
        context        = "ready"
        integration_id = 15368 # GitHub Actions: no other application can report this check
      }
    }
  }
}

resource "github_repository_ruleset" "versions" {
  repository  = github_repository.main.name
  name        = "versions"
  target      = "tag"
  enforcement = "active"

  conditions {
    ref_name {
      include = ["refs/tags/**/*"] # a service's tag has a slash, which `*` alone does not pass
      exclude = []
    }
  }

  rules {
    deletion         = true
    update           = true
    non_fast_forward = true
  }
}

# --------------------------------------------------------------------------------------------------------------------
# What workflows may do
# --------------------------------------------------------------------------------------------------------------------

resource "github_actions_repository_permissions" "main" {
  repository      = github_repository.main.name
  enabled         = true
  allowed_actions = "selected"

  allowed_actions_config {
    github_owned_allowed = true
    verified_allowed     = false
    patterns_allowed = [
      "anchore/sbom-action@*",
      "anchore/scan-action@*",
      "aws-actions/configure-aws-credentials@*",
      "docker/setup-buildx-action@*",
      "grafana/setup-k6-action@*",
      "hashicorp/setup-terraform@*",
      "sigstore/cosign-installer@*",
    ]
  }
}

resource "github_workflow_repository_permissions" "main" {
  repository                       = github_repository.main.name
  default_workflow_permissions     = "read"
  can_approve_pull_request_reviews = false
}

# The roles in AWS trust the default subjects: repo:OWNER/NAME:pull_request, :ref:refs/heads/main, :environment:NAME.
resource "github_actions_repository_oidc_subject_claim_customization_template" "main" {
  repository  = github_repository.main.name
  use_default = true
}

# A label keeps nobody from a runner, and anybody may open a pull request here. So the runner that reaches the clusters
# takes the jobs of one workflow, as it stands on main, and of no other.
resource "github_actions_runner_group" "deploy" {
  name                       = "deploy"
  visibility                 = "selected"
  selected_repository_ids    = [github_repository.main.repo_id]
  allows_public_repositories = true
  restricted_to_workflows    = true
  selected_workflows         = ["${var.owner}/${var.repository}/.github/workflows/deploy.yml@refs/heads/main"]
}

resource "github_actions_variable" "staging_account" {
  repository    = github_repository.main.name
  variable_name = "STAGING_ACCOUNT"
  value         = var.accounts.staging
}

resource "github_actions_variable" "production_account" {
  repository    = github_repository.main.name
  variable_name = "PRODUCTION_ACCOUNT"
  value         = var.accounts.production
}

resource "github_actions_variable" "runner" {
  repository    = github_repository.main.name
  variable_name = "RUNNER"
  value         = var.runner
}

# --------------------------------------------------------------------------------------------------------------------
# Where workflows may deploy
# --------------------------------------------------------------------------------------------------------------------

resource "github_repository_environment" "staging" {
  repository        = github_repository.main.name
  environment       = "staging"
  can_admins_bypass = false

  deployment_branch_policy {
    protected_branches     = false
    custom_branch_policies = true
  }
}

resource "github_repository_environment" "production" {
  repository          = github_repository.main.name
  environment         = "production"
  can_admins_bypass   = false
  prevent_self_review = true

  reviewers {
    teams = [var.approvers]
  }

  deployment_branch_policy {
    protected_branches     = false
    custom_branch_policies = true
  }
}

resource "github_repository_environment" "pages" {
  repository        = github_repository.main.name
  environment       = "github-pages"
  can_admins_bypass = false

  deployment_branch_policy {
    protected_branches     = false
    custom_branch_policies = true
  }
}

resource "github_repository_environment_deployment_policy" "staging" {
  repository     = github_repository.main.name
  environment    = github_repository_environment.staging.environment
  branch_pattern = "main"
}

resource "github_repository_environment_deployment_policy" "production" {
  repository     = github_repository.main.name
  environment    = github_repository_environment.production.environment
  branch_pattern = "main"
}

resource "github_repository_environment_deployment_policy" "pages" {
  repository     = github_repository.main.name
  environment    = github_repository_environment.pages.environment
  branch_pattern = "main"
}
